"""Varying factors of a scenario over a design of points, with common random numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foedus.api.plots import Plots
from foedus.api.progress import progress_of
from foedus.api.running import check_threads
from foedus.api.scenario import Scenario, scenario_of
from foedus.errors import FoedusError
from foedus.files.faults import found
from foedus.notebook import card, short
from foedus.parameters.names import USUAL_SET
from foedus.runs.provenance import provenance_of
from foedus.simulation.ensemble import check_size
from foedus.simulation.rule_book import book_of
from foedus.studies.compare.contrasts import find_measure
from foedus.studies.sweep.design import plan_of
from foedus.studies.sweep.points import Layout
from foedus.studies.sweep.study import InMemory, play_point, play_sweep
from foedus.studies.sweep.text import point_cells, span_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from matplotlib.figure import Figure

    from foedus.runs.provenance import Provenance
    from foedus.simulation.rule_book import CustomRule
    from foedus.simulation.world import Setup
    from foedus.studies.sweep import study
    from foedus.telling.difference import Measure


class Sweep:
    """What came out at every point of a design.

    Attributes:
        scenario: The scenario as written.
        setup: The same laid out in memory.
        result: All values as arrays (`studies.sweep.study.Sweep`).
        measure: What figures and sentences show.
        plot: Figures by name; which ones there are depends on the design.
    """

    def __init__(
        self, scenario: Scenario, setup: Setup, result: study.Sweep, measure: Measure
    ) -> None:
        self.scenario, self.setup = scenario, setup
        self.result, self.measure = result, measure

    @property
    def points(self) -> tuple[dict[str, Any], ...]:
        """Values of the factors, point by point."""
        return self.result.plan.points

    @property
    def errors(self) -> dict[int, str]:
        """What was wrong with the points that failed, by number."""
        return self.result.errors

    def frame(self) -> pd.DataFrame:
        """A row per point and measure: the factors, means, changes and quantiles.

        ``mean`` with its 90 % interval ``low`` to ``high``; ``change`` the same of the paired
        change from the scenario as written; levels and shares of trials are from 0 to 1.
        """
        from foedus.studies.sweep.tables import results_table

        frame: pd.DataFrame = results_table(self.result).to_pandas()
        return frame

    def sentence(self) -> str:
        """Between which points the measure moves, and how far."""
        return span_words(self.result, self.measure)

    @property
    def plot(self) -> Plots:
        """Figures by name."""
        from foedus.figures.studies.sweep import sweep_figures
        from foedus.figures.style import styled

        def figures() -> dict[str, Figure]:
            from matplotlib import pyplot as plt

            with styled():
                made = sweep_figures(
                    self.result, self.scenario.resolved, self.measure, None, self._origin
                )
            for figure in made.values():
                plt.close(figure)
            return made

        return Plots(figures(), lambda name: figures()[name])

    def save(self, out: str | Path = "runs", *, figures: bool = True) -> Path:
        """Write the folder that ``foedus sweep`` writes.

        Args:
            out: Folder in which the sweep's own folder is made.
            figures: Whether figures are drawn.

        Returns:
            The sweep's own folder.

        Raises:
            FoedusError: It cannot be written; nothing is left behind.
        """
        from foedus.studies.sweep.folder import write_sweep

        def draw(folder: Path) -> None:
            from foedus.figures.studies.sweep import draw_sweep

            resolved = self.scenario.resolved
            draw_sweep(self.result, resolved, self.measure, None, self._origin, folder)

        return Path(
            write_sweep(self.result, self.setup, self.measure, out, draw=draw if figures else None)
        )

    @cached_property
    def _origin(self) -> Provenance:
        return provenance_of(self.setup, self.result.trials, self.result.seed)

    def __repr__(self) -> str:
        factors = ", ".join(self.result.plan.factors)
        failed = f", {len(self.errors)} failed" if self.errors else ""
        return short(
            f"<Sweep of {short(self.scenario.name, 60)} over {short(factors, 60)}: "
            f"{len(self.points):,} points{failed}, {self.result.trials:,} trials each, "
            f"seed {self.result.seed}>"
        )

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        m = self.result.measures.index(self.measure)
        rows = [point_cells(self.result, n, m) for n in range(len(self.points))]
        head = [
            *self.result.plan.factors,
            "Mean (90 % interval)",
            "Change (90 % interval)",
            "Verdict",
        ]
        return card(self.scenario.title, [self.sentence()], head, rows)


def sweep(
    scenario: Scenario | str | Path,
    factors: Mapping[str, object] | Sequence[Mapping[str, object]] | None = None,
    *,
    trials: int | None = None,
    seed: int = 1,
    design: str | None = None,
    points: int | None = None,
    metric: str = "cohesion",
    parameter_set: str = USUAL_SET,
    rules: Iterable[CustomRule] = (),
    threads: int | None = None,
    progress: bool = False,
) -> Sweep:
    """Play the points of a design, all with the same trials and common random numbers.

    Args:
        scenario: A `Scenario`, a name or a path.
        factors: Levers, uncertainties or addresses such as ``drivers.war``, each with the list of
            its values for a grid, or with its two ends, a tuple ``(low, high)``, for a design that
            fills the space; or a list of points, each a mapping of factors to values. None for the
            section ``sweep:`` of the scenario's file.
        trials: Trials per point, 2 or more; 200 unless the file says otherwise.
        seed: Seed of all chance, the same at every point, from 0 to 2**63 - 1.
        design: ``grid``, ``list``, ``latin-hypercube`` or ``sobol``; if None, a grid, or a list for
            a list of points.
        points: Number of points of a design that fills the space, a power of 2 for ``sobol``.
        metric: What figures and sentences show, such as ``cohesion`` or ``participation[KAZ]``.
        parameter_set: Where parameters come from, as for `foedus.run`.
        rules: Custom rules at every point, as for `foedus.run`.
        threads: Number of threads, 1 or more; as many as there are cores if None.
        progress: Whether progress is shown on standard error.

    Raises:
        FoedusError: The scenario or the design is not valid, or every point failed.
    """
    scenario = scenario_of(scenario)
    designed = scenario if factors is None else scenario.but(**_section(factors, design, points))
    entry = designed.resolved.scenario.sweep
    if entry is None:
        raise FoedusError("sweep: expected factors, or a scenario with a section «sweep:»")
    trials = entry.trials if trials is None else trials
    check_size(trials, seed)
    check_threads(threads)
    plan = plan_of(entry, scenario.resolved, scenario.folder)

    book = book_of(rules)

    def load(settings: Mapping[str, Any]) -> Setup:
        point = scenario.but(settings) if settings else scenario
        return replace(point.setup(parameter_set), rules=book)

    layout = Layout(load, plan.points)
    with progress_of("points", len(plan.points), shown=progress) as counter:
        measure = find_measure(metric, play_point(layout.base, 2, seed))
        result = play_sweep(
            layout,
            plan,
            InMemory(),
            trials=trials,
            seed=seed,
            threads=threads,
            progress=counter.add,
        )
    return Sweep(scenario, layout.base, result, measure)


def _section(factors: object, design: str | None, points: int | None) -> dict[str, Any]:
    """The section ``sweep:`` of a file that would say the same."""
    if isinstance(factors, list | tuple):
        section: dict[str, Any] = {"design": design or "list", "rows": list(factors)}
    elif isinstance(factors, dict):
        each = {name: _factor(value) for name, value in factors.items()}
        section = {"design": design or "grid", "factors": each}
    else:
        raise FoedusError(f"sweep: expected a mapping of factors, found {found(factors)}")
    return {"sweep": section | ({} if points is None else {"points": points})}


def _factor(values: object) -> object:
    """What a file would say of the values of one factor."""
    if isinstance(values, dict):
        return values
    if isinstance(values, tuple):
        return {"range": list(values)}
    return {"values": values}
