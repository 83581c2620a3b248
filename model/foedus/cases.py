"""Cases: what a study of one alliance brings to the platform, named once and handed on.

A case is a folder with a ``case.yaml``. Beside it lie its evidence, its registry of parameters, its
targets, the pass rules of its patterns and the probes that they look at, its posteriors, and its
questions about the future; what needs code is in a Python module of its own. `load` turns a name
or a path into a `Case`; everything else is given the `Case`.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Annotated, Final

from pydantic import Field, model_validator

from foedus import data
from foedus.data import USUAL_CASE
from foedus.errors import FoedusError
from foedus.files import yaml_reader
from foedus.files.dates import Month
from foedus.files.faults import Faults, Misread, did_you_mean, one_of, printable
from foedus.files.memo import Stamp, stamp
from foedus.files.models import Closed, Code
from foedus.files.validation import validate

FILE: Final = "case.yaml"
_PLAIN: Final = re.compile(r"[\w-]{1,80}")

type Stretch = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*-[0-9]{4}$")]
type Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Vocabulary(Closed):
    """Words that the evidence of a case may use."""

    states: tuple[Code, ...]
    """Codes of states and other actors."""
    voters: tuple[Code, ...]
    """Columns of ``votes.csv``, a state each."""
    threats: tuple[str, ...]
    """What an event or a request may be about."""
    channels: tuple[str, ...]
    """Ways in which help was asked for or given."""


class FirstReading(Closed):
    """The level of trust from which the first poll's fall is measured."""

    member: Code
    month: Month


class History(Closed):
    """How the record of a case is cut."""

    stretches: Annotated[tuple[Stretch, ...], Field(min_length=2)]
    """Scenarios in which history is played again, in order of time; each name ends in the year of
    its start. The last one serves the targets from `tested_from` on, the others those before."""
    tested_from: Month
    """First month that no fit to the earlier record sees."""
    self_check: tuple[Name, ...]
    """Stretches, all but the last one allowed, that simulation-based calibration plays."""
    last_crowd: Annotated[int, Field(ge=1)] = 1
    """Particles that the last stretch needs, as a multiple of what the others need."""
    first_poll: FirstReading | None = None
    """The reading to which the first poll is compared; None without polls."""

    @model_validator(mode="after")
    def _known(self) -> History:
        for name in self.self_check:
            if name not in self.stretches[:-1]:
                raise Misread(
                    f"self_check: found «{name}», expected one of {one_of(self.stretches[:-1])}"
                )
        return self


class Features(Closed):
    """What the features of a history that predictive checks compare have to be told."""

    unrest: Name | None = None
    """The threat that stands for unrest at home, which is compared with all others."""
    war_from: Month | None = None
    """First whole month of the patron's war, before and after which answers are compared."""
    voters: tuple[Code, ...] = ()
    """Members whose share of votes with the patron is a feature each."""
    ladder: Code | None = None
    """The member whose way down the ladder is on record step by step."""


class CaseFile(Closed):
    """A ``case.yaml``."""

    name: Name
    """What ``--case`` calls it."""
    title: str
    """For a reader."""
    alliance: str
    """Name of a bundled alliance, or an alliance file, from the case's folder."""
    extends: str | None = None
    """Case whose parameters stand for those that ``parameters.yaml`` does not list; they count as
    judgements here."""
    code: str
    """A Python file or package in the folder, with ``PATTERNS``: what works out the figures of
    each pattern, by the pattern's id."""
    evidence: Vocabulary
    """Words that the evidence may use."""
    history: History
    """How the record is cut."""
    month_by_month: tuple[Name, ...] = ()
    """Runs whose trials patterns read month by month."""
    features: Features = Features()
    """What features of histories have to be told."""
    unscored: dict[str, str] = Field(default={})
    """Quantities that nothing on record can validate, and why."""
    contrasts: str | None = None
    """The file in the folder that makes its claims contrasts; None without one."""


