"""Varying factors of a scenario over a design of points, with common random numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foedus.api.plots import Plots
from foedus.api.scenario import Scenario, scenario_of
from foedus.errors import FoedusError
from foedus.files.faults import found
from foedus.notebook import card, short
from foedus.parameters.names import USUAL_SET
from foedus.runs import study
from foedus.runs.engines import check_threads
from foedus.runs.provenance import identity_of, provenance_of
from foedus.runs.records import Request, SweepState
from foedus.simulation.ensemble import check_size
from foedus.simulation.rule_book import book_of
from foedus.studies.compare.contrasts import find_measure
from foedus.studies.sweep.design import Plan, plan_of
from foedus.studies.sweep.folder import KIND, asked_for, fill_sweep, sweep_digest
from foedus.studies.sweep.points import Layout
from foedus.studies.sweep.study import InMemory, piece_name, pieces_of, play_point, play_sweep
from foedus.studies.sweep.text import point_cells, span_words
from foedus.telling.program import compile_first, progress_of, say, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd
    from matplotlib.figure import Figure

    from foedus.cases import Case
    from foedus.runs.provenance import Provenance
    from foedus.runs.storage.unfinished import Unfinished
    from foedus.runs.study import Contents, Fill
    from foedus.simulation.rule_book import CustomRule
    from foedus.simulation.world import Setup
    from foedus.studies.sweep.study import Pieces
    from foedus.studies.sweep.study import Sweep as Result
    from foedus.telling.difference import Measure
    from foedus.telling.program import Progress


class Sweep:
    """What came out at every point of a design.

    Attributes:
        scenario: The scenario as written.
        setup: The same laid out in memory.
        result: All values as arrays (`studies.sweep.study.Sweep`).
        measure: What figures and sentences show.
        plot: Figures by name; which ones there are depends on the design.
    """

    def __init__(self, scenario: Scenario, setup: Setup, result: Result, measure: Measure) -> None:
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
        about = asked_for(self.setup, self.result.plan, self.result.trials, self.result.seed)
        fill = self.fill(figures=figures)
        return Path(study.write(out, KIND, about.pop("origin"), fill, **about))

    def fill(self, *, figures: bool, threshold: float | None = None) -> Fill:
        """What writes the sweep into a folder that exists.

        Args:
            figures: Whether figures are drawn.
            threshold: Value of the measure to mark in heat maps.
        """

        def draw(folder: Path) -> None:
            from foedus.figures.studies.sweep import draw_sweep

            resolved = self.scenario.resolved
            draw_sweep(self.result, resolved, self.measure, threshold, self._origin, folder)

        def fill(folder: Path) -> Contents:
            pictures = draw if figures else None
            return fill_sweep(folder, self.result, self.setup, self.measure, pictures)

        return fill

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
    case: str | Path | Case | None = None,
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
        case: Case of a scenario that is given by name or path, as for `foedus.run`.
        rules: Custom rules at every point, as for `foedus.run`.
        threads: Number of threads, 1 or more; as many as there are cores if None.
        progress: Whether progress is shown on standard error.

    Raises:
        FoedusError: The scenario or the design is not valid, or every point failed.
    """
    check_threads(threads)
    scenario = scenario_of(scenario, case)
    plan, usual = _points(scenario, None if factors is None else _section(factors, design, points))
    request = Request(
        trials=usual if trials is None else trials,
        seed=seed,
        evidence_set=parameter_set,
        figures=False,
    )
    planned = plan_sweep(scenario, plan, request, metric, rules)
    with progress_of("points", len(planned.plan.points), shown=progress) as counter:
        return planned.play(InMemory(), threads=threads, progress=counter)


@dataclass(frozen=True)
class Planned:
    """A sweep that can be played: everything about it has been checked.

    Attributes:
        scenario: The scenario as written.
        layout: Lays out the points.
        plan: The points.
        request: Trials per point, seed and parameter set.
        measure: What figures and sentences show.
    """

    scenario: Scenario
    layout: Layout
    plan: Plan
    request: Request
    measure: Measure

    @property
    def pieces(self) -> list[str]:
        """Names of all pieces in which it is played."""
        pieces = pieces_of(len(self.plan.points), self.request.trials)
        return [piece_name(first) for first, _ in pieces]

    def play(self, work: Pieces, *, threads: int | None, progress: Progress) -> Sweep:
        """Play the points that are not finished yet, and gather all of them.

        Args:
            work: Where finished pieces are, and are written.
            threads: Number of threads; as many as there are cores if None.
            progress: Counts the points.

        Raises:
            FoedusError: Every point failed.
        """
        result = play_sweep(
            self.layout,
            self.plan,
            work,
            trials=self.request.trials,
            seed=self.request.seed,
            threads=threads,
            progress=progress.add,
        )
        return Sweep(self.scenario, self.layout.base, result, self.measure)


