"""Tables of the sampled trials: every event, every decision in words, every month in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    ANSWER_NAMES,
    CHANNEL_NAMES,
    COUNCIL_VOTE_NAMES,
    PROVISION_NAMES,
    ROLL_CALL_KIND_NAMES,
    ROLL_CALL_VOTE_NAMES,
    EventKind,
)
from foedus.runs.tables.columns import Column, numbers, table, words
from foedus.runs.tables.month_tables import month_keys, series_keys
from foedus.scenarios import drivers
from foedus.telling.cast import Cast

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble

TENS = 10
"""Factor of the second digit of a code that holds two things."""

DECISIONS: dict[EventKind, dict[int, str]] = {
    EventKind.NO_REQUEST: dict(enumerate(CHANNEL_NAMES)),
    EventKind.REQUEST: dict(enumerate(CHANNEL_NAMES)),
    EventKind.COUNCIL_VOTE: dict(enumerate(COUNCIL_VOTE_NAMES)),
    EventKind.MANDATE: {0: "refused", 1: "given"},
    EventKind.ANSWER: dict(enumerate(ANSWER_NAMES)),
    EventKind.TAKE_PART: {0: "declined", 1: "took part"},
    EventKind.ACT: {
        act + TENS * complied: f"{name}: {'complied' if complied else 'declined'}"
        for act, name in enumerate(ACT_NAMES)
        for complied in (0, 1)
    },
    EventKind.ROLL_CALL: {
        vote + TENS * kind: f"{title}: {name}"
        for kind, title in enumerate(ROLL_CALL_KIND_NAMES)
        for vote, name in enumerate(ROLL_CALL_VOTE_NAMES)
    },
}
"""What the code of a decision means, by its kind; kinds that are not here are no decisions."""


def events(ensemble: Ensemble) -> pa.Table:
    """A row an event of the sampled trials, with codes for actors and threats."""
    found = ensemble.events
    columns = [
        *_what_happened(ensemble, found),
        numbers("code", found["code"], "Meaning depends on the kind"),
        *_how_much(found),
    ]
    return table(columns, "One row an event of the sampled trials, in the order of happening.")


def decisions(ensemble: Ensemble) -> pa.Table:
    """A row a decision of the sampled trials: what was decided, in words."""
    kinds = [int(kind) for kind in DECISIONS]
    found = ensemble.events[np.isin(ensemble.events["kind"], kinds)]
    vocabulary = tuple(dict.fromkeys(word for each in DECISIONS.values() for word in each.values()))
    places = np.full(len(found), -1)
    for kind, meanings in DECISIONS.items():
        for code, word in meanings.items():
            mine = (found["kind"] == kind) & (found["code"] == code)
            places[mine] = vocabulary.index(word)
    columns = [
        *_what_happened(ensemble, found),
        words("decision", places, vocabulary, "What was decided"),
        *_how_much(found),
    ]
    return table(columns, "One row a decision of the sampled trials.")


def trajectories(ensemble: Ensemble) -> pa.Table:
    """A row a sampled trial, month and series: the value in full."""
    shape = ensemble.sample.shape
    trial, month, one = (axis.reshape(-1) for axis in np.indices(shape))
    columns = [
        numbers("trial", trial.astype(np.int32), "Number of the trial", "number"),
        *month_keys(ensemble, month),
        *series_keys(ensemble, one),
        numbers("value", ensemble.sample.reshape(-1), "Value in this trial"),
    ]
    return table(columns, "One row a sampled trial, month and series.")


def _what_happened(ensemble: Ensemble, found: NDArray[Any]) -> list[Column]:
    cast = Cast(ensemble)
    actors = (*ensemble.members, cast.patron_code)
    kinds = [kind.name.lower() for kind in EventKind]
    numbers_of_kinds = [int(kind) for kind in EventKind]
    kind = np.searchsorted(numbers_of_kinds, found["kind"])
    # A trigger names a driver where others name an actor.
    triggered = np.isin(found["kind"], [EventKind.TRIGGER, EventKind.TRIGGER_ENDED])
    driver = np.where(triggered, found["other"], -1)
    other = np.where(triggered, -1, found["other"])
    trigger = np.where(triggered, found["code"], -1)
    provision = np.where(found["kind"] == EventKind.CHANGE, found["code"], -1)
    triggers = tuple(each.name for each in ensemble.scenario.triggers)
    return [
        numbers("trial", found["trial"], "Number of the trial", "number"),
        *month_keys(ensemble, found["month"]),
        words("kind", kind, kinds, "What kind of event it is"),
        words("actor", found["actor"], actors, "Code of who acts or is struck"),
        words("other", other, actors, "Code of whom it concerns, if anyone"),
        words("threat", found["threat"], ensemble.threats, "Name of the threat, if any"),
        words("driver", driver, drivers.names(ensemble.scenario.roster), "Driver of a trigger"),
        words("trigger", trigger, triggers, "Name of the trigger, if it is one"),
        words("provision", provision, PROVISION_NAMES, "What changed in charter or mechanisms"),
    ]


def _how_much(found: NDArray[Any]) -> tuple[Column, Column]:
    return (
        numbers("value", found["value"], "Severity, size or score; depends on the kind"),
        numbers("chance", found["chance"], "Chance that the model gave to what happened", "0-1"),
    )
