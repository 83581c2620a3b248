"""What works out the figures of the made-up case's patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.validation.patterns.reading import Figure, mean, of_member

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foedus.simulation.outcome import Ensemble


def nobody_is_put_out(runs: Mapping[str, Ensemble]) -> dict[str, Figure]:
    """Expulsions in every run."""
    count = sum(int(run.outcomes["expulsions"].sum()) for run in runs.values())
    return {"expulsions": Figure(count)}


def pirates_bind(runs: Mapping[str, Ensemble]) -> dict[str, Figure]:
    """How much more a town takes part at the end where pirates are about."""
    end = {name: of_member(run, "participation_end", "HAM") for name, run in runs.items()}
    return {"rise of HAM": mean(end["pirates"] - end["next-years"])}


PATTERNS = {"P01": nobody_is_put_out, "P02": pirates_bind}
