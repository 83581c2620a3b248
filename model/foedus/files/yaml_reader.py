"""YAML in which every value knows its place, and in which nothing is guessed.

YAML 1.1 reads ``NO`` as false, ``2026-11-01`` as a day, ``010`` as eight and ``1:30`` as ninety,
and keeps the last of two equal keys. All of this is refused here, as are anchors, aliases and tags,
which a scenario never needs and a hostile file lives on.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from foedus.files.faults import Faults, FileError, Misread, Place, printable
from foedus.files.memo import own_copies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yaml.events import Event

type Scalar = str | int | float | bool | None
type Plain = Scalar | tuple["Plain", ...] | dict[str, "Plain"]
type Step = str | int

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_MAX_DIGITS = 30

# libyaml is some eight times as fast, but not every platform's wheel carries it.
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2})-[0-9]{1,2}(?:[Tt \t].*)?")
_ODD_NUMBER = re.compile(
    r"[-+]?(?:0[0-9_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+"
    r"|[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?|[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?)"
)
_NOT_FINITE = frozenset({".nan", ".inf", "-.inf", "+.inf"})
_CONSTANTS: dict[str, bool | None] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip
_OLD_TRUTHS = frozenset(
    form for word in ("yes", "no", "on", "off") for form in (word, word.title(), word.upper())
)
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HINTS = {
    "mapping values are not allowed": "put text that holds «: » in quotes",
    "cannot start any token": "indent with spaces, not tabs; quote text that starts with @ ` or %",
    "did not find expected key": "is the indentation right, and is every quote closed?",
    "could not find expected ':'": "a mapping has `key: value` lines; see the line above, too",
    "tab character": "indent with spaces",
    "expected ',' or ']'": "is a bracket left open in a line above?",
    "expected ',' or '}'": "is a brace left open in a line above?",
    "unexpected end of stream": "is every quote closed?",
}


@dataclass(slots=True)
class Node:
    """One value of a file and its place.

    Attributes:
        place: Where the value begins.
        value: A scalar, the values by key, or the values of a list.
        key_place: Where its key begins; of a list's values and of the whole file, `place`.
    """

    place: Place
    value: Scalar | dict[str, Node] | list[Node]
    key_place: Place

    def plain(self) -> Plain:
        """The value without its places; a list becomes a tuple."""
        if type(self.value) is dict:
            return {key: child.plain() for key, child in self.value.items()}
        if type(self.value) is list:
            return tuple([child.plain() for child in self.value])
        return self.value  # type: ignore[return-value]  # mypy does not narrow by `type(...) is`

    def mapping(self) -> dict[str, Node]:
        """The values by key; empty if this is no mapping."""
        return self.value if isinstance(self.value, dict) else {}

    def items(self) -> list[Node]:
        """The values of a list; empty if this is no list."""
        return self.value if isinstance(self.value, list) else []

    def text(self, key: str) -> str | None:
        """The text under a key of this mapping; None if there is none."""
        child = self.mapping().get(key)
        return child.value if child is not None and isinstance(child.value, str) else None

    def find(self, path: tuple[Step, ...]) -> Node:
        """The node at a path of keys and indices, or the last that exists on the way there."""
        node = self
        for step in path:
            if isinstance(node.value, dict) and step in node.value:
                node = node.value[str(step)]
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
            else:
                break
        return node

    def label(self, path: tuple[Step, ...]) -> str:
        """A path in the user's words; list items go by their name, or else count from 1.

        Example:
            >>> parse("shocks: [{name: storm, date: 2026}]", "s").label(("shocks", 0, "date"))
            'shocks[storm].date'
        """
        words, node = "", self
        for step in path:
            node = node.find((step,))
            if isinstance(step, int):
                name = node.text("name") or node.text("id") or node.text("code") or str(step + 1)
                words += f"[{printable(name)}]"
            else:
                words += f".{printable(step)}" if words else printable(step)
        return words


def read(path: Path) -> Node:
    """Read one YAML file.

    Args:
        path: The file; its name as given appears in messages.

    Returns:
        The whole document.

    Raises:
        FoedusError: The file is missing, unreadable, too large, empty, or not the plain YAML that
            scenarios are written in.
    """
    return _document(text_of(path), str(path))


def text_of(path: Path) -> str:
    """The content of a file.

    Raises:
        FoedusError: The file is missing, unreadable, too large, or not UTF-8.
    """
    try:
        if path.is_dir():
            raise _refusal(path, "this is a folder, expected a YAML file")
        if path.exists() and not path.is_file():
            raise _refusal(path, "this is no ordinary file, expected a YAML file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _refusal(path, f"cannot be read: {reason.lower()}") from error
    if len(content) > MAX_BYTES:
        raise _refusal(path, f"larger than {MAX_BYTES:,} bytes, the most a file may hold")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        found = f"byte {content[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        raise FileError([(Place(str(path), line, column), found)]) from error
    return text


def parse(text: str, file: str) -> Node:
    """Read YAML from text.

    Args:
        text: The document.
        file: Name of the file, for messages.

    Raises:
        FoedusError: As for `read`.
    """
    reader = _Reader(text, file)
    try:
        root = reader.document()
    except yaml.MarkedYAMLError as error:
        raise _broken(error, file) from error
    except yaml.YAMLError as error:
        raise _unreadable(error, text, file) from error
    reader.faults.check()
    return root


@own_copies(size=16)
def _document(text: str, file: str) -> Node:
    return parse(text, file)


def scalar(text: str) -> Scalar:
    """What a value without quotes means.

    Raises:
        Misread: It means something else to YAML than to most readers, or is not finite.

    Example:
        >>> scalar("2026-11"), scalar("1e3"), scalar("true")
        ('2026-11', 1000.0, True)
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text in _OLD_TRUTHS:
        raise Misread(
            f"YAML takes «{text}» for a truth value, expected true or false; text needs quotes, "
            "and a country its code of three letters (NOR, not NO)"
        )
    if text[0] not in "+-.0123456789":
        return text
    if _NUMBER.fullmatch(text):
        return _number(text)
    if day := _DAY.fullmatch(text):
        raise Misread(f"found the day «{printable(text)}», expected a month such as {day[1]}")
    if _ODD_NUMBER.fullmatch(text):
        raise Misread(
            f"YAML does not take «{printable(text)}» for what it says, expected a plain decimal "
            "number; text needs quotes"
        )
    if text.lower() in _NOT_FINITE:
        raise Misread(f"found «{text}», expected a finite number")
    return text


