"""Comparing scenarios trial by trial, with common random numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foedus.api.plots import Plots, drawn
from foedus.api.scenario import Scenario, scenario_of
from foedus.errors import FoedusError
from foedus.notebook import card, short
from foedus.parameters.names import USUAL_SET
from foedus.runs.engines import check_threads
from foedus.runs.study import check_writable
from foedus.simulation.ensemble import check_size
from foedus.simulation.rule_book import book_of
from foedus.studies.compare.contrasts import Wanted, check_setups
from foedus.studies.compare.study import compare_setups, write_comparison
from foedus.studies.compare.text import difference_cells
from foedus.telling.difference import clear_ones
from foedus.telling.program import compile_first, progress_of, say, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd
    from matplotlib.figure import Figure

    from foedus.cases import Case
    from foedus.simulation.rule_book import CustomRule
    from foedus.simulation.world import Setup
    from foedus.studies.compare.contrasts import Contrasts
    from foedus.telling.difference import Difference


class Comparison:
    """Scenarios set against a base, trial by trial with common random numbers.

    Attributes:
        contrasts: All that came out (`studies.compare.contrasts.Contrasts`).
        case: Whose parameters they were; the usual case if None.
        plot: Figures by name, such as ``comparison.plot.forest()``.
    """

    def __init__(self, contrasts: Contrasts, case: Case | None = None) -> None:
        self.contrasts, self.case = contrasts, case

    @property
    def trials(self) -> int:
        """Number of paired trials."""
        return self.contrasts.trials

    @property
    def seed(self) -> int:
        """Seed of all chance."""
        return self.contrasts.seed

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Every measure of every pair of scenarios."""
        return tuple(one for pair in self.contrasts.contrasts for one in pair.differences)

    @cached_property
    def _frame(self) -> pd.DataFrame:
        from foedus.studies.compare.tables import differences_table

        frame: pd.DataFrame = differences_table(self.contrasts).to_pandas()
        return frame

    def frame(self) -> pd.DataFrame:
        """All differences, a row per pair of scenarios and measure.

        Columns: ``base``, ``scenario``, ``metric``, ``subject``, ``month``, ``difference`` with its
        90 % interval ``low`` to ``high``, ``verdict`` and others; levels are from 0 to 1, shares of
        trials from 0 to 1, ``month`` counts from the start.
        """
        return self._frame.copy()

    def clear(self) -> pd.DataFrame:
        """The rows of `frame` in which scenarios differ: discovered, and large enough to matter."""
        kept = [one.clear for one in self.differences]
        return self._frame[kept].reset_index(drop=True)

    def sentence(self) -> str:
        """What each scenario does to cohesion at the end, a sentence each."""
        return " ".join(self._sentences())

    @property
    def plot(self) -> Plots:
        """Figures by name."""
        from foedus.figures.studies.contrasts import FIGURES

        def draw(name: str) -> Figure:
            return drawn(FIGURES, name, self.contrasts)

        return Plots(FIGURES, draw)

    def save(self, out: str | Path = "runs", *, figures: bool = True) -> Path:
        """Write the folder that ``foedus compare`` writes.

        Args:
            out: Folder in which the comparison's own folder is made.
            figures: Whether figures are drawn.

        Returns:
            The comparison's own folder.

        Raises:
            FoedusError: It cannot be written; nothing is left behind.
        """

        def draw(folder: Path) -> None:
            from foedus.figures.studies.contrasts import draw_contrasts

            draw_contrasts(self.contrasts, folder)

        return Path(
            write_comparison(self.contrasts, out, case=self.case, draw=draw if figures else None)
        )

    def __repr__(self) -> str:
        others = ", ".join(one.name for one in self.contrasts.scenarios[1:])
        return short(
            f"<Comparison of {short(others, 80)} with {short(self.contrasts.base.name, 60)}: "
            f"{self.trials:,} trials, seed {self.seed}>"
        )

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        rows = [(one.measure.words, *difference_cells(one)) for one in clear_ones(self.differences)]
        head = ("What differs", "Base", "Scenario", "Difference (90 %)", "Lower, %", "Verdict")
        title = " / ".join(one.title for one in self.contrasts.scenarios)
        return card(title, self._sentences(), head, rows)

    def _sentences(self) -> list[str]:
        return [f"{one.find('cohesion').sentence()}." for one in self.contrasts.contrasts]


