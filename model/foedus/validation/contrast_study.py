"""All contrasts of a case, or some, for somebody who waits for them; kept if that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.errors import FoedusError
from foedus.runs.engines import check_threads
from foedus.simulation.ensemble import check_size
from foedus.telling.program import compile_first, progress_of, say, watched
from foedus.validation.contrasts import playing, reading, table
from foedus.validation.page import readme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foedus.cases import Case
    from foedus.validation.contrasts.playing import Played
    from foedus.validation.contrasts.reading import Contrasts


def play_and_keep(
    case: Case,
    only: Sequence[str] | None,
    *,
    parameters: str,
    trials: int,
    seed: int,
    threads: int | None,
    keep: bool,
) -> tuple[Contrasts, Sequence[Played]]:
    """Play contrasts with common random numbers.

    Args:
        case: Whose claims are played.
        only: These claims alone; all if None.
        parameters: Where parameters come from.
        trials: Trials of every scenario.
        seed: Seed of all chance.
        threads: Number of threads; as many as there are cores if None.
        keep: Whether the table goes into the case and into its README.

    Returns:
        What the case says, and what came out.

    Raises:
        FoedusError: A claim is unknown, a number out of range, or not all can be kept.
    """
    if keep and only:
        raise FoedusError("--keep: needs all contrasts, expected no --only with it")
    check_size(trials, seed)
    check_threads(threads)
    known = reading.load(case)
    chosen = known.every if only is None else known.only([claim.strip() for claim in only])
    stage = playing.Stage(case, known, parameters)
    compile_first()
    scenarios = len({arm.key for each in chosen for arm in each.arms})
    with progress_of("scenarios", scenarios, shown=watched()) as counter:
        played = playing.play(
            stage, chosen, trials=trials, seed=seed, threads=threads, progress=counter.add
        )
    place = case.path("validation", table.TABLE)
    if keep:
        settings = {"parameters": parameters, "trials": trials, "seed": seed}
        table.keep(case, known, table.rows(known, played), settings)
        readme.refresh(case, "contrasts")
        say(f"kept: {place}, {case.path('README.md')}")
    elif place.is_file() and (since := table.changed(case, known)):
        say(f"the kept table is older than {', '.join(since)}; --keep replaces it")
    return known, played
