"""Running a scenario: many trials, their answer, their tables and their figures."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from foedus.api.plots import Plots, drawn
from foedus.api.scenario import Scenario, scenario_of
from foedus.errors import FoedusError
from foedus.files.faults import unknown
from foedus.notebook import card, short
from foedus.parameters.names import USUAL_SET
from foedus.runs.engines import check_threads
from foedus.simulation.ensemble import check_size, run_ensemble
from foedus.simulation.rule_book import book_of
from foedus.telling.program import progress_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from foedus.cases import Case
    from foedus.simulation.outcome import Ensemble
    from foedus.simulation.rule_book import CustomRule
    from foedus.simulation.world import Setup
    from foedus.telling.summary import Summary


class Run:
    """Many trials of one scenario, in memory.

    Attributes:
        scenario: What was run.
        setup: The scenario laid out in memory, with the parameter set.
        ensemble: The trials as arrays (`simulation.outcome.Ensemble` says which, with shapes).
        plot: Figures by name, such as ``run.plot.cohesion()``; ``dir(run.plot)`` lists them.
    """

    def __init__(self, scenario: Scenario, setup: Setup, ensemble: Ensemble) -> None:
        self.scenario, self.setup, self.ensemble = scenario, setup, ensemble

    @property
    def trials(self) -> int:
        """Number of trials."""
        return self.ensemble.trials

    @property
    def seed(self) -> int:
        """Seed of all chance."""
        return self.ensemble.seed

    @property
    def parameter_set(self) -> str:
        """Where the parameters come from."""
        return self.ensemble.evidence_set

    @cached_property
    def summary(self) -> Summary:
        """The answer in numbers with intervals; the parent scenario is played for it, if any is."""
        from foedus.studies.compare.paired import against_parent
        from foedus.telling.summary import summarize

        parent = self._parent_ensemble()
        return summarize(
            self.ensemble, () if parent is None else against_parent(self.ensemble, parent)
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that `frame` makes."""
        from foedus.runs.tables.catalogue import TABLES

        return tuple(TABLES)

    def frame(self, table: str = "trials") -> pd.DataFrame:
        """A table as a pandas data frame, as tidy as the Parquet file of the same name.

        Args:
            table: One of `tables`: ``trials`` has a row per trial, ``members`` one per trial and
                member, ``months`` one per month and series, and so on. Levels are from 0 to 1,
                months count from the start, -1 or empty means never.

        Raises:
            FoedusError: There is no such table.
        """
        from foedus.runs.provenance import provenance
        from foedus.runs.tables.catalogue import TABLES
        from foedus.runs.tables.columns import labelled

        if table not in TABLES:
            raise FoedusError(unknown("table", str(table), list(TABLES)))
        run, scenario = provenance(self.ensemble).label, self.scenario.name
        frame: pd.DataFrame = labelled(TABLES[table](self.ensemble), run, scenario).to_pandas()
        return frame

    def sentence(self) -> str:
        """The answer in a sentence."""
        from foedus.telling.headlines import cohesion_headline

        return f"{cohesion_headline(self.summary)}."

    @property
    def plot(self) -> Plots:
        """Figures by name."""
        from foedus.figures import FIGURES

        return Plots(FIGURES, lambda name: drawn(FIGURES, name, self.ensemble, self.summary))

    def save(self, out: str | Path = "runs", *, figures: bool = True) -> Path:
        """Write the run folder that ``foedus run`` writes: tables, text, figures and manifest.

        Args:
            out: Folder in which the run's own folder is made.
            figures: Whether figures are drawn.

        Returns:
            The run's own folder, ``<UTC time>-<scenario>-<hash>``.

        Raises:
            FoedusError: It cannot be written; nothing is left behind.
        """
        from foedus.runs.run_folder import write_run

        def draw(ensemble: Ensemble, summary: Summary, folder: Path) -> None:
            from foedus.figures import draw_all

            draw_all(ensemble, summary, folder)

        written = write_run(
            self.ensemble,
            Path(out),
            summary=self.summary,
            draw=draw if figures else None,
            setup=self.setup,
        )
        return written.path

    def __repr__(self) -> str:
        change = self.ensemble.outcomes
        start, end = (float(change[f"cohesion_{which}"].mean()) for which in ("start", "end"))
        return short(
            f"<Run of {short(self.scenario.name, 80)}: {self.trials:,} trials, seed {self.seed}, "
            f"parameters {self.parameter_set}; mean cohesion {start:.3f} to {end:.3f}>"
        )

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from foedus.telling.numbers import share

        rows = [
            (one.title, one.start_status, *(share(one.end_status[name]) for name in ENDS))
            for one in self.summary.members
        ]
        head = ("Member", "At the start", *(f"{name} at the end" for name in ENDS))
        return card(self.scenario.title, [self.sentence()], head, rows)

    def _parent_ensemble(self) -> Ensemble | None:
        """The same trials of the scenario that this one extends; None if they do not pair."""
        parent = self.scenario.parent
        if parent is None or (parent.members, parent.dates) != (
            self.scenario.members,
            self.scenario.dates,
        ):
            return None
        setup = replace(parent.setup(self.parameter_set), rules=self.setup.rules)
        return run_ensemble(setup, trials=self.trials, seed=self.seed, sample=0, events=False)


ENDS = ("active", "frozen", "out")


def run(
    scenario: Scenario | str | Path,
    *,
    trials: int = 1000,
    seed: int = 1,
    parameter_set: str = USUAL_SET,
    case: str | Path | Case | None = None,
    rules: Iterable[CustomRule] = (),
    threads: int | None = None,
    progress: bool = False,
) -> Run:
    """Play a scenario many times and hold every trial in memory, about 4 kB each.

    The trials of a seed are the same whatever the number of trials or threads: the first hundred of
    a thousand are those of a run of a hundred.

    Args:
        scenario: A `Scenario`, the name of a bundled one, or a path.
        trials: Number of trials, from 1 to 100,000,000; for more than memory holds use the command.
        seed: Seed of all chance, from 0 to 2**63 - 1.
        parameter_set: Where parameters come from: ``record``, ``corpus``, ``prior``,
            ``posterior``, or ``posterior-YEAR`` with a year that the case has.
        case: Name or folder of the case of a scenario that is given by name or path; the usual one
            if None. A `Scenario` has its own.
        rules: Custom rules (`foedus.rule`) in place of shipped ones; compiled once for each set of
            them, which takes half a minute.
        threads: Number of threads, 1 or more; as many as there are cores if None.
        progress: Whether progress is shown on standard error.

    Raises:
        FoedusError: The scenario or a rule is not valid, or a number is out of range.

    Example:
        >>> run("baseline", trials=20, seed=1).trials
        20
    """
    scenario = scenario_of(scenario, case)
    check_size(trials, seed)
    check_threads(threads)
    setup = replace(scenario.setup(parameter_set), rules=book_of(rules))
    with progress_of("trials", trials, shown=progress) as counter:
        ensemble = run_ensemble(
            setup, trials=trials, seed=seed, threads=threads, progress=counter.reach
        )
    return Run(scenario, setup, ensemble)
