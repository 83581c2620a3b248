"""YAML in which every value knows its place, and in which nothing is guessed.

YAML 1.1 reads ``NO`` as false, ``010`` as eight and ``1:30`` as ninety, and keeps the last of two
equal keys. All of this is refused here, as are characters that nothing can show, and anchors,
aliases and tags, which a scenario never needs and a hostile file lives on. A day is text, and the
schema of the file says whether one is meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from foedus.files import characters
from foedus.files.faults import Faults, FileError, Misread, Place, printable
from foedus.files.memo import own_copies
from foedus.files.numbers import MAX_DIGITS, number, slip
from foedus.files.text_files import read_text

type Scalar = str | int | float | bool | None
type Plain = Scalar | tuple["Plain", ...] | dict[str, "Plain"]
type Step = str | int

MAX_DEPTH = 20
YES_OR_NO = frozenset({"yes", "no"})
"""Words that YAML 1.1 takes for truth values, and that some files mean as words."""

# libyaml is some eight times as fast, but not every platform's wheel carries it.
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

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


def read(path: Path, words: Collection[str] = ()) -> Node:
    """Read one YAML file.

    Args:
        path: The file; its name as given appears in messages.
        words: Truth words of YAML 1.1, such as ``yes``, that this kind of file means as words.

    Returns:
        The whole document.

    Raises:
        FoedusError: The file is missing, unreadable, too large, empty, or not the plain YAML that
            scenarios are written in.
    """
    return _document(read_text(path, "YAML"), str(path), tuple(sorted(words)))


def parse(text: str, file: str, words: Collection[str] = ()) -> Node:
    """Read YAML from text.

    Args:
        text: The document.
        file: Name of the file, for messages.
        words: As for `read`.

    Raises:
        FoedusError: As for `read`.
    """
    reader = _Reader(text, file, words)
    try:
        root = reader.document()
    except yaml.MarkedYAMLError as error:
        raise _broken(error, text, file) from error
    except yaml.YAMLError as error:
        raise _unreadable(error, text, file) from error
    reader.faults(root).check()
    return root


@own_copies(size=16)
def _document(text: str, file: str, words: tuple[str, ...]) -> Node:
    return parse(text, file, words)


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
            f"found «{text}», which YAML takes for a truth value: as a truth value write true or "
            "false, as text put it in quotes; a country goes by its code of three letters (NOR, "
            "not NO)"
        )
    if text[0] not in "+-.0123456789":
        return text
    value = number(text)
    if value is not None:
        return _finite(value, text)
    if _ODD_NUMBER.fullmatch(text):
        raise Misread(
            f"YAML does not take «{printable(text)}» for what it says, expected a plain decimal "
            "number; text needs quotes"
        )
    if text.lower() in _NOT_FINITE:
        raise Misread(f"found «{text}», expected a finite number")
    return text


def _finite(value: float, text: str) -> int | float:
    """A number that is not too large to be one."""
    if len(text) > MAX_DIGITS:
        raise Misread(f"found a number of {len(text)} characters, expected {MAX_DIGITS} at most")
    if not math.isfinite(value):
        raise Misread(f"found «{text}», which is too large, expected a finite number")
    return value


def _broken(error: yaml.MarkedYAMLError, text: str, file: str) -> FileError:
    """What is wrong with a file that is no YAML, and what most often causes it."""
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 0, 0)
    problem = error.problem or "unreadable"
    hint = next((f"; {hint}" for words, hint in _HINTS.items() if words in problem), "")
    lines = re.split(r"\r\n|\n|\r", text)
    near = "".join(lines[max(0, place.line - 2) : place.line])
    if "\u00a0" in near:
        hint = "; a non-breaking space (U+00A0) is no space to YAML: type it anew"
    return FileError([(place, f"not valid YAML: {problem}{hint}")])


def _unreadable(error: yaml.YAMLError, text: str, file: str) -> FileError:
    """A character that no YAML file may hold, and where the first of them is."""
    reason = str(getattr(error, "reason", "") or error).splitlines()[0]
    bad = _NOT_YAML.search(text)
    if bad is None:
        return FileError([(Place(file, 0, 0), f"not valid YAML: {reason}")])
    before = text[: bad.start()]
    place = Place(file, before.count("\n") + 1, bad.start() - before.rfind("\n"))
    what = characters.refusal(bad[0]).partition(" as ")[0]
    words = f"{what}, expected text that can be shown; leave it out" if what else ""
    return FileError([(place, words or f"not valid YAML: {reason}: {printable(bad[0])}")])


def _is_number(node: Node) -> bool:
    return isinstance(node.value, int) and not isinstance(node.value, bool)


def _decimal_comma(words: str) -> str:
    return f"found «{words}», {slip(words)}"


class _Reader:
    """One pass over the events of the parser, which holds no document in memory but ours."""

    def __init__(self, text: str, file: str, words: Collection[str]) -> None:
        self._noted: list[tuple[Place, str | tuple[Step, ...], str]] = []
        self._file = file
        self._words = words
        self._path: list[Step] = []
        self._end = -2
        """Where the last scalar ends, in characters from the beginning."""
        self._events: Iterator[Event] = yaml.parse(text, Loader=_LOADER)

    def document(self) -> Node:
        """The only document of the file."""
        root: Node | None = None
        for event in self._events:
            if not isinstance(event, DocumentStartEvent):
                continue
            if root is not None:
                self._refuse(event, "a second document begins, expected one per file")
            root = self._node(next(self._events), depth=0)
        if root is None or (root.value is None and not self._noted):
            raise FileError([(Place(self._file, 1, 1), "the file is empty")])
        return root

    def faults(self, root: Node) -> Faults:
        """What is wrong with the values of the document, by keys and by names of entries."""
        faults = Faults()
        for place, key, message in self._noted:
            faults.add(place, key if isinstance(key, str) else root.label(key), message)
        return faults

    def _note(self, place: Place, message: str, key: str | None = None) -> None:
        """Note a fault of the value that is being read, or of a key."""
        self._noted.append((place, tuple(self._path) if key is None else key, message))

    def _node(self, event: Event, depth: int) -> Node:
        place = self._place(event)
        if depth > MAX_DEPTH:
            self._refuse(event, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, ScalarEvent):
            self._end = event.end_mark.index if event.end_mark is not None else -2
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
        text = str(event.value)
        try:
            characters.check(text)
            if not event.implicit[0] or event.style in {"'", '"', "|", ">"} or text in self._words:
                return text
            return scalar(text)
        except Misread as error:
            self._note(place, str(error))
            return None

    def _sequence(self, depth: int) -> list[Node]:
        nodes: list[Node] = []
        joined: list[bool] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            joined.append(self._joined(event))
            self._path.append(len(nodes))
            nodes.append(self._node(event, depth + 1))
            self._path.pop()
        # «0,1, 0,2»: every other comma stands close between digits.
        pairs = [n % 2 == 1 for n in range(len(nodes))]
        if len(nodes) > 2 and joined == pairs and all(_is_number(node) for node in nodes):
            words = f"{nodes[0].value},{nodes[1].value}"
            self._note(nodes[0].place, _decimal_comma(words))
        return nodes

    def _mapping(self, depth: int) -> dict[str, Node]:
        nodes: dict[str, Node] = {}
        last: Node | None = None
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            place = self._place(event)
            digits = event.value if isinstance(event, ScalarEvent) else ""
            if last and _is_number(last) and digits.isdecimal() and self._joined(event):
                # «{a: 0,5}»: what stands after the comma is no key.
                words = f"{last.value},{digits}"
                self._note(last.place, _decimal_comma(words))
                self._node(next(self._events), depth + 1)
                continue
            key = self._key(event, place, depth)
            self._path.append(key)
            node = last = self._node(next(self._events), depth + 1)
            self._path.pop()
            node.key_place = place
            if key in nodes:
                first = nodes[key].key_place.line
                self._note(place, f"given twice, first in line {first}", printable(key))
            nodes[key] = node
        return nodes

    def _joined(self, event: Event) -> bool:
        """Whether a value follows the last one after a comma and no space."""
        mark = event.start_mark
        return mark is not None and mark.index == self._end + 1

    def _key(self, event: Event, place: Place, depth: int) -> str:
        """A key, which is always text; ``on`` and ``no`` are words here."""
        if not isinstance(event, ScalarEvent):
            self._node(event, depth + 1)
            self._note(place, "found a list, a mapping or an alias as key, expected text", "")
            return ""
        self._check_plain(event)
        text = str(event.value)
        if message := characters.refusal(text):
            self._note(place, message, printable(text))
        if message or event.style in {"'", '"'} or text in _OLD_TRUTHS:
            return text
        if text == "<<":
            self._note(place, "merge keys are not allowed here; use `extends`", "<<")
            return text
        try:
            meaning = scalar(text)
        except Misread as error:
            self._note(place, str(error), "")
            return text
        if not isinstance(meaning, str):
            words = f"«{printable(text)}»" if text else "nothing"
            self._note(place, f"found {words} as key, expected a name or a month 2026-11", "")
        return text

    def _place(self, event: Event) -> Place:
        mark = event.start_mark
        if mark is None:
            raise AssertionError("libyaml gives every event its place")
        return Place(self._file, mark.line + 1, mark.column + 1)

    def _refuse(self, event: Event, message: str) -> NoReturn:
        raise FileError([(self._place(event), message)])
