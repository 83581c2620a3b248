"""From a run folder to everything that its report says.

The run is played again from its scenario and seed, and held against its stored table of trials: a
report is at the same time the proof that the run can be repeated to the bit on this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from foedus import cases
from foedus.data import USUAL_SCENARIO
from foedus.errors import FoedusError
from foedus.runs.run_folder import SUMMARY
from foedus.scenarios.labels import distinct
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.loading import load_setup
from foedus.studies.compare.paired import check_comparable, differences, relabelled
from foedus.studies.explain.leaving import Leaving, leavings
from foedus.studies.indicators import EarlyWarning, warnings_of
from foedus.studies.influential_inputs import InfluentialInput, influential_inputs
from foedus.telling.summary import Summary, read_summary, summarize

if TYPE_CHECKING:
    from foedus.runs.records import Manifest
    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.world import Setup
    from foedus.telling.difference import Difference

type Say = Callable[[str], None]

MOST_TRIALS: Final = 20_000
"""Trials that a report rests on; its two digits do not change with more."""

SAMPLE: Final = 1000
"""Trials in full, from which warnings are chosen and scored."""

BASELINE: Final = USUAL_SCENARIO
"""The bundled scenario with which a run is compared if nothing else is given."""


@dataclass(frozen=True)
class Played:
    """A run, played again.

    Attributes:
        folder: Where it lies.
        manifest: Its manifest.
        setup: Its scenario, laid out in memory.
        ensemble: Its trials, as many as the report rests on.
        summary: What they say.
        label: What it is called among the runs of a report.
    """

    folder: Path
    manifest: Manifest
    setup: Setup
    ensemble: Ensemble
    summary: Summary
    label: str


@dataclass(frozen=True)
class Findings:
    """What is worked out for the first run of a report.

    Attributes:
        inputs: Numbers that cohesion at the end hangs on.
        leavings: Steps down by member, with their reasons.
        explained: Trials that were explained for them.
        warnings: The best sign of each event at each lead.
    """

    inputs: tuple[InfluentialInput, ...]
    leavings: tuple[Leaving, ...]
    explained: int
    warnings: tuple[EarlyWarning, ...]


@dataclass(frozen=True)
class Contrast:
    """Another scenario against the first one, with common random numbers."""

    base: str
    other: str
    differences: tuple[Difference, ...]


def play_again(folder: Path, manifest: Manifest, setup: Setup) -> Played:
    """Play a run again, and hold it against its table of trials.

    Raises:
        FoedusError: It comes out differently, or the table cannot be read.
    """
    run = manifest.run
    trials = min(run.trials, MOST_TRIALS)
    sample = min(trials, SAMPLE)
    ensemble = run_ensemble(setup, trials=trials, seed=run.seed, sample=sample, events=False)
    stored = _stored_cohesion(folder)[:trials]
    again = np.asarray(ensemble.outcomes["cohesion_end"])
    if stored.shape != again.shape or not np.array_equal(stored, again):
        differ = np.flatnonzero(stored != again) if stored.shape == again.shape else [0]
        first = int(differ[0])
        raise FoedusError(
            f"{folder}: trial {first} comes out differently when it is played again: another "
            "version of the model, of the alliance or of the parameters made the run; run it anew"
        )
    summary = _stored_summary(folder) or summarize(ensemble)
    return Played(folder, manifest, setup, ensemble, summary, ensemble.scenario.title)


def distinct_runs(runs: Sequence[Played]) -> list[Played]:
    """The runs with labels of which no two are equal."""
    labels = distinct(
        [run.ensemble.scenario.title for run in runs],
        [f"parameters {run.ensemble.evidence_set}" for run in runs],
        [f"seed {run.manifest.run.seed}" for run in runs],
        [f"{run.manifest.run.trials:,} trials" for run in runs],
        [f"made {run.manifest.created.isoformat(timespec='seconds')}" for run in runs],
    )
    return [replace(run, label=label) for run, label in zip(runs, labels, strict=True)]


def work_out(played: Played, say: Say) -> Findings:
    """What takes more than counting: assumptions, reasons, warnings."""
    ensemble = played.ensemble
    say("asking which assumptions carry the result ...")
    inputs = influential_inputs(
        ensemble.quantity_names, ensemble.quantities, np.asarray(ensemble.outcomes["cohesion_end"])
    )
    warned = warnings_of(ensemble)
    say("explaining trials in which members freeze or leave ...")
    steps, explained = leavings(played.setup, ensemble)
    return Findings(inputs, steps, explained, warned)


def contrast(base: Played, other: Played) -> Contrast:
    """Another run against a base.

    Raises:
        FoedusError: Their trials cannot be paired; it says why.
    """
    labels = base.label, other.label
    check_comparable(base.ensemble, other.ensemble, labels)
    compared = differences(base.ensemble, other.ensemble)
    return Contrast(*labels, relabelled(compared, *labels))


def against_parent(played: Played) -> Contrast | None:
    """A run against the scenario that it extends, as the run itself has said; None without one."""
    kept = played.summary.against
    return Contrast(kept[0].base_title, kept[0].other_title, kept) if kept else None


def against_baseline(setup: Setup, played: Played) -> Contrast:
    """A run against the baseline with the random numbers of the run.

    Raises:
        FoedusError: Their trials cannot be paired; it says why.
    """
    ensemble = played.ensemble
    baseline = run_ensemble(
        setup,
        trials=ensemble.trials,
        seed=ensemble.seed,
        sample=len(ensemble.sample),
        events=False,
    )
    check_comparable(baseline, ensemble)
    compared = differences(baseline, ensemble)
    return Contrast(compared[0].base_title, compared[0].other_title, compared)


def _stored_summary(folder: Path) -> Summary | None:
    """The summary of a run; None if it was written before summaries were kept."""
    path = folder / SUMMARY
    try:
        return read_summary(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise FoedusError(f"{path}: expected the summary of a run, found none to read") from None


def _stored_cohesion(folder: Path) -> np.ndarray:
    import pyarrow as pa  # noqa: PLC0415 - only here
    import pyarrow.parquet as pq  # noqa: PLC0415

    path = folder / "tables" / "trials.parquet"
    try:
        with path.open("rb") as file:
            column = pq.read_table(file, columns=["cohesion_end"]).column("cohesion_end")
    except (OSError, ValueError, pa.ArrowException):
        raise FoedusError(
            f"{path}: expected the table of trials of a run, found none to read"
        ) from None
    return np.asarray(column.to_numpy())


def contrasts(runs: Sequence[Played], say: Say) -> tuple[list[Contrast], list[str]]:
    """Other runs against the first, or one against its parent; and why some do not pair."""
    first = runs[0]
    made = [partial(contrast, first, other) for other in runs[1:]]
    if not made and (kept := against_parent(first)) is not None:
        return [kept], []
    if not made:
        setup = _baseline(first)
        if setup is None:
            return [], []
        say("playing the baseline with common random numbers ...")
        made = [partial(against_baseline, setup, first)]
    paired: list[Contrast] = []
    unpaired: list[str] = []
    for make in made:
        try:
            paired.append(make())
        except FoedusError as reason:
            unpaired.append(str(reason))
    return paired, unpaired


def _baseline(first: Played) -> Setup | None:
    """The baseline, if the run is of its case, is another scenario, and can be paired with it."""
    if first.setup.case != cases.load():
        return None
    setup = load_setup(BASELINE, first.ensemble.evidence_set)
    mine, base = first.setup.scenario, setup.scenario
    same = base.digest() == mine.digest()
    return None if same or (mine.members, mine.dates) != (base.members, base.dates) else setup