class Case(CaseFile):
    """A case.

    Attributes:
        folder: Where it lies.
    """

    folder: Path

    def __hash__(self) -> int:
        return hash((self.folder, self.name))

    # --- Files ---------------------------------------------------------------------------------

    def path(self, *parts: str) -> Path:
        """A file or folder of the case."""
        return self.folder.joinpath(*parts)

    @property
    def parent(self) -> str | Path | None:
        """What `load` knows the case under that this one extends; None if it extends none."""
        if self.extends is None or self.extends == USUAL_CASE:
            return self.extends
        return self.folder / self.extends

    @property
    def alliance_file(self) -> Path:
        """Where the alliance is described."""
        if self.alliance.endswith((".yaml", ".yml")):
            return (self.folder / self.alliance).resolve()
        return data.scenarios_folder() / "alliances" / f"{self.alliance}.yaml"

    @property
    def reference(self) -> str:
        """What `load` knows the case under, wherever it is called."""
        usual = self.folder == data.calibration_folder()
        return USUAL_CASE if usual else str(self.folder)

    def scenario(self, name: str | Path) -> str | Path:
        """The case's own file of a scenario or probe; what else is given stays as it is.

        Args:
            name: Of a scenario; or a path, which stays as it is.
        """
        for part in ("probes", "scenarios") if _PLAIN.fullmatch(str(name)) else ():
            path = self.path(part, f"{name}.yaml")
            if path.is_file():
                return path
        return name

    def scenario_file(self, name: str) -> Path:
        """The file of a scenario or probe, the case's own or a bundled one."""
        path = self.scenario(name)
        return path if isinstance(path, Path) else data.scenarios_folder() / f"{name}.yaml"

    def scenarios(self) -> tuple[str | Path, ...]:
        """The case's own scenarios; the bundled ones where it has no folder of its own for them."""
        own = self.path("scenarios")
        if own.is_dir():
            return tuple(sorted(own.glob("*.yaml")))
        return tuple(sorted(path.stem for path in data.scenarios_folder().glob("*.yaml")))

    # --- History -------------------------------------------------------------------------------

    @property
    def last_stretch(self) -> str:
        """The stretch that serves what the fit to the earlier record has not seen."""
        return self.history.stretches[-1]

    def split_of(self, month: str) -> str:
        """``fit`` for a month before `History.tested_from`, ``test`` from then on."""
        return "test" if month >= self.history.tested_from else "fit"

    @property
    def since(self) -> str:
        """The split `test` in words: «from 2020 on»."""
        return f"from {self._boundary} on"

    @property
    def before(self) -> str:
        """The split `fit` in words: «before 2020»."""
        return f"before {self._boundary}"

    @property
    def _boundary(self) -> str:
        return self.history.tested_from.removesuffix("-01")

    # --- Parameters ----------------------------------------------------------------------------

    @property
    def held_out(self) -> str:
        """Name of the posterior that rests on what was before `History.tested_from` alone."""
        year, month = self.history.tested_from.split("-")
        return f"posterior-{int(year) - (month == '01')}"

    @property
    def posteriors(self) -> dict[str, str]:
        """Names of the posteriors, and how much of the record each rests on."""
        return {self.held_out: "fit", "posterior": "all"}

    def frozen(self, parameters: str) -> str:
        """The parameters that forecast the split `test`: never a posterior that has seen it."""
        return self.held_out if parameters == "posterior" else parameters

    def innocent(self, parameters: str) -> bool:
        """Whether a set of parameters owes nothing to what came from `tested_from` on."""
        return parameters in {"prior", self.held_out}

    # --- Code ----------------------------------------------------------------------------------

    def module(self) -> ModuleType:
        """The case's own code.

        Raises:
            FoedusError: It cannot be imported.
        """
        try:
            if self.code.endswith(".py"):
                path = self.folder / self.code
                # Two cases may have files of one name, and a file may change.
                digest = sha256(str(path).encode() + path.read_bytes()).hexdigest()[:16]
                return _imported(f"_foedus_case_{digest}", path)
            return _imported(self.code, self.folder / self.code / "__init__.py")
        except (ImportError, OSError, SyntaxError) as error:
            raise FoedusError(
                f"{self.path(FILE)}: code: «{self.code}» cannot be imported: {error}"
            ) from error


def _imported(name: str, path: Path) -> ModuleType:
    """A module or package by its file, imported once in a process."""
    if name in sys.modules:
        there = sys.modules[name].__file__
        if there is None or not path.is_file() or not path.samefile(there):
            raise ImportError(f"{there} has the same name")
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def load(reference: str | Path | Case | None = None) -> Case:
    """The case of a name or a folder.

    Args:
        reference: Name of the installed case, a case's folder or its ``case.yaml``; the usual case
            if None; a case stays what it is.

    Raises:
        FoedusError: There is no such case, or its file is not valid; all faults are named, with
            file, line and key.
    """
    if isinstance(reference, Case):
        return reference
    installed = data.calibration_folder()
    if reference is None or str(reference) == USUAL_CASE:
        return _load(installed, stamp([installed / FILE]))
    path = Path(reference)
    folder = path.parent if path.name == FILE else path
    if not (folder / FILE).is_file():
        raise FoedusError(
            f"--case: there is no case «{printable(str(reference))}», expected {USUAL_CASE} or a "
            f"folder with a {FILE}{did_you_mean(str(reference), [USUAL_CASE])}"
        )
    return _load(folder.resolve(), stamp([folder / FILE]))


@lru_cache(maxsize=16)
def _load(folder: Path, _: Stamp) -> Case:
    faults = Faults()
    file = validate(CaseFile, yaml_reader.read(folder / FILE), faults)
    faults.check()
    if file is None:
        raise AssertionError("a case that is not valid has a fault")
    return Case(folder=folder, **dict(file))
