"""`foedus app`: the browser page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foedus.commands.shared import kinds
from foedus.commands.shared import options as words

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands

USUAL_HOST: Final = "127.0.0.1"
USUAL_PORT: Final = 8765


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "app",
        open_page,
        summary="watch a trial month by month in the browser, compare, and ask why",
        description="Serve a page on which to play scenarios month by month, move levers, compare "
        "two scenarios with common random numbers and read why a trial went as it did. Nothing "
        "leaves this machine. There is no password: whoever reaches the port can use the page.",
    )
    parser.add_argument(
        "scenarios",
        metavar="SCENARIO",
        nargs="*",
        help="scenario files to offer beside the bundled ones",
    )
    parser.add_argument(
        "--host",
        default=USUAL_HOST,
        metavar="HOST",
        help="address to serve on (%(default)s, that is this machine alone)",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        type=_name,
        metavar="NAME",
        help="a further name by which browsers may call the page, such as that of a proxy in "
        "front of it; with or without a port; may be given more than once",
    )
    parser.add_argument(
        "--port",
        type=kinds.whole,
        default=USUAL_PORT,
        metavar="PORT",
        help="port to serve on; 0 takes any free one (%(default)s)",
    )


def open_page(options: argparse.Namespace) -> None:
    """Serve the page until Ctrl-C."""
    from foedus.app import serving
    from foedus.telling.program import say

    serving.check_extra()
    taken = serving.listen(options.host, options.port)
    say("starting the page ...")

    def ready() -> None:
        print(serving.address(taken), flush=True)
        say(f"open this address in a browser; {serving.reach(taken)}. Ctrl-C ends it.")

    serving.serve(
        taken,
        host=options.host,
        allowed=tuple(options.allow_host),
        scenarios=tuple(options.scenarios),
        ready=ready,
    )


def _name(text: str) -> str:
    """A name as browsers send it: no scheme, no path, no wildcard."""
    import argparse

    if not re.fullmatch(r"([\w.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?", text, re.ASCII):
        raise argparse.ArgumentTypeError(
            f"found «{text}», expected the name of a host, such as foedus.example.org"
        )
    return text
