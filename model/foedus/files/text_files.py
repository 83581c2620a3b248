"""Files of text as they come from people's editors and spreadsheets: UTF-8, with a mark or not."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final, Literal

from foedus.errors import FoedusError
from foedus.files.faults import FileError, Place

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 1_000_000

_OTHER_ENCODINGS: Final = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
"""By their marks, the longer first, of which the shorter is the beginning."""


def read_text(path: Path, kind: str) -> str:
    """The text of a file, without the mark that some programs put before it.

    Args:
        path: The file; its name as given appears in messages.
        kind: What it should be, such as ``YAML``.

    Raises:
        FileError: It is missing, unreadable, too large, or not UTF-8.
    """
    try:
        if path.is_dir():
            raise refusal(path, f"this is a folder, expected a {kind} file")
        if path.exists() and not path.is_file():
            raise refusal(path, f"this is no ordinary file, expected a {kind} file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise refusal(path, f"cannot be read: {reason.lower()}") from error
    if len(content) > MAX_BYTES:
        raise refusal(path, f"larger than {MAX_BYTES:,} bytes, the most a file may hold")
    for mark, name in _OTHER_ENCODINGS.items():
        if content.startswith(mark):
            message = f"found {name} text, expected UTF-8; save the file as UTF-8"
            raise FileError([(Place(str(path), 1, 1), message)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        message = f"byte {content[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        raise FileError([(Place(str(path), line, column), message)]) from error


def refusal(path: Path, message: str) -> FileError:
    """A fault of a file as a whole."""
    return FileError([(Place(str(path), 0, 0), message)])


def write_text(path: Path, text: str, mode: Literal["w", "x"] = "w") -> None:
    """Write a text file for the user.

    Args:
        path: The file.
        text: Of the file.
        mode: ``x`` to replace no file that is there already.

    Raises:
        FoedusError: It cannot be written, or is there already.
    """
    try:
        with path.open(mode, encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise FoedusError(f"{path}: is there already; choose another name") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FoedusError(f"{path}: cannot be written: {reason}") from error
