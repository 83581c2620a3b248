"""A whole calibration for somebody who waits for it: what is done, and what came out, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foedus.errors import FoedusError
from foedus.files.faults import unknown
from foedus.inference.self_check import Effort, self_check
from foedus.inference.study import REDUCED, Settings, calibrate, most_moving, write_json
from foedus.simulation.ensemble import available_cores
from foedus.telling.program import say

if TYPE_CHECKING:
    from pathlib import Path

    from foedus.cases import Case
    from foedus.inference.sampling import Chain

SMALL: Final = Effort(particles=2, walkers=24, steps=6, kept=4)
"""So little work for each synthetic record that it tests the machinery and means nothing."""

CHECKED: Final = 10
"""Parameters that the self-check infers: those that move the likelihood most."""


def chosen(case: Case, only: str | None) -> list[str]:
    """Names of the posteriors to fit.

    Args:
        case: The case.
        only: The one that is asked for; all if None.

    Raises:
        FoedusError: The case has none of that name.
    """
    if only is not None and only not in case.posteriors:
        raise FoedusError(f"--only: {unknown('posterior', only, tuple(case.posteriors))}")
    return [name for name in case.posteriors if only in {None, name}]


def fit(case: Case, name: str, out: Path, *, reduced: bool, threads: int | None) -> str:
    """Fit one posterior and write its files; how well the walk went, in words.

    Args:
        case: The case.
        name: One of its posteriors.
        out: Folder of the files.
        reduced: So little work that it only shows that everything works.
        threads: Threads to use; as many as there are cores if None.

    Raises:
        FoedusError: As for `study.calibrate`.
    """
    settings = REDUCED if reduced else Settings()

    def progress(chain: Chain) -> None:
        if chain.steps % max(1, settings.steps // 20) == 0:
            best = chain.log_posterior[-1].max()
            say(f"{name}: step {chain.steps} of {settings.steps}, best log-posterior {best:.1f}")

    diagnostics = calibrate(
        case,
        name,
        out,
        settings,
        threads=threads or available_cores(),
        say=say,
        progress=progress,
    )
    numbers = ", ".join(
        f"{key.replace('_', ' ')} {x:g}" for key, x in diagnostics.summary().items()
    )
    still = ", ".join(diagnostics.not_moved()) or "none"
    return (
        f"{name}: {out / f'{name}.parquet'} ({numbers})\n"
        f"{name}: fitted, but not moved by the record: {still}"
    )


def check_itself(
    case: Case, out: Path, *, replicates: int, reduced: bool, threads: int | None
) -> str:
    """Rank true values among posterior draws, and keep the table beside the posteriors.

    Args:
        case: The case.
        out: Folder of the posteriors.
        replicates: Number of synthetic records.
        reduced: So little work that it only shows that everything works.
        threads: Threads to use; as many as there are cores if None.

    Returns:
        What came out, in words.

    Raises:
        FoedusError: There are no replicates, or as for `self_check.self_check`.
    """
    if replicates < 1:
        raise FoedusError(f"--self-check: found {replicates}, expected 1 or more")
    checked = self_check(
        case,
        most_moving(case, out, CHECKED),
        out / "self-check.working",
        replicates=replicates,
        seed=Settings().seed,
        threads=threads or available_cores(),
        effort=SMALL if reduced else Effort(),
        progress=lambda done: say(f"self-check: {done} of {replicates} synthetic records"),
    )
    write_json(out / "self-check.json", checked)
    low, high = checked["band"]
    lines = [f"{replicates} synthetic records; an honest count lies between {low} and {high}"]
    for row in checked["parameters"]:
        verdict = "inside" if row["inside_bands"] else "OUTSIDE"
        lines.append(
            f"{row['name']:24} {row['counts']}  {verdict}  90 % interval: {row['coverage_90']:.2f}"
        )
    return "\n".join(lines)