def _number(text: str) -> int | float:
    """A number; whole if it is written so."""
    if len(text) > _MAX_DIGITS:
        raise Misread(f"found a number of {len(text)} characters, expected {_MAX_DIGITS} at most")
    if _WHOLE.fullmatch(text):
        return int(text)
    number = float(text)
    if not math.isfinite(number):
        raise Misread(f"found «{text}», which is too large, expected a finite number")
    return number


def _refusal(path: Path, message: str) -> FileError:
    return FileError([(Place(str(path), 0, 0), message)])


def _broken(error: yaml.MarkedYAMLError, file: str) -> FileError:
    """What is wrong with a file that is no YAML, and what most often causes it."""
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 0, 0)
    problem = error.problem or "unreadable"
    hint = next((f"; {hint}" for words, hint in _HINTS.items() if words in problem), "")
    return FileError([(place, f"not valid YAML: {problem}{hint}")])


def _unreadable(error: yaml.YAMLError, text: str, file: str) -> FileError:
    """A character that no YAML file may hold, and where the first of them is."""
    reason = str(getattr(error, "reason", "") or error).splitlines()[0]
    bad = _NOT_YAML.search(text)
    if bad is None:
        return FileError([(Place(file, 0, 0), f"not valid YAML: {reason}")])
    before = text[: bad.start()]
    place = Place(file, before.count("\n") + 1, bad.start() - before.rfind("\n"))
    return FileError([(place, f"not valid YAML: {reason}: {printable(bad[0])}")])


