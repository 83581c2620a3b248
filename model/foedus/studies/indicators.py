"""What warns of a freeze, an exit or a fall of cohesion, how early, and how often in vain.

An indicator is a series of a trial (its level, or its change over a year) against a threshold. It
is chosen on half of the parameter sets, as the one with the greatest distance between hit rate and
false-alarm rate, and scored on the other half, which it has never seen. Without that step the best
of a hundred indicators looks good whatever they are worth.

Observers could see these series only roughly; in the model they are exact. So the scores are upper
bounds for what the same signs could tell in the world.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from foedus.dictionary.recording import FOLLOWED
from foedus.dictionary.vocabulary import MONTHS_PER_YEAR
from foedus.statistics.quantiles import Frequency, wilson
from foedus.telling.words import FACTORS

if TYPE_CHECKING:
    from foedus.simulation.outcome import Ensemble

type Floats = NDArray[np.float64]

LEADS: Final = (0, 6, 12)
"""Months between a look and the beginning of the window in which the event is awaited."""

WINDOW: Final = 6
"""Months in which the event is awaited."""

EVERY: Final = 3
"""Months between looks; series move slowly, so that more would add little but copies."""

FALL: Final = 0.25
"""A fall of cohesion: by so large a share within a year; a judgement."""

FEWEST: Final = 10
"""Fewest trials with the event, in either half, from which an indicator is chosen or scored."""

THRESHOLDS: Final = 19
"""Thresholds that are tried: equally spaced quantiles."""

NOT_OBSERVABLE: Final = frozenset(
    {"engagement", "reliance", "membership", "reliability"} | {"cohesion", *FACTORS}
)
"""Series that nobody could observe, or that contain the event that they would warn of."""

TITLES: Final = {row.name: row.title[0].lower() + row.title[1:] for row in FOLLOWED}


class Sign(NamedTuple):
    """What is looked at.

    Attributes:
        series: Name of the series.
        own: Whether it is that of the member concerned; else that of the alliance.
        change: Whether its change over a year counts; else its level.
        below: Whether it warns at or below the threshold; else at or above.
    """

    series: str
    own: bool
    change: bool
    below: bool

    @property
    def words(self) -> str:
        """Such as «its own participation, change over a year, at most»."""
        whose = "its own " if self.own else ""
        title = TITLES[self.series]
        over = ", change over a year," if self.change else ""
        return f"{whose}{title}{over} {'at most' if self.below else 'at least'}"


@dataclass(frozen=True)
class EarlyWarning:
    """The best sign of an event at one lead, with its score on the half that did not choose it.

    Attributes:
        event: ``freeze``, ``exit`` or ``fall``.
        lead: Months from the look to the beginning of the window.
        sign: What is looked at; None if the event is too rare to choose one.
        threshold: At which it warns.
        hits: Share of looks before an event at which it warns.
        false_alarms: Share of looks before no event at which it warns.
        base: Share of looks that are followed by the event, warned or not.
        precision: Share of warnings that are followed by the event; NaN without any.
        events: Trials with the event in the half that scores.
    """

    event: str
    lead: int
    sign: Sign | None
    threshold: float
    hits: Frequency
    false_alarms: Frequency
    base: float
    precision: float
    events: int

    @property
    def better_than_chance(self) -> bool:
        """Whether it warns before the event clearly more often than before none."""
        return self.sign is not None and self.hits.low > self.false_alarms.high


def warnings_of(ensemble: Ensemble) -> tuple[EarlyWarning, ...]:
    """The best warning of every event at every lead.

    Args:
        ensemble: With a sample of trials in full, better of a thousand than of a hundred.
    """
    warnings = []
    for event, months in _events(ensemble).items():
        signs = _signs(ensemble, own=event != "fall")
        warnings += [best_warning(event, lead, months, signs) for lead in LEADS]
    return tuple(warnings)


def _events(ensemble: Ensemble) -> dict[str, NDArray[np.int64]]:
    """First months of the events in the sample, -1 for never; shape ``(trial, unit)``.

    A unit is a member, of those active at the start for freezes and in at the start for exits, or
    the alliance.
    """
    sample = len(ensemble.sample)
    first = {
        name: np.asarray(ensemble.outcomes[field])[:sample].astype(np.int64)
        for name, field in (("freeze", "first_freeze"), ("exit", "exit"))
    }
    counts = ensemble.status_counts[0]
    active, out = counts[:, -1] > 0, counts[:, 0] > 0
    first["freeze"] = np.where(active, first["freeze"], -2)
    first["exit"] = np.where(~out, first["exit"], -2)
    place = [(one.name, one.member) for one in ensemble.series].index(("cohesion", None))
    first["fall"] = falls_of(ensemble.sample[:, :, place])[:, None]
    return first


def falls_of(cohesion: Floats) -> NDArray[np.int64]:
    """First month in which cohesion has fallen within a year by a share of `FALL`, -1 for never.

    Args:
        cohesion: Shape ``(trial, month)``.
    """
    fell = np.zeros(cohesion.shape, dtype=bool)
    before, now = cohesion[:, :-MONTHS_PER_YEAR], cohesion[:, MONTHS_PER_YEAR:]
    fell[:, MONTHS_PER_YEAR:] = (before > 0.0) & (now <= (1.0 - FALL) * before)
    return np.where(fell.any(axis=1), fell.argmax(axis=1), -1)


def _signs(ensemble: Ensemble, *, own: bool) -> dict[tuple[str, bool], Floats]:
    """Series that can be looked at; shape ``(trial, unit, month)``."""
    units = len(ensemble.members) if own else 1
    places = {(one.name, one.member): n for n, one in enumerate(ensemble.series)}
    series_by_sign: dict[tuple[str, bool], Floats] = {}
    for (name, member), place in places.items():
        if member is None and name not in NOT_OBSERVABLE:
            series = ensemble.sample[:, None, :, place]
            series_by_sign[name, False] = np.repeat(series, units, axis=1)
    names = {one.name for one in ensemble.series if one.member is not None} - NOT_OBSERVABLE
    for name in sorted(names) if own else ():
        columns = [places[name, code] for code in ensemble.members]
        series_by_sign[name, True] = np.moveaxis(ensemble.sample[:, :, columns], 1, 2)
    return series_by_sign


class _Looks(NamedTuple):
    """Looks at a sign: values, what followed, and in which trial; shape ``(look,)``."""

    values: Floats
    followed: NDArray[np.bool_]
    trial: NDArray[np.int64]


def _looks(values: Floats, months: NDArray[np.int64], lead: int, *, change: bool) -> _Looks:
    """Looks at a sign every few months, while the event has not happened yet.

    Args:
        values: Shape ``(trial, unit, month)``.
        months: First months of the event; -1 for never, -2 for a unit that it cannot befall.
        lead: Months from the look to the window.
        change: Whether the change over a year is looked at.
    """
    last = values.shape[2] - 1
    times = np.arange(MONTHS_PER_YEAR, last - lead - WINDOW + 1, EVERY)
    level = values[:, :, times]
    if change:
        level = level - values[:, :, times - MONTHS_PER_YEAR]
    event = months[:, :, None]
    at_risk = (event == -1) | (event > times + lead)
    followed = (event > times + lead) & (event <= times + lead + WINDOW)
    trial = np.broadcast_to(np.arange(len(values))[:, None, None], level.shape)
    return _Looks(level[at_risk], followed[at_risk], trial[at_risk])


def best_warning(
    event: str,
    lead: int,
    months: NDArray[np.int64],
    signs: dict[tuple[str, bool], Floats],
) -> EarlyWarning:
    """Choose a sign on the even parameter sets, and score it on the odd ones."""
    chosen: tuple[float, Sign, float] | None = None
    nothing = Frequency(0, 0, np.nan, 0.0, 1.0)
    scored = nothing, nothing, np.nan, np.nan, 0
    for (series, own), values in signs.items():
        for change in (False, True):
            looks = _looks(values, months, lead, change=change)
            choosing, _ = _halves(looks)
            for sign, threshold, distance in _tried(
                choosing, Sign(series, own, change, below=True)
            ):
                if chosen is None or distance > chosen[0]:
                    chosen = distance, sign, threshold
    first = next(iter(signs.values()))
    _, scoring = _halves(_looks(first, months, lead, change=False))
    events = np.unique(scoring.trial[scoring.followed]).size
    if chosen is None or events < FEWEST:
        base = float(scoring.followed.mean()) if scoring.followed.size else np.nan
        return EarlyWarning(event, lead, None, np.nan, nothing, nothing, base, np.nan, events)
    _, sign, threshold = chosen
    values = signs[sign.series, sign.own]
    _, scoring = _halves(_looks(values, months, lead, change=sign.change))
    scored = _score(scoring, sign, threshold)
    return EarlyWarning(event, lead, sign, threshold, *scored)


def _halves(looks: _Looks) -> tuple[_Looks, _Looks]:
    """Looks of even parameter sets, on which is chosen, and of odd ones, on which is scored."""
    even = looks.trial // 2 % 2 == 0
    return (
        _Looks(*(column[even] for column in looks)),
        _Looks(*(column[~even] for column in looks)),
    )


def _tried(looks: _Looks, sign: Sign) -> Iterator[tuple[Sign, float, float]]:
    """Thresholds of a sign in both directions, with hit rate minus false-alarm rate."""
    if np.unique(looks.trial[looks.followed]).size < FEWEST:
        return
    probabilities = np.arange(1, THRESHOLDS + 1) / (THRESHOLDS + 1)
    for threshold in np.unique(np.quantile(looks.values, probabilities)):
        for below in (True, False):
            warned = _warned(looks.values, threshold, below=below)
            distance = warned[looks.followed].mean() - warned[~looks.followed].mean()
            yield sign._replace(below=below), float(threshold), float(distance)


def _warned(values: Floats, threshold: float, *, below: bool) -> NDArray[np.bool_]:
    return values <= threshold if below else values >= threshold


def _score(
    looks: _Looks, sign: Sign, threshold: float
) -> tuple[Frequency, Frequency, float, float, int]:
    warned = _warned(looks.values, threshold, below=sign.below)
    followed = looks.followed
    precision = float(followed[warned].mean()) if warned.any() else np.nan
    return (
        _rate(warned[followed], looks.trial[followed]),
        _rate(warned[~followed], looks.trial[~followed]),
        float(followed.mean()),
        precision,
        int(np.unique(looks.trial[followed]).size),
    )


def _rate(warned: NDArray[np.bool_], trial: NDArray[np.int64]) -> Frequency:
    """How often it warned, with an interval that counts parameter sets and not looks.

    Looks of one trial, and of the two trials of a set, are alike; that they tell no more than a
    single one makes the interval wide rather than narrow.
    """
    share = float(warned.mean())
    sets = int(np.unique(trial // 2).size)
    low, high = wilson(share * sets, sets)
    return Frequency(round(share * sets), sets, share, low, high)
