"""A scenario in Python: loaded, changed, and always checked like a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from foedus import cases
from foedus.errors import FoedusError
from foedus.files import yaml_reader
from foedus.files.faults import FileError, Place, found, one_of, printable
from foedus.files.yaml_reader import Node
from foedus.notebook import card, short
from foedus.parameters import registry
from foedus.parameters.names import PARAMETER_SETS, USUAL_SET, is_set
from foedus.scenarios.loading import knowledge, traced
from foedus.scenarios.resolve import extended, parent_of, with_values
from foedus.scenarios.resolved import yaml_text
from foedus.simulation.world import build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foedus.cases import Case
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.simulation.world import Setup

LONGEST_NAME: Final = 40
LONGEST_TITLE: Final = 100
"""Characters that a changed scenario's name and title take over from what they are made of."""


@dataclass(frozen=True, repr=False, eq=False)
class Scenario:
    """A scenario that has been checked and can be run; it never changes.

    Make one with `Scenario.load` and derive others with `but`.

    Attributes:
        resolved: Everything the scenario says, with what it inherits filled in.
        parent: The scenario that it was derived from or that its file extends; None if there is
            none.
        case: The case of its parameters and of the evidence that it may cite.
    """

    resolved: ResolvedScenario
    case: Case
    _document: Node
    _parent: Scenario | Path | None = None
    _setups: dict[str, Setup] = field(default_factory=dict)

    @classmethod
    def load(cls, reference: str | Path, *, case: str | Path | Case | None = None) -> Scenario:
        """Read a scenario.

        Args:
            reference: The name of a scenario of the case or of a bundled one, or the path of a
                scenario file.
            case: Name or folder of the case; the usual one if None.

        Raises:
            FoedusError: There is no such scenario, or something is wrong with it or with its
                alliance; one line per fault, with file, line, column, key, what was found, what was
                expected and the nearest valid name.

        Example:
            >>> Scenario.load("baseline").horizon
            60
        """
        case = cases.load(case)
        document, resolved = traced(reference, case)
        return cls(resolved, case, document, parent_of(case.scenario(reference)))

    @classmethod
    def parse(cls, text: str, *, case: str | Path | Case | None = None) -> Scenario:
        """The scenario that a file with this text would be.

        Raises:
            FoedusError: As for `load`.
        """
        with TemporaryDirectory(prefix="foedus-") as folder:
            path = Path(folder) / "scenario.yaml"
            path.write_text(text, encoding="utf-8")
            return cls.load(path, case=case)

    def but(self, settings: Mapping[str, object] | None = None, /, **sections: object) -> Scenario:
        """A checked copy with something changed; the scenario itself stays as it is.

        Args:
            settings: Values by the name of a lever or an uncertainty, or by address:
                ``drivers.war`` (a number multiplies the path, a mapping of months to values
                replaces it), ``parameters.war_drain``, ``shocks.NAME.size`` and so on.
            sections: Keys of a scenario file with what a file that extends this one would say
                there, such as ``drivers={"war": {"2027-01": 1.0}}``, ``horizon=36``,
                ``name="war-from-2027"`` or ``title="..."``. Without these two the copy gets some
                that tell what was changed.

        Raises:
            FoedusError: A key, a name or a value is not allowed; the message names the key.

        Example:
            >>> war = Scenario.load("baseline").but(drivers={"war": {"2027-01": 1.0}})
            >>> war.resolved.scenario.drivers["war"]
            {'2027-01': 1.0}
        """
        settings = dict(settings or {})
        if not settings and not sections:
            raise FoedusError("but: expected something to change, such as drivers={...}")
        where = f"{self.name}.but"
        changes = {key: _plain(value, key) for key, value in {**sections, **settings}.items()}
        own = {key: changes[key] for key in sections}
        own = {"name": self._name_of(changes), "title": self._title_of(changes), **own}
        document, resolved = extended(self._document, _node(own, where), **knowledge(self.case))
        if settings:
            document, resolved = with_values(
                document,
                resolved,
                {key: changes[key] for key in settings},
                **knowledge(self.case),
            )
        return Scenario(resolved, self.case, document, self)

    @property
    def name(self) -> str:
        """Short name: letters, digits and hyphens."""
        return self.resolved.name

    @property
    def title(self) -> str:
        """One line for people."""
        return self.resolved.title

    @property
    def horizon(self) -> int:
        """Months to play, 1 or more."""
        return self.resolved.horizon

    @property
    def dates(self) -> tuple[str, ...]:
        """Months as ``YYYY-MM``; shape ``(horizon + 1,)``, the first is the state at the start."""
        return self.resolved.dates

    @property
    def members(self) -> tuple[str, ...]:
        """Codes of the members, in axis order; the patron is not among them."""
        return self.resolved.members

    @property
    def levers(self) -> dict[str, str]:
        """What `but` and `foedus.sweep` can set by name, with a title each."""
        return {each.name: each.text for each in self.resolved.settings}

    @cached_property
    def parent(self) -> Scenario | None:
        """The scenario that this one was derived from or extends; None if there is none."""
        given = self._parent
        return Scenario.load(given, case=self.case) if isinstance(given, Path) else given

    @property
    def folder(self) -> Path:
        """Folder of the scenario's file, where a design looks for its points."""
        return Path(self._document.find(("sweep",)).place.file).parent

    def to_yaml(self) -> str:
        """The scenario as a file that inherits nothing and means the same."""
        return self.resolved.to_yaml()

    def save(self, path: str | Path) -> Path:
        """Write `to_yaml` to a file.

        Raises:
            OSError: It cannot be written.
        """
        path = Path(path)
        path.write_text(self.to_yaml(), encoding="utf-8")
        return path

    def setup(self, parameter_set: str = USUAL_SET) -> Setup:
        """The scenario laid out in memory, ready for an engine.

        Args:
            parameter_set: Where parameters come from, one of `parameters.names.PARAMETER_SETS`.

        Raises:
            FoedusError: There is no such set.
        """
        if not is_set(parameter_set):
            raise FoedusError(
                f"parameter_set: found {found(parameter_set)}, expected one of "
                f"{one_of(PARAMETER_SETS)}"
            )
        if parameter_set not in self._setups:
            self._setups[parameter_set] = build(
                self.resolved, registry.load(self.case), parameter_set
            )
        return self._setups[parameter_set]

    def __copy__(self) -> Scenario:
        """The same one, for it never changes."""
        return self

    def __deepcopy__(self, _: object) -> Scenario:
        """The same one, for it never changes."""
        return self

    def __repr__(self) -> str:
        return short(
            f"<Scenario {self.name}: {short(self.title, 80)}; {self.dates[0]} to {self.dates[-1]}, "
            f"{len(self.members)} members>"
        )

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        alliance = self.resolved.alliance
        rows = [("Alliance", alliance.file.title), ("Members", ", ".join(self.members))]
        rows.append(("Months", f"{self.dates[0]} to {self.dates[-1]}"))
        rows += [("Lever", f"{name}: {title}") for name, title in self.levers.items()]
        return card(self.title, [self.resolved.scenario.narrative or ""], ("", ""), rows)

    def _name_of(self, changes: Mapping[str, object]) -> str:
        """A name that tells what was changed, and that no other change has."""
        words = "-".join(dict.fromkeys(_last_words(changes)))
        mark = sha256(f"{self.resolved.digest()}{changes!r}".encode()).hexdigest()[:4]
        changed = "".join(
            letter if letter.isascii() and letter.isalnum() else "-" for letter in words
        )
        stem = f"{self.name[:LONGEST_NAME]}-{changed.lower()[:16]}"
        return f"{stem.rstrip('-')}-{mark}"

    def _title_of(self, changes: Mapping[str, object]) -> str:
        parts = []
        for key, value in changes.items():
            inside = value.items() if isinstance(value, dict) and "." not in key else [("", value)]
            parts += [f"{key}{name and f'.{name}'}: {_shown(each)}" for name, each in inside]
        changed = ", ".join(parts)
        return f"{self.title[:LONGEST_TITLE]}, but {printable(changed, LONGEST_TITLE)}"


