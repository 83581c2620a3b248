"""What a command is about: a run on disk, or a scenario that could be run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from foedus.errors import FoedusError

if TYPE_CHECKING:
    from foedus.runs.records import Manifest
    from foedus.simulation.world import Setup

MANIFEST = "manifest.json"


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
    from foedus.runs.run_folder import check_shipped_rules, read_manifest

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


def recall(reference: str, seed: int | None, parameters: str | None) -> Recalled:
    """A run, or a scenario with a seed.

    Args:
        reference: A run folder, a scenario file or the name of a bundled one.
        seed: What the user gave; None for that of the run, or the usual one.
        parameters: The same, of the set of parameters.

    Raises:
        FoedusError: There is no such run or scenario, or a run was given a seed of its own.
    """
    from foedus.commands.shared.options import USUAL_SEED
    from foedus.parameters.names import USUAL_SET
    from foedus.simulation.loading import load_setup

    if not is_run(reference):
        if Path(reference).is_dir():
            check_is_run(reference)
        seed = USUAL_SEED if seed is None else seed
        return Recalled(load_setup(reference, parameters or USUAL_SET), seed, None, None)
    for word, given in (("--seed", seed), ("--parameters", parameters)):
        if given is not None:
            raise FoedusError(f"{word}: found {given}, but the run {reference} has its own")
    folder = Path(reference)
    run = manifest_of(folder).run
    setup = load_setup(folder / "scenario.yaml", run.evidence_set)
    return Recalled(setup, run.seed, folder, run.trials)