def compare(
    base: Scenario | str | Path,
    *others: Scenario | str | Path,
    trials: int = 1000,
    seed: int = 1,
    parameter_set: str = USUAL_SET,
    case: str | Path | Case | None = None,
    rules: Iterable[CustomRule] = (),
    until_width: float | None = None,
    metric: str = "cohesion",
    threads: int | None = None,
    progress: bool = False,
) -> Comparison:
    """Set scenarios against a base, trial by trial with common random numbers.

    Trial n of all scenarios shares its chance and its parameters, so that what touches all alike
    cancels in the differences.

    Args:
        base: What the others are set against: a `Scenario`, a name or a path.
        others: One scenario or several, of other names, with the same members, start and horizon.
        trials: Number of paired trials, 1 or more.
        seed: Seed of all chance, from 0 to 2**63 - 1.
        parameter_set: Where parameters come from, as for `foedus.run`.
        case: Case of scenarios that are given by name or path; a `Scenario` has its own.
        rules: Custom rules for all scenarios, as for `foedus.run`.
        until_width: Trials are added until the widest 90 % interval of `metric` is as narrow as
            this, above 0; None to add none.
        metric: Such as ``cohesion``, ``participation[KAZ]`` or ``frozen[KGZ]@2029-11``.
        threads: Number of threads, 1 or more; as many as there are cores if None.
        progress: Whether progress is shown on standard error.

    Raises:
        FoedusError: A scenario is not valid, they cannot be paired, or a number is out of range.
    """
    scenarios = [scenario_of(each, case) for each in (base, *others)]
    setups = [each.setup(parameter_set) for each in scenarios]
    return compared(
        setups,
        rules=rules,
        trials=trials,
        seed=seed,
        until_width=until_width,
        metric=metric,
        threads=threads,
        progress=progress,
    )


def fork(
    past: Scenario | str | Path,
    at: str,
    into: Sequence[Scenario | str | Path],
    *,
    trials: int = 1000,
    seed: int = 1,
    parameter_set: str = USUAL_SET,
    case: str | Path | Case | None = None,
    rules: Iterable[CustomRule] = (),
    until_width: float | None = None,
    metric: str = "cohesion",
    threads: int | None = None,
    progress: bool = False,
) -> Comparison:
    """Play one past into several futures, and set these against each other.

    Args:
        past: The scenario whose past is shared.
        at: Month from which on the futures differ, ``YYYY-MM``.
        into: Two scenarios or more, whose futures are taken.
        trials: As for `compare`, like all that follow.
        seed: Seed of all chance.
        parameter_set: Where parameters come from.
        case: Of what is given by name or path.
        rules: Custom rules.
        until_width: Width that the interval of `metric` is to have at most.
        metric: Which interval.
        threads: Number of threads.
        progress: Whether progress is shown.

    Raises:
        FoedusError: As for `compare`, or a future cannot follow upon this past.
    """
    from foedus.studies.compare.fork import fork_setups

    whose = scenario_of(past, case)
    futures = [scenario_of(each, whose.case).resolved for each in into]
    setups, month = fork_setups(whose.resolved, at, futures, parameter_set, whose.case)
    return compared(
        setups,
        rules=rules,
        month=month,
        trials=trials,
        seed=seed,
        until_width=until_width,
        metric=metric,
        threads=threads,
        progress=progress,
    )


def compared(
    setups: Sequence[Setup],
    *,
    trials: int,
    seed: int,
    until_width: float | None,
    metric: str,
    threads: int | None,
    progress: bool,
    rules: Iterable[CustomRule] = (),
    month: int | None = None,
) -> Comparison:
    """What `compare` and `fork` share; see there."""
    check_size(trials, seed)
    check_threads(threads)
    check_setups(setups)
    book = book_of(rules)
    ruled = [replace(setup, rules=book) for setup in setups]
    if until_width is not None and not 0.0 < until_width < float("inf"):
        raise FoedusError(f"until_width: found {until_width}, expected a number above 0")
    wanted = None if until_width is None else Wanted(until_width, metric)
    total = None if wanted else len(setups) * trials
    with progress_of("trials", total, shown=progress) as counter:
        contrasts = compare_setups(
            ruled,
            trials=trials,
            seed=seed,
            threads=threads,
            wanted=wanted,
            fork=month,
            progress=counter.add,
        )
    return Comparison(contrasts, setups[0].case)


def comparison_to_disk(
    play: Callable[..., Comparison], out: str | Path, *, figures: bool = True, **how: Any
) -> tuple[Comparison, str]:
    """Play a comparison for somebody who waits for it, and write its folder.

    Args:
        play: Plays it, such as `compare` with its scenarios.
        out: Folder in which the comparison's own folder is made.
        figures: Whether figures are drawn.
        how: What `play` takes.

    Returns:
        What came out, and where it lies.

    Raises:
        FoedusError: As for `compare`, or the folder cannot be written.
    """
    check_size(how["trials"], how["seed"])
    check_threads(how["threads"])
    check_writable(Path(out))
    compile_first()
    comparison = play(**how, progress=watched())
    if figures:
        say("drawing the figures ...")
    return comparison, str(comparison.save(out, figures=figures))
