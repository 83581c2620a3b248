"""Rows of CSV and YAML files that know where they stand and collect their own faults."""

import csv
import difflib
import math
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from foedus.evidence.dates import Span, parse_span

_NO_SPAN = parse_span("0001")
# The C parser reads the same YAML ten times as fast, and is absent from some builds.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def nearest(word: str, known: Iterable[str]) -> str:
    """Up to three words of `known` that `word` may have been meant for, as the end of a message."""
    found = difflib.get_close_matches(word, list(known), n=3, cutoff=0.5)
    return f"; nearest: {', '.join(found)}" if found else ""


@dataclass(slots=True)
class Row:
    """One entry of a file.

    Every method reads one cell. A cell that cannot be read adds to `faults` and gives a stand-in,
    so that one pass over all rows finds all faults.
    """

    file: str
    line: int
    cells: Mapping[str, object]
    faults: list[str] = field(repr=False)

    @property
    def where(self) -> str:
        """File, line and, where there is one, the id."""
        name = str(self.cells.get("id") or "").strip()
        return f"{self.file}, line {self.line}" + (f" ({name})" if name else "")

    def fault(self, message: str) -> None:
        """Note that this row is wrong."""
        self.faults.append(f"{self.where}: {message}")

    def optional(self, name: str) -> str:
        """A text that may be empty."""
        cell = self.cells.get(name)
        if isinstance(cell, list | dict):
            self.fault(f"«{name}» should be a text, not a list or a mapping")
            return ""
        return "" if cell is None else str(cell).strip()

    def text(self, name: str) -> str:
        """A text that may not be empty."""
        text = self.optional(name)
        if not text:
            self.fault(f"«{name}» is empty")
        return text

    def choice(self, name: str, allowed: Collection[str], default: str | None = None) -> str:
        """One word of `allowed`, or `default` where the cell is empty and there is one."""
        word = self.optional(name)
        if not word and default is not None:
            return default
        if word not in allowed:
            found = word or "empty"
            self.fault(f"«{name}» is {found}; allowed are {', '.join(allowed)}")
        return word

    def span(self, name: str) -> Span:
        """A date, or a range of dates."""
        return self.optional_span(name, required=True) or _NO_SPAN

    def optional_span(self, name: str, *, required: bool = False) -> Span | None:
        """A date or a range of dates; None for an empty cell."""
        text = self.optional(name)
        if not text and not required:
            return None
        try:
            return parse_span(text)
        except ValueError as error:
            self.fault(f"«{name}»: {error}")
            return None

    def number(self, name: str) -> float:
        """A finite number."""
        number = self.optional_number(name)
        if number is None:
            if not self.optional(name):
                self.fault(f"«{name}» is empty; a number is wanted")
            return 0.0
        return number

    def optional_number(self, name: str) -> float | None:
        """A finite number; None for an empty cell."""
        text = self.optional(name)
        return self._finite(name, text) if text else None

    def words(self, name: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """Words of a list, or of a text that blanks separate; each in `allowed`, if given."""
        cell = self.cells.get(name)
        items = cell if isinstance(cell, list) else self.optional(name).split()
        words = tuple(str(item) for item in items)
        for word in words:
            if allowed is not None and word not in allowed:
                self.fault(f"«{name}» has {word}; allowed are {', '.join(allowed)}")
        return words

    def codes(self, name: str, allowed: Collection[str]) -> tuple[str, ...]:
        """Codes joined by ``/``, at least one, each in `allowed`."""
        codes = tuple(self.optional(name).split("/"))
        for code in codes:
            if code not in allowed:
                self.fault(f"«{name}» has {code or 'no code'}; allowed are {', '.join(allowed)}")
        return codes

    def _finite(self, name: str, text: str) -> float | None:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.fault(f"«{name}» is {text}, not a number")
            return None
        return number


def read_rows(
    path: Path, required: Collection[str], optional: Collection[str], faults: list[str]
) -> Iterator[Row]:
    """Read the rows of a CSV file, or the entries of a YAML list.

    Args:
        path: The file; its ending says which kind it is.
        required: Columns or keys that every row must have.
        optional: Columns or keys that a YAML entry may lack; a CSV file has them as well.
        faults: Grows by what is wrong with the file as a whole.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        faults.append(f"{path.name}: cannot be read: {reason}")
        return
    if path.suffix == ".csv":
        yield from _csv_rows(path.name, text, [*required, *optional], faults)
    else:
        yield from _yaml_rows(path.name, text, required, optional, faults)


def _csv_rows(file: str, text: str, columns: Collection[str], faults: list[str]) -> Iterator[Row]:
    lines = csv.reader(text.splitlines())
    header = next(lines, [])
    if not _same_keys(f"{file}, line 1", "column", header, columns, columns, faults):
        return
    for cells in lines:
        if not cells:
            continue
        where = f"{file}, line {lines.line_num}"
        if len(cells) != len(header):
            name = f" ({cells[0]})"
            faults.append(f"{where}{name}: has {len(cells)} cells; the header has {len(header)}")
            continue
        yield Row(file, lines.line_num, dict(zip(header, cells, strict=True)), faults)


def _yaml_rows(
    file: str,
    text: str,
    required: Collection[str],
    optional: Collection[str],
    faults: list[str],
) -> Iterator[Row]:
    for line, keys, entry in yaml_entries(file, text, faults):
        row = Row(file, line, entry, faults)
        if _same_keys(row.where, "key", keys, required, [*required, *optional], faults):
            yield row


def yaml_entries(
    file: str, text: str, faults: list[str]
) -> Iterator[tuple[int, list[str], dict[str, object]]]:
    """Line, keys as written and content of each entry of a YAML list of mappings."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if not isinstance(node, yaml.SequenceNode):
            faults.append(f"{file}: should be a list of entries")
            return
        for item in node.value:
            line = item.start_mark.line + 1
            if not isinstance(item, yaml.MappingNode):
                faults.append(f"{file}, line {line}: should be an entry with keys")
                continue
            keys = [str(key.value) for key, _ in item.value]
            yield line, keys, loader.construct_object(item, deep=True)
    except yaml.YAMLError as error:
        faults.append(yaml_fault(file, error))


def yaml_fault(file: str, error: yaml.YAMLError) -> str:
    """What is wrong with a file that is no YAML, and on which line."""
    mark = getattr(error, "problem_mark", None)
    line = f", line {mark.line + 1}" if mark is not None else ""
    return f"{file}{line}: is not valid YAML: {getattr(error, 'problem', None) or error}"


def _same_keys(
    where: str,
    noun: str,
    found: list[str],
    required: Collection[str],
    allowed: Collection[str],
    faults: list[str],
) -> bool:
    """Whether the keys are those wanted, each once; every other one becomes a fault."""
    before = len(faults)
    faults.extend(f"{where}: {noun} «{key}» is missing" for key in required if key not in found)
    faults.extend(
        f"{where}: unknown {noun} «{key}»{nearest(key, allowed)}"
        for key in dict.fromkeys(found)
        if key not in allowed
    )
    faults.extend(f"{where}: {noun} «{key}» stands twice" for key in _repeated(found))
    return len(faults) == before


def _repeated[Key: Hashable](keys: Iterable[Key]) -> list[Key]:
    """What stands in `keys` more than once, each once, in order."""
    seen: dict[Key, int] = {}
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
    return [key for key, times in seen.items() if times > 1]
