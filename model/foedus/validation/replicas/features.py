"""Features of a history: what a posterior predictive check compares, each worked out from a sheet.

Most are chosen not to be what the likelihood hears case by case (how often, which answer), but what
it does not look at: differences between members, streaks, things that come back, dates. A feature
that is close to what was fitted says so; that it agrees proves little.

Source:
    T-gelman2013, chapter 6, on test quantities that do not repeat the fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.dictionary.vocabulary import ACT_NAMES, ATTEND_SUMMIT, MATERIEL, STATEMENT, TROOPS
from foedus.scenarios.language import months

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.validation.patterns.reading import Floats
    from foedus.validation.replicas.sheets import Block

type Read = Callable[[Block], Floats]

WITH, AGAINST = 2, 0
LEAST_CELLS: Final = 2
"""Cells from which on a member counts in a comparison of members."""


@dataclass(frozen=True)
class Feature:
    """A number that every history has.

    Attributes:
        id: Its name.
        block: The block of a sheet that it is worked out from.
        words: What it is, for a reader.
        read: Works it out; shape ``(history,)``, NaN where a history has none.
        fitted: Whether the likelihood hears much the same.
    """

    id: str
    block: str
    words: str
    read: Read
    fitted: bool = False


def total(block: Block) -> Floats:
    """Sum over cells."""
    return np.asarray(np.nansum(block.values, axis=1))


def share(block: Block, value: float) -> Floats:
    """Share of the cells that came to anything in which it was a value."""
    came = ~np.isnan(block.values)
    return ratio((block.values == value).sum(axis=1), came.sum(axis=1))


def ratio(of: Any, by: Any) -> Floats:
    """A quotient; NaN where nothing is divided by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(by > 0, of / by, np.nan))


def mean(values: Floats) -> Floats:
    """Mean over the last axis of what came about; NaN of nothing."""
    came = ~np.isnan(values)
    return ratio(np.nansum(values, axis=-1), came.sum(axis=-1))


def spread(values: Floats) -> Floats:
    """Standard deviation over the last axis of what came about; NaN of fewer than two."""
    came = (~np.isnan(values)).sum(axis=-1)
    gaps = values - mean(values)[..., None]
    return np.sqrt(np.where(came >= 2, mean(gaps * gaps), np.nan))


def at_most(value: float) -> Read:
    """How many cells came to no more than a value."""
    return lambda block: np.asarray((block.values <= value).sum(axis=1), dtype=np.float64)


def at_least(value: float) -> Read:
    """How many cells came to a value or more."""
    return lambda block: np.asarray((block.values >= value).sum(axis=1), dtype=np.float64)


def about(kind: str, read: Read) -> Read:
    """A feature of the cells of one kind alone."""
    return lambda block: read(block.where([cell.about == kind for cell in block.cells]))


def member(code: str, read: Read) -> Read:
    """A feature of one member's cells alone."""
    return lambda block: read(block.of(code))


def members_with_any(block: Block) -> Floats:
    """Number of members with a value above 0."""
    any_of = [np.nan_to_num(block.of(code).values).any(axis=1) for code in block.members]
    return np.asarray(np.sum(any_of, axis=0), dtype=np.float64)


def between_members(value: float) -> Read:
    """Standard deviation, over members with several cells, of the share of a value."""

    def read(block: Block) -> Floats:
        own = [block.of(code) for code in block.members]
        several = [share(b, value) for b in own if len(b.cells) >= LEAST_CELLS]
        return spread(_side_by_side(several, block))

    return read


def _side_by_side(columns: Sequence[Floats], block: Block) -> Floats:
    """Columns of a block's histories; shape ``(history, column)``, of no columns too."""
    return np.array(columns, dtype=np.float64).reshape(-1, len(block.values)).T


def with_patron(block: Block) -> Floats:
    """Share of votes with the patron."""
    return share(block, WITH)


def between_texts(block: Block) -> Floats:
    """Standard deviation, over texts, of the share of votes with the patron."""
    return spread(_side_by_side([with_patron(text) for text in _texts(block)], block))


def alike(block: Block) -> Floats:
    """Number of texts on which all that voted voted alike."""
    texts = np.zeros(len(block.values))
    for text in _texts(block):
        least, most = np.nanmin(_filled(text), axis=1), np.nanmax(_filled(text), axis=1)
        texts += least == most
    return texts


def _filled(text: Block) -> Floats:
    """Votes, those of absent states replaced by what any other cast."""
    first = np.nanmax(np.where(np.isnan(text.values), -np.inf, text.values), axis=1)
    return np.where(np.isnan(text.values), first[:, None], text.values)


