"""A commented file to begin a scenario with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foedus.data import scenarios_folder
from foedus.errors import FoedusError
from foedus.files.faults import printable
from foedus.files.models import NAME_PATTERN
from foedus.files.text_files import write_text
from foedus.scenarios.inheritance import bundled
from foedus.scenarios.resolved import ONE_LINE, yaml_text

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_NAME: Final = 80


def starter(name: str, title: str, parent: str) -> str:
    """A scenario file with comments that passes every check.

    Args:
        name: Of the scenario.
        title: One line for people.
        parent: What it extends: a bundled name, or a path from where the file will lie.

    Raises:
        FoedusError: The name is none.
    """
    if re.fullmatch(NAME_PATTERN, name) is None or len(name) > LONGEST_NAME:
        raise FoedusError(
            f"found «{printable(name)}», expected a name of small letters, digits and hyphens, "
            "such as border-treaty"
        )
    if name in bundled(scenarios_folder()):
        raise FoedusError(f"there is a bundled scenario «{name}» already; choose another name")
    text = (scenarios_folder() / "starter" / "scenario.yaml").read_text(encoding="utf-8")
    words = {"NAME": name, "TITLE": title, "PARENT": parent}
    lines = []
    for line in text.splitlines():
        key, _, value = line.partition(": ")
        if value in words:
            lines.append(f"{key}: {_plain(words[value])}")
        else:
            lines.append(re.sub(r"\b(NAME|PARENT)\b", lambda match: words[match[1]], line))
    return "\n".join(lines) + "\n"


def _plain(value: str) -> str:
    return yaml_text(value, width=ONE_LINE).removesuffix("\n").removesuffix("\n...")


def write_starter(path: Path, text: str) -> None:
    """Write a new file; one that is there already is never replaced.

    Raises:
        FoedusError: The file is there, or cannot be written.
    """
    write_text(path, text, mode="x")