def scenario_of(given: Scenario | str | Path, case: str | Path | Case | None = None) -> Scenario:
    """A scenario, whether it is given as such, by name or by path.

    Args:
        given: The scenario.
        case: Of a name or path; a `Scenario` has its own.

    Raises:
        FoedusError: It is none, or cannot be loaded, or is of another case.
    """
    if isinstance(given, Scenario):
        if case is not None and cases.load(case) != given.case:
            raise FoedusError(
                f"case: found {found(str(case))}, but «{given.name}» is of «{given.case.name}»"
            )
        return given
    if isinstance(given, str | Path):
        return Scenario.load(given, case=case)
    raise FoedusError(f"expected a Scenario, a name or a path, found {found(given)}")


def _last_words(changes: Mapping[str, object]) -> list[str]:
    """The names of what is changed: of a section those in it, else its own."""
    words: list[str] = []
    for key, value in changes.items():
        words += value if isinstance(value, dict) and "." not in key else [key.rpartition(".")[2]]
    return words


def _shown(value: object) -> str:
    """A value in a title: YAML without quotes."""
    return str(value).replace("'", "")


def _plain(value: object, key: str) -> Any:
    """A value as a file could have it.

    Raises:
        FoedusError: No file could say this.
    """
    if isinstance(value, dict):
        return {str(name): _plain(each, f"{key}.{name}") for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, f"{key}[{place}]") for place, each in enumerate(value)]
    if hasattr(value, "tolist"):  # of NumPy
        return _plain(value.tolist(), key)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise FoedusError(
        f"{printable(key)}: found {found(value)}, expected a number, a text, a list or a mapping"
    )


def _node(content: Mapping[str, object], where: str) -> Node:
    """A document as if it had been read from a file, and as strictly; its place is the call."""
    place = Place(where, 0, 0)
    try:
        return _placed(yaml_reader.parse(yaml_text(dict(content)), where), place)
    except FileError as error:
        # Nobody has seen the lines of this text.
        raise FileError([(place, text) for _, text in error.found], error.rest) from None


def _placed(node: Node, place: Place) -> Node:
    value = node.value
    if isinstance(value, dict):
        value = {key: _placed(each, place) for key, each in value.items()}
    elif isinstance(value, list):
        value = [_placed(each, place) for each in value]
    return Node(place, value, place)
