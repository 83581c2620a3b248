"""Tables of the sampled trials: every event, every decision in words, every month in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.dictionary.events import DETAILS, Detail
from foedus.dictionary.phrases import FORCED, READINGS, phrase_of
from foedus.dictionary.vocabulary import EventKind
from foedus.runs.tables.columns import Column, numbers, table, words
from foedus.runs.tables.month_tables import month_keys, series_keys
from foedus.scenarios import drivers
from foedus.telling.words import Titles

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble

DECISIONS: Final = (
    EventKind.NO_REQUEST,
    EventKind.REQUEST,
    EventKind.COUNCIL_VOTE,
    EventKind.MANDATE,
    EventKind.ANSWER,
    EventKind.TAKE_PART,
    EventKind.ACT,
    EventKind.ROLL_CALL,
    EventKind.TERMS,
    EventKind.PRESSURE,
    EventKind.PACT,
    EventKind.DECISION,
)
"""Events that are decisions, in the table of that name."""


def events(ensemble: Ensemble) -> pa.Table:
    """Every event of the sampled trials, with codes for actors and threats."""
    happened = ensemble.events
    columns = [
        *_what_happened(ensemble, happened),
        *(_detail(ensemble, happened, detail) for detail in DETAILS),
        *_how_much(happened),
    ]
    return table(columns, "One row per event of the sampled trials, in the order of happening.")


def decisions(ensemble: Ensemble) -> pa.Table:
    """Every decision of the sampled trials, in words."""
    kinds = [kind.value for kind in DECISIONS]
    taken = ensemble.events[np.isin(ensemble.events["kind"], kinds)]
    vocabulary: list[str] = []
    places = np.full(len(taken), -1)
    for kind in DECISIONS:
        reading = READINGS[kind]
        mine = taken["kind"] == kind.value
        outcome = taken[reading.detail] if reading.detail else np.zeros(len(taken), dtype=int)
        for number, code in enumerate(reading.codes):
            words_for = phrase_of(reading.kind, code).now.format(
                patron="the patron", what=OTHERS.get(kind, "")
            )
            if kind is EventKind.DECISION:
                words_for += FORCED
            if words_for not in vocabulary:
                vocabulary.append(words_for)
            places[mine & (outcome == number)] = vocabulary.index(words_for)
    columns = [
        *_what_happened(ensemble, taken),
        *(_detail(ensemble, taken, detail) for detail in DETAILS if {*detail.kinds} & {*DECISIONS}),
        words("decision", places, vocabulary, "What the actor decided"),
        *_how_much(taken),
    ]
    return table(columns, "One row per decision of the sampled trials.")


OTHERS: Final = {
    EventKind.COUNCIL_VOTE: "the request",
    EventKind.ANSWER: "the request",
    EventKind.TAKE_PART: "what the bloc does",
    EventKind.TERMS: "a member",
    EventKind.PRESSURE: "a member",
    EventKind.PACT: "a partner",
    EventKind.DECISION: "a member",
}
"""What a decision is about, where its phrase says so."""


def trajectories(ensemble: Ensemble) -> pa.Table:
    """Every followed level of the sampled trials in full."""
    shape = ensemble.sample.shape
    trial, month, one = (axis.reshape(-1) for axis in np.indices(shape))
    columns = [
        numbers("trial", trial.astype(np.int32), "Number of the trial", "number"),
        *month_keys(ensemble, month),
        *series_keys(ensemble, one),
        numbers("value", ensemble.sample.reshape(-1), "Value in this trial"),
    ]
    return table(columns, "One row per sampled trial, month and series.")


def _what_happened(ensemble: Ensemble, happened: NDArray[Any]) -> list[Column]:
    actors = (*ensemble.members, Titles(ensemble).patron_code)
    kinds = [kind.name.lower() for kind in EventKind]
    kind = np.searchsorted([kind.value for kind in EventKind], happened["kind"])
    return [
        numbers("trial", happened["trial"], "Number of the trial", "number"),
        *month_keys(ensemble, happened["month"]),
        words("kind", kind, kinds, "What kind of event it is"),
        words("actor", happened["actor"], actors, "Code of who acts or is struck"),
        words("other", happened["other"], actors, "Code of whom it concerns, if anyone"),
        words("threat", happened["threat"], ensemble.threats, "Name of the threat, if any"),
    ]


def _detail(ensemble: Ensemble, happened: NDArray[Any], detail: Detail) -> Column:
    """The column of a detail, empty for events of other kinds."""
    scenario = ensemble.scenario
    known: tuple[str, ...] = detail.words or ()
    if detail.name == "driver":
        known = tuple(drivers.names(scenario.roster))
    elif detail.name == "trigger":
        known = tuple(trigger.name for trigger in scenario.triggers)
    elif detail.name == "partner":
        known = scenario.partners
    return words(detail.name, happened[detail.name], known, detail.meaning)


def _how_much(happened: NDArray[Any]) -> tuple[Column, Column]:
    return (
        numbers("value", happened["value"], "Severity, size or score; depends on the kind"),
        numbers(
            "chance",
            happened["chance"],
            "Probability of what happened, where it was a draw; else 1",
            "0-1",
        ),
    )