def plan_sweep(
    scenario: Scenario,
    plan: Plan,
    request: Request,
    metric: str,
    rules: Iterable[CustomRule] = (),
) -> Planned:
    """Check a sweep, and get ready to play it.

    Args:
        scenario: What is varied.
        plan: The points.
        request: Trials per point, seed and parameter set.
        metric: What figures and sentences show.
        rules: Custom rules at every point.

    Raises:
        FoedusError: As for `sweep`.
    """
    check_size(request.trials, request.seed)
    book = book_of(rules)

    def load(settings: Mapping[str, Any]) -> Setup:
        point = scenario.but(settings) if settings else scenario
        return replace(point.setup(request.evidence_set), rules=book)

    layout = Layout(load, plan.points)
    measure = find_measure(metric, play_point(layout.base, 2, request.seed))
    return Planned(scenario, layout, plan, request, measure)


def sweep_to_disk(
    scenario: Scenario,
    out: str | Path,
    *,
    trials: int | None,
    asked: Callable[[int], Request],
    metric: str = "cohesion",
    threshold: float | None = None,
    threads: int | None = None,
) -> tuple[Sweep, str]:
    """Play the section ``sweep:`` of a scenario piece by piece on the disk.

    Args:
        scenario: What is varied.
        out: Folder in which the sweep's own folder is made.
        trials: Trials per point; as many as the section says if None.
        asked: What else is asked for, given the trials.
        metric: What figures and sentences show.
        threshold: Value of the metric to mark in heat maps.
        threads: Number of threads; as many as there are cores if None.

    Returns:
        What came out, and where it lies.

    Raises:
        FoedusError: As for `sweep`; pieces that were finished are kept.
    """
    check_threads(threads)
    plan, usual = _points(scenario, None)
    request = asked(usual if trials is None else trials)
    compile_first()
    planned = plan_sweep(scenario, plan, request, metric)
    about = asked_for(planned.layout.base, planned.plan, request.trials, request.seed)
    more: dict[str, Any] = {
        "request": request.model_dump(),
        "metric": metric,
        "threshold": threshold,
    }
    work = study.begin(out, KIND, about.pop("origin"), **about, **more)
    return _work_off(work, planned, threshold, threads)


def resume_sweep(path: str | Path, *, threads: int | None = None) -> tuple[Sweep, str] | None:
    """Go on with a sweep that was interrupted; None if nothing is left to do.

    Args:
        path: Its unfinished folder.
        threads: Number of threads.

    Raises:
        FoedusError: As for `runs.study.take_up`, or every point failed.
    """
    check_threads(threads)
    taken = study.take_up(path, KIND, SweepState, _rebuilt)
    if taken is None:
        return None
    work, planned, threshold = taken
    study.say_pieces_there(work, len(work.finished().keys() & set(work.expected)))
    return _work_off(work, planned, threshold, threads)


def _rebuilt(work: Unfinished, state: SweepState) -> tuple[Unfinished, Planned, float | None]:
    """A sweep as its state has it, without the file that it came from.

    Raises:
        FoedusError: Something has changed since that shapes its numbers.
    """
    plan = Plan(state.plan.design, state.plan.factors, state.plan.points)
    compile_first()
    scenario = Scenario.parse(state.scenario, case=state.case)
    planned = plan_sweep(scenario, plan, state.request, state.metric)
    base, request = planned.layout.base, state.request
    study.refuse_changes(work, identity_of(base).input_changes(state.identity))
    if state.design != sweep_digest(base, plan, request.trials, request.seed):
        raise FoedusError(
            f"{work.path}/state.json: contradicts itself, for «design» is not that of «plan» and "
            "«scenario»; begin anew"
        )
    work.expected = planned.pieces
    return work, planned, state.threshold


def _work_off(
    work: Unfinished, planned: Planned, threshold: float | None, threads: int | None
) -> tuple[Sweep, str]:
    """Play what is missing, and put the folder in its place."""
    work.expected = planned.pieces
    figures = planned.request.figures
    with work, progress_of("points", len(planned.plan.points), shown=watched()) as counter:
        swept = planned.play(work, threads=threads, progress=counter)
        counter.end()
        if figures:
            say("drawing the figures ...")
        return swept, study.finish(work, swept.fill(figures=figures, threshold=threshold))


def _points(scenario: Scenario, section: Mapping[str, Any] | None) -> tuple[Plan, int]:
    """Points, and trials of each, of a section ``sweep:``; that of the scenario if None.

    Raises:
        FoedusError: There is none, or it is not valid.
    """
    designed = scenario if section is None else scenario.but(sweep=section)
    entry = designed.resolved.scenario.sweep
    if entry is None:
        raise FoedusError(
            f"{scenario.name}: expected factors, or a section «sweep:»; see scenarios/README.md"
        )
    return plan_of(entry, scenario.resolved, scenario.folder), entry.trials


def _section(factors: object, design: str | None, points: int | None) -> dict[str, Any]:
    """The section ``sweep:`` of a file that would say the same."""
    if isinstance(factors, list | tuple):
        section: dict[str, Any] = {"design": design or "list", "rows": list(factors)}
    elif isinstance(factors, dict):
        each = {name: _factor(value) for name, value in factors.items()}
        section = {"design": design or "grid", "factors": each}
    else:
        raise FoedusError(f"sweep: expected a mapping of factors, found {found(factors)}")
    return section | ({} if points is None else {"points": points})


def _factor(values: object) -> object:
    """What a file would say of the values of one factor."""
    if isinstance(values, dict):
        return values
    if isinstance(values, tuple):
        return {"range": list(values)}
    return {"values": values}