def _texts(block: Block) -> list[Block]:
    """The texts on which more than one state voted."""
    names = list(dict.fromkeys(cell.episode for cell in block.cells))
    texts = [block.where([cell.episode == name for cell in block.cells]) for name in names]
    return [text for text in texts if len(text.cells) >= LEAST_CELLS]


def changes(block: Block) -> Floats:
    """Share of a member's cells that differ from the one before."""
    before, after = _pairs(block)
    both = ~np.isnan(before) & ~np.isnan(after)
    return ratio(((before != after) & both).sum(axis=1), both.sum(axis=1))


def comebacks(block: Block) -> Floats:
    """How often a member does an act after it has declined the one before."""
    before, after = _pairs(block)
    return np.asarray(((before == 0) & (after == 1)).sum(axis=1), dtype=np.float64)


def _pairs(block: Block) -> tuple[Floats, Floats]:
    """Consecutive cells of the same member, all members side by side."""
    own = [block.of(code).values for code in block.members]
    return (
        np.concatenate([values[:, :-1] for values in own], axis=1),
        np.concatenate([values[:, 1:] for values in own], axis=1),
    )


def longest_run(value: float) -> Read:
    """Longest run of cells in order with a value."""

    def read(block: Block) -> Floats:
        best: Floats = np.zeros(len(block.values))
        run: Floats = best
        for column in (block.values == value).T:
            run = np.where(column, run + 1, 0)
            best = np.maximum(best, run)
        return best

    return read


def most_by_one(read: Read) -> Read:
    """The greatest value of a feature of one member's cells."""
    return lambda block: np.asarray(
        np.max([read(block.of(code)) for code in block.members], axis=0), dtype=np.float64
    )


def fall_from(month: str) -> Read:
    """Mean before a month less mean from it on."""

    def read(block: Block) -> Floats:
        early = block.where([cell.date < month for cell in block.cells])
        late = block.where([cell.date >= month for cell in block.cells])
        return mean(early.values) - mean(late.values)

    return read


def gap_about(kind: str) -> Read:
    """Mean over the cells of one kind less mean over all others."""

    def read(block: Block) -> Floats:
        inside = block.where([cell.about == kind for cell in block.cells])
        outside = block.where([cell.about != kind for cell in block.cells])
        return mean(inside.values) - mean(outside.values)

    return read


def unlike_levels(block: Block) -> Floats:
    """Standard deviation between members of levels read on one date, as a mean over the dates."""
    dates = list(dict.fromkeys(cell.date for cell in block.cells))
    return mean(
        np.array(
            [spread(block.where([c.date == date for c in block.cells]).values) for date in dates]
        ).T
    )


def steepest_fall(block: Block) -> Floats:
    """Greatest fall of a member's level from one reading to the next."""
    before, after = _pairs(block)
    return np.asarray((before - after).max(axis=1)) if before.size else _none(block)


def persistence(block: Block) -> Floats:
    """Correlation of a member's level with that of its reading before, over all such pairs."""
    before, after = _pairs(block)
    if before.shape[1] <= 2:
        return _none(block)
    before, after = before - mean(before)[:, None], after - mean(after)[:, None]
    scale = np.sqrt((before * before).sum(axis=1) * (after * after).sum(axis=1))
    return ratio((before * after).sum(axis=1), scale)


def _none(block: Block) -> Floats:
    return np.full(len(block.values), np.nan)


def happened(block: Block) -> Floats:
    """Number of cells that came about."""
    return np.asarray((~np.isnan(block.values)).sum(axis=1), dtype=np.float64)


def first_year(block: Block) -> Floats:
    """Date of the first, as a decimal year; NaN where there is none."""
    first = np.where(np.isnan(block.values), np.inf, block.values).min(axis=1)
    return np.where(np.isinf(first), np.nan, first / 12.0)


def duration(block: Block) -> Floats:
    """Years from the first to the last; NaN of fewer than two."""
    known = ~np.isnan(block.values)
    first = np.where(known, block.values, np.inf).min(axis=1)
    last = np.where(known, block.values, -np.inf).max(axis=1)
    return np.where(known.sum(axis=1) >= 2, (last - first) / 12.0, np.nan)


def in_order(block: Block) -> Floats:
    """Kendall's tau of dates with the order of the ladder; what did not happen comes last."""
    dates = np.where(np.isnan(block.values), months.count("2999-12"), block.values)
    places = [ACT_NAMES.index(cell.about) for cell in block.cells]
    score, pairs = np.zeros(len(dates)), 0
    for i in range(len(places)):
        for j in range(i):
            pairs += 1
            score += np.sign(dates[:, i] - dates[:, j]) * np.sign(places[i] - places[j])
    return score / pairs