class _Reader:
    """One pass over the events of the parser, which holds no document in memory but ours."""

    def __init__(self, text: str, file: str) -> None:
        self.faults = Faults()
        self._file = file
        self._keys: list[str] = []
        self._events: Iterator[Event] = yaml.parse(text, Loader=_LOADER)

    def document(self) -> Node:
        """The only document of the file."""
        root: Node | None = None
        for event in self._events:
            if not isinstance(event, DocumentStartEvent):
                continue
            if root is not None:
                self._refuse(event, "a second document begins, expected one a file")
            root = self._node(next(self._events), depth=0)
        if root is None or (root.value is None and not self.faults):
            raise FileError([(Place(self._file, 0, 0), "the file is empty")])
        return root

    def _node(self, event: Event, depth: int) -> Node:
        place = self._place(event)
        if depth > MAX_DEPTH:
            self._refuse(event, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, ScalarEvent):
            return Node(place, self._scalar(event, place), place)
        if isinstance(event, SequenceStartEvent | MappingStartEvent):
            self._check_plain(event)
            is_list = isinstance(event, SequenceStartEvent)
            return Node(place, self._sequence(depth) if is_list else self._mapping(depth), place)
        name = event.anchor if isinstance(event, AliasEvent) else None
        return self._refuse(event, f"*{printable(name or '')}: aliases are not allowed here")

    def _check_plain(self, event: ScalarEvent | SequenceStartEvent | MappingStartEvent) -> None:
        """Refuse the whole file for what no scenario needs and a hostile file lives on."""
        if event.anchor is not None:
            self._refuse(event, f"&{printable(event.anchor)}: anchors are not allowed here")
        if event.tag is not None:
            self._refuse(event, f"{printable(event.tag)}: YAML tags are not allowed here")

    def _scalar(self, event: ScalarEvent, place: Place) -> Scalar:
        self._check_plain(event)
        if not event.implicit[0] or event.style in {"'", '"', "|", ">"}:
            return str(event.value)
        try:
            return scalar(event.value)
        except Misread as error:
            self.faults.add(place, ".".join(self._keys), str(error))
            return None

    def _sequence(self, depth: int) -> list[Node]:
        nodes = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            nodes.append(self._node(event, depth + 1))
        return nodes

    def _mapping(self, depth: int) -> dict[str, Node]:
        nodes: dict[str, Node] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            place = self._place(event)
            key = self._key(event, place, depth)
            self._keys.append(printable(key))
            node = self._node(next(self._events), depth + 1)
            self._keys.pop()
            node.key_place = place
            if key in nodes:
                first = nodes[key].key_place.line
                self.faults.add(place, printable(key), f"given twice, first in line {first}")
            nodes[key] = node
        return nodes

    def _key(self, event: Event, place: Place, depth: int) -> str:
        """A key, which is always text; ``on`` and ``no`` are words here."""
        if not isinstance(event, ScalarEvent):
            self._node(event, depth + 1)
            self.faults.add(place, "", "found a list, a mapping or an alias as key, expected text")
            return ""
        self._check_plain(event)
        text = str(event.value)
        if event.style in {"'", '"'} or text in _OLD_TRUTHS:
            return text
        if text == "<<":
            self.faults.add(place, "<<", "merge keys are not allowed here; use `extends`")
            return text
        try:
            meaning = scalar(text)
        except Misread as error:
            self.faults.add(place, "", str(error))
            return text
        if not isinstance(meaning, str):
            words = f"«{printable(text)}»" if text else "nothing"
            self.faults.add(place, "", f"found {words} as key, expected a name or a month 2026-11")
        return text

    def _place(self, event: Event) -> Place:
        mark = event.start_mark
        if mark is None:
            raise AssertionError("libyaml gives every event its place")
        return Place(self._file, mark.line + 1, mark.column + 1)

    def _refuse(self, event: Event, message: str) -> NoReturn:
        raise FileError([(self._place(event), message)])
