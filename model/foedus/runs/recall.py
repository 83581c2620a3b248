"""What is asked about: a run on disk, or a scenario that could be run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq

from foedus import cases
from foedus.errors import FoedusError
from foedus.parameters.names import USUAL_SET
from foedus.runs.run_folder import check_shipped_rules, read_manifest
from foedus.runs.storage.unfinished import MANIFEST
from foedus.simulation.loading import load_setup

if TYPE_CHECKING:
    from foedus.runs.records import Manifest
    from foedus.simulation.world import Setup

USUAL_SEED: Final = 1


@dataclass(frozen=True)
class Recalled:
    """A scenario with its luck.

    Attributes:
        setup: The scenario, laid out in memory.
        seed: Of the run.
        folder: Of the run; None for a scenario that has not been run.
        trials: Of the run; None if there is none.
    """

    setup: Setup
    seed: int
    folder: Path | None
    trials: int | None


def is_run(reference: str) -> bool:
    """Whether a name is that of a run folder."""
    return (Path(reference) / MANIFEST).is_file()


def manifest_of(folder: Path) -> Manifest:
    """The manifest of a run.

    Raises:
        FoedusError: It cannot be read, is damaged, is that of something else, or
            tells of custom rules.
    """
    manifest = read_manifest(folder)
    if manifest.kind != "run":
        raise FoedusError(f"{folder}: found a {manifest.kind}, expected a run")
    check_shipped_rules(manifest, folder)
    return manifest


def check_is_run(reference: str) -> Path:
    """The folder of a run.

    Raises:
        FoedusError: It is none.
    """
    folder = Path(reference)
    if is_run(reference):
        return folder
    if folder.is_dir():
        raise FoedusError(f"{reference}: expected the folder of a run, found no {MANIFEST} in it")
    raise FoedusError(f"{reference}: expected the folder of a run, found nothing of that name")


def recall(
    reference: str, seed: int | None = None, parameters: str | None = None, case: str | None = None
) -> Recalled:
    """A run, or a scenario with a seed.

    Args:
        reference: A run folder, a scenario file or the name of a bundled one.
        seed: What the user gave; None for that of the run, or the usual one.
        parameters: The same, of the set of parameters.
        case: The case; None for the usual one, or for that of the run, where it lay then.

    Raises:
        FoedusError: There is no such run or scenario, or a run was given a seed of its own.
    """
    if not is_run(reference):
        if Path(reference).is_dir():
            check_is_run(reference)
        seed = USUAL_SEED if seed is None else seed
        setup = load_setup(reference, parameters or USUAL_SET, case=cases.load(case))
        return Recalled(setup, seed, None, None)
    for word, given in (("--seed", seed), ("--parameters", parameters)):
        if given is not None:
            raise FoedusError(f"{word}: found {given}, but the run {reference} has its own")
    folder = Path(reference)
    manifest = manifest_of(folder)
    setup = setup_of_run(folder, manifest, case)
    return Recalled(setup, manifest.run.seed, folder, manifest.run.trials)


def setup_of_run(folder: Path, manifest: Manifest, case: str | None = None) -> Setup:
    """The scenario of a run, laid out in memory.

    Args:
        folder: Of the run.
        manifest: Of the run.
        case: Where its case lies now; where it lay then if None.

    Raises:
        FoedusError: The case is another one, or is not there any more.
    """
    known = cases.load(case or manifest.case)
    if known.name != manifest.run.case:
        raise FoedusError(
            f"--case: found «{known.name}», but {folder} is a run of «{manifest.run.case}»"
        )
    return load_setup(folder / "scenario.yaml", manifest.run.evidence_set, case=known)


def check_as_played(recalled: Recalled, trial: int, cohesion: float) -> None:
    """Refuse to explain a trial that is not what the run holds.

    Args:
        recalled: The run; a scenario that has not been run holds nothing.
        trial: Number of the trial.
        cohesion: With which it ends as it is played now.

    Raises:
        FoedusError: It ends otherwise in the run, or the run's table cannot be read.
    """
    if recalled.folder is None:
        return
    path = recalled.folder / "tables" / "trials.parquet"
    try:
        with path.open("rb") as file:
            table = pq.read_table(file, columns=["trial", "cohesion_end"])
        stored = table.column("cohesion_end")[trial].as_py()
    except (OSError, ValueError, LookupError, pa.ArrowException):
        raise FoedusError(
            f"{path}: expected the table of trials, found none that can be read"
        ) from None
    if stored != cohesion:
        raise FoedusError(
            f"{recalled.folder}: trial {trial} ends at cohesion {stored!r}, but is now played to "
            f"{cohesion!r}: another version of the model made the run"
        )
