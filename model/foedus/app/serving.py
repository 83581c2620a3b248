"""The server of the page: on this machine alone unless told otherwise, and without the internet."""

from __future__ import annotations

import errno
import importlib.util
import logging
import os
import socket
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from foedus.errors import FoedusError
from foedus.simulation.compiled import cache

HERE: Final = Path(__file__).parent
APP: Final = "foedus.app.tabs.page:Page"
NEEDED: Final = ("solara", "solara.server", "ipyvuetify", "uvicorn")
NOWHERE: Final = "http://127.0.0.1:9/"
"""Where a file that we do not have is looked for: at a port of this machine on which nobody is."""

EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})
LOOPBACK: Final = ("127.", "::1")

GONE: Final = "10m"
"""How long the server remembers a visitor whose browser has vanished."""


def check_extra() -> None:
    """Refuse to go on without the libraries of the page.

    Raises:
        FoedusError: One of them is missing.
    """
    for name in NEEDED:
        try:
            spec = importlib.util.find_spec(name)
        except ModuleNotFoundError:
            spec = None
        if spec is None:
            raise FoedusError(
                f"the browser page needs «{name.partition('.')[0]}», which is not installed; "
                'install the extra: pip install "foedus[app]", or `make app` in a checkout'
            )


def listen(host: str, port: int) -> socket.socket:
    """Take a port.

    Args:
        host: Name or number of an address of this machine.
        port: From 1 to 65535; 0 takes any free one.

    Raises:
        FoedusError: It is in use, not allowed, or no port of this machine.
    """
    if not 0 <= port <= 65535:
        raise FoedusError(f"--port: found {port}, expected from 0 to 65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise FoedusError(f"--host: found «{host}», expected an address of this machine") from None
    taken = socket.socket(family, kind, protocol)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(address)
    except OSError as error:
        taken.close()
        raise FoedusError(_refusal(error, host, port)) from None
    return taken


def address(taken: socket.socket) -> str:
    """Where a browser on this machine finds the page."""
    host, port = taken.getsockname()[:2]
    shown = "127.0.0.1" if host in EVERYWHERE else host
    shown = f"[{shown}]" if ":" in shown else shown
    return f"http://{shown}:{port}/"


def reach(taken: socket.socket) -> str:
    """Who can reach the page, in words."""
    host = taken.getsockname()[0]
    if host.startswith(LOOPBACK):
        return "it serves this machine alone, and asks nothing of the internet"
    who = "everybody who reaches this machine" if host in EVERYWHERE else f"all who reach {host}"
    return f"it serves {who}, without a password and unencrypted: put a proxy with both in front"


def _refusal(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"--port: {port} is in use; end the other program, or try --port {port % 65535 + 1}"
    if error.errno == errno.EACCES:
        return f"--port: {port} is not allowed to you; try one from 1024 to 65535"
    return f"--host: «{host}» is no address of this machine"


def serve(
    taken: socket.socket,
    *,
    host: str,
    allowed: tuple[str, ...] = (),
    scenarios: tuple[str, ...] = (),
    ready: Callable[[], None],
) -> None:
    """Serve the page until the process is asked to end.

    Args:
        taken: A port that `listen` has taken.
        host: The address that was asked for.
        allowed: Further names by which the page may be called.
        scenarios: Files to offer beside the bundled scenarios.
        ready: Called when the page can be opened.
    """
    _set_up()
    warnings.filterwarnings("ignore", message="Cookies with samesite")
    # Uvicorn takes a socket that was refused for a mistake of the program, and would log each one.
    logging.getLogger("uvicorn.error").addFilter(
        lambda record: "without completing handshake" not in record.getMessage()
    )
    import uvicorn  # noqa: PLC0415 - after the settings, which its import reads
    from solara.server.kernel_context import contexts  # noqa: PLC0415
    from solara.server.starlette import app  # noqa: PLC0415

    from foedus.app.ensembles import HELPER, play  # noqa: PLC0415
    from foedus.app.guard import LONGEST_MESSAGE, Guard  # noqa: PLC0415
    from foedus.app.live import Settings  # noqa: PLC0415
    from foedus.app.offered import OFFERED, offer  # noqa: PLC0415

    offer(scenarios)

    class Server(uvicorn.Server):
        """A server that says when it is up, and takes its helpers with it when it ends."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            HELPER.close()
            await super().shutdown(sockets)

    def kernels() -> dict[str, str]:
        return {name: context.session_id for name, context in list(contexts.items())}

    guard = Guard(
        app,
        host,
        taken.getsockname()[1],
        allowed=allowed,
        kernels=kernels,
        folders=(HERE.parents[2], cache.folder(), *(Path(each.name).parent for each in OFFERED)),
    )
    config = uvicorn.Config(
        guard,
        log_level="error",
        timeout_graceful_shutdown=2,
        server_header=False,
        ws_max_size=LONGEST_MESSAGE,
    )
    # The first visitor finds the fan of the first scenario already there.
    HELPER.ask(play, Settings(OFFERED[0].name))
    Server(config).run(sockets=[taken])


def _set_up() -> None:
    """Tell Solara what to show, before it is loaded: its settings are read on import."""
    os.environ["SOLARA_APP"] = APP
    from solara import settings as general  # noqa: PLC0415
    from solara.server import settings  # noqa: PLC0415

    given: dict[Any, dict[str, Any]] = {
        general.assets: {"proxy": True, "cdn": NOWHERE},
        settings.assets: {
            "proxy_cache_dir": assets_folder(),
            "extra_locations": [str(HERE / "static")],
            "fontawesome_enabled": False,
        },
        # Where it is served is for nobody to say who asks for the page.
        settings.main: {"mode": "production", "root_path": ""},
        settings.telemetry: {"mixpanel_enable": False},
        settings.theme: {"show_banner": False, "title": "foedus", "loader": "plain"},
        settings.kernel: {"cull_timeout": GONE},
        # To this machine itself compressing is slower than sending.
        settings.server: {"http_gzip": False},
    }
    for part, values in given.items():
        for name, value in values.items():
            setattr(part, name, value)


def assets_folder() -> Path:
    """Folder of scripts, styles and fonts, unpacked from the package once for each version of it.

    Raises:
        FoedusError: There is nowhere to unpack them.
    """
    archive = HERE / "assets" / "page.zip"
    name = f"page-{sha256(archive.read_bytes()).hexdigest()[:16]}"
    root = cache.folder().parent
    place = root / name
    if place.is_dir():
        return place
    try:
        with tempfile.TemporaryDirectory(dir=root) as folder:
            unpacked = Path(folder) / name
            with zipfile.ZipFile(archive) as content:
                content.extractall(unpacked)
            # Another process may have been faster.
            if not place.is_dir():
                unpacked.rename(place)
    except OSError as error:
        raise FoedusError(f"{root}: could not unpack the page there ({error.strerror})") from None
    return place