SUMMIT: Final = ACT_NAMES[ATTEND_SUMMIT]

ANYWHERE: Final = (
    Feature("requests", "requests", "crises brought before the bloc", total, fitted=True),
    Feature("askers", "requests", "members that asked the bloc", members_with_any),
    Feature("request-spread", "requests", "spread of asking between members", between_members(1)),
    Feature("request-lull", "requests", "crises in a row without asking", longest_run(0)),
    Feature("request-change", "requests", "share of crises met unlike the one before", changes),
    Feature("troops", "answers", "requests answered with troops", at_least(TROOPS), fitted=True),
    Feature("words-only", "answers", "requests answered with words or nothing", at_most(STATEMENT)),
    Feature("materiel", "answers", "requests answered with materiel or more", at_least(MATERIEL)),
    Feature(
        "answer-mean", "answers", "mean answer, from 0 to 5", lambda b: mean(b.values), fitted=True
    ),
    Feature("answer-spread", "answers", "spread of answers", lambda b: spread(b.values)),
    Feature("votes-with", "votes", "share of votes with the patron", with_patron, fitted=True),
    Feature("votes-against", "votes", "votes against the patron", at_most(AGAINST)),
    Feature("vote-spread", "votes", "spread of votes between members", between_members(WITH)),
    Feature("text-spread", "votes", "spread of votes between texts", between_texts),
    Feature("votes-alike", "votes", "texts on which all voted alike", alike),
    Feature("vote-change", "votes", "share of votes unlike the one before", changes),
    Feature("declined", "acts", "acts declined", at_most(0), fitted=True),
    Feature("declined-by-one", "acts", "most acts declined by one member", most_by_one(at_most(0))),
    Feature("act-spread", "acts", "spread of compliance between members", between_members(1)),
    Feature("absence", "acts", "acts declined in a row by one member", most_by_one(longest_run(0))),
    Feature("comebacks", "acts", "acts done after one declined", comebacks),
    Feature("summits-missed", "acts", "summits missed", about(SUMMIT, at_most(0))),
    Feature("lapses", "lapse", "memberships not renewed", happened, fitted=True),
    Feature("notices", "notice", "members that announce an exit", happened, fitted=True),
    Feature("freezes", "freeze", "members that freeze", happened, fitted=True),
    Feature("returns", "return", "members that return", happened, fitted=True),
    Feature("first-notice", "notice", "year of the first notice, if any", first_year),
    Feature("first-freeze", "freeze", "year of the first freeze, if any", first_year),
    Feature("first-return", "return", "year of the first return, if any", first_year),
    Feature("rungs", "ladder", "rungs of the ladder left for good", happened),
    Feature("ladder-years", "ladder", "years from first rung left to last", duration),
    Feature("ladder-order", "ladder", "rungs left in the order of difficulty, −1 to 1", in_order),
    Feature("level-mean", "levels", "mean participation", lambda b: mean(b.values), fitted=True),
    Feature("level-spread", "levels", "spread of participation between members", unlike_levels),
    Feature("level-fall", "levels", "steepest fall of a member", steepest_fall),
    Feature("level-memory", "levels", "correlation with the participation before", persistence),
    Feature("polls-fell", "polls", "polls in which trust in the patron fell", total, fitted=True),
)
"""Features of every case."""


def features_of(case: Case) -> tuple[Feature, ...]:
    """All features of a case, in the order in which they are shown."""
    words_of_case, own = case.features, dict[str, list[Feature]]()
    if words_of_case.unrest is not None:
        own["requests"] = [
            Feature(
                "requests-unrest",
                "requests",
                "of them over unrest at home",
                about(words_of_case.unrest, total),
            )
        ]
    if words_of_case.war_from is not None:
        words = "mean answer before the war less in it"
        own["answer-spread"] = [
            Feature("answer-wartime", "answers", words, fall_from(words_of_case.war_from))
        ]
    if words_of_case.unrest is not None:
        words = "mean answer over unrest less over others"
        own.setdefault("answer-spread", []).append(
            Feature("answer-unrest", "answers", words, gap_about(words_of_case.unrest))
        )
    own["votes-against"] = [
        Feature(
            f"votes-{code}",
            "votes",
            f"share of votes with the patron, {code}",
            member(code, with_patron),
        )
        for code in words_of_case.voters
    ]
    return tuple(each for feature in ANYWHERE for each in (feature, *own.get(feature.id, ())))
