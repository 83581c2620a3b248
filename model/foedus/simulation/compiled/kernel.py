"""The compiled ensemble: the rules, month by month, over a block of trials.

The only module that knows the compiler; it is loaded only where something has to be compiled, for
`simulation.compiled.native` keeps the machine code. Rules are compiled as they stand; the one
function that is replaced is `dictionary.chance.draw`, which hashes its address on the spot instead
of looking it up. No fast mathematics and no parallel sums: a trial's bits must not depend on how
trials are grouped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numba
import numpy as np
from numba import carray  # type: ignore[attr-defined]  # it is public all the same
from numba.extending import overload, register_jitable

from foedus.dictionary import recording
from foedus.dictionary.chance import choose, draw, place_among
from foedus.dictionary.marks import RULES
from foedus.dictionary.vocabulary import BLOC, MONTHS_PER_YEAR, NO_ANSWER, NOT_YET
from foedus.rules import month, start
from foedus.scenarios.language.quantities import COMPONENTS
from foedus.simulation.compiled import recorded
from foedus.simulation.outcome import BINS, FIXED_POINT
from foedus.simulation.tape import PARITY, UNIT
from foedus.simulation.world import NO_WORD, PARAMETER_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OPTIONS: Final[Any] = {"error_model": "numpy"}
"""Division by zero gives infinity, as arrays do, and costs no check."""

LEADING: Final = 1 + len(COMPONENTS)
"""The index and its components lead every row of series."""

_PARITY = np.uint64(PARITY)
_HALF = np.uint64(32)
_UPPER = np.uint64(12)


@register_jitable(**OPTIONS)
def turn(x: Any, left: int) -> Any:
    """Rotate a 64-bit word."""
    return (x << np.uint64(left)) | (x >> np.uint64(64 - left))


@register_jitable(**OPTIONS)
def four_rounds(x0: Any, x1: Any, a: int, b: int, c: int, d: int) -> tuple[Any, Any]:
    """Four rounds of Threefry-2x64 with rotations by `a` to `d` bits."""
    x0 += x1
    x1 = turn(x1, a) ^ x0
    x0 += x1
    x1 = turn(x1, b) ^ x0
    x0 += x1
    x1 = turn(x1, c) ^ x0
    x0 += x1
    x1 = turn(x1, d) ^ x0
    return x0, x1


@register_jitable(**OPTIONS)
def hashed(k0: Any, k1: Any, x0: Any, x1: Any) -> float:
    """The uniform at an address: `tape.threefry` and `tape.to_unit` on single words."""
    k2 = k0 ^ k1 ^ _PARITY
    x0 += k0
    x1 += k1
    x0, x1 = four_rounds(x0, x1, 16, 42, 12, 31)
    x0 += k1
    x1 += k2 + np.uint64(1)
    x0, x1 = four_rounds(x0, x1, 16, 32, 24, 21)
    x0 += k2
    x1 += k0 + np.uint64(2)
    x0, x1 = four_rounds(x0, x1, 16, 42, 12, 31)
    x0 += k0
    x1 += k1 + np.uint64(3)
    x0, x1 = four_rounds(x0, x1, 16, 32, 24, 21)
    x0 += k1
    x1 += k2 + np.uint64(4)
    x0, x1 = four_rounds(x0, x1, 16, 42, 12, 31)
    x0 += k2
    return (np.float64(x0 >> _UPPER) + 0.5) * UNIT


@overload(draw, jit_options=OPTIONS)
def _draw(u: Any, purpose: Any, actor: Any, other: Any) -> Callable[..., float]:  # noqa: ARG001
    def compiled(u: Any, purpose: Any, actor: Any, other: Any) -> float:
        first = (u.month << _HALF) | np.uint64(purpose)
        second = (np.uint64(actor) << _HALF) | np.uint64(other)
        return hashed(u.seed, u.trial, first, second)

    return compiled


@overload(choose, jit_options=OPTIONS)
def _choose(u: Any, purpose: Any, actor: Any, other: Any, cuts: Any) -> Callable[..., int]:  # noqa: ARG001
    if "recorded" in u.fields:
        return recorded.choose_as_recorded

    def compiled(u: Any, purpose: Any, actor: Any, other: Any, cuts: Any) -> int:
        return place_among(cuts, draw(u, purpose, actor, other))

    return compiled


for _function in RULES:
    register_jitable(**OPTIONS)(_function)

_begin: Any = start.begin
_advance: Any = month.advance
_write_series: Any = recording.write_series


@register_jitable(**OPTIONS)
def fill(words: Any, own: Any, values: Any, places: Any) -> None:
    """Write drawn quantities into the memory of the world and of the parameters."""
    for q in range(values.size):
        word, twin = places[q, 0], places[q, 1]
        if word <= PARAMETER_WORDS:
            own[PARAMETER_WORDS - word] = values[q]
        else:
            words[word] = values[q]
            if twin != NO_WORD:
                words[twin] = values[q]


@register_jitable(**OPTIONS)
def count_month(w: Any, t: int, row: Any, histograms: Any, shares: Any, statuses: Any) -> None:
    """Add a month of one trial to the counts over all trials."""
    for s in range(row.size):
        bin_number = min(BINS - 1, max(0, int(row[s] * BINS)))
        histograms[t, s, bin_number] += 1
    for i in range(w.n_members):
        me = w.members[i]
        statuses[t, i, me.status] += 1
        for q in range(w.n_partners):
            shares[t, i, q] += int(me.alignment[q] * FIXED_POINT)
        shares[t, i, w.n_partners] += int(me.patron_alignment * FIXED_POINT)
        shares[t, i, w.n_partners + 1] += int(me.autonomous_alignment * FIXED_POINT)


@register_jitable(**OPTIONS)
def count_requests(w: Any, requests: Any) -> None:
    """Add this month's requests, and the crises without one, to their counts."""
    for i in range(w.n_members):
        me = w.members[i]
        if me.turned == 1:
            requests[i, me.request_threat, BLOC, NO_ANSWER] += 1
        if me.answer != NOT_YET:
            requests[i, me.request_threat, me.request_channel, me.answer] += 1
        elif me.request_threat != NOT_YET:
            requests[i, me.request_threat, 0, 0] += 1


@register_jitable(**OPTIONS)
def keep_events(w: Any, trial: int, events: Any, kept: int) -> int:
    """Copy the month's events; those beyond the room are counted by the caller."""
    for e in range(w.n_events):
        if kept < events.size:
            source, line = w.events[e], events[kept]
            line.trial, line.month = trial, w.month
            line.kind, line.actor, line.other = source.kind, source.actor, source.other
            line.threat, line.code = source.threat, source.code
            line.value, line.chance = source.value, source.chance
        kept += 1
    return kept


@register_jitable(**OPTIONS)
def write_outcome(w: Any, line: Any) -> None:
    """One record a trial."""
    line.cohesion_start, line.cohesion_end = w.cohesion_start, w.cohesion
    line.frustration_end = w.frustration
    line.deployments, line.expulsions = w.deployments, w.expulsions
    line.force_between_members = w.force_between_members
    line.events_lost = w.events_lost
    for i in range(w.n_members):
        me = w.members[i]
        line.requests_bloc += me.requests_bloc
        line.requests_bilateral += me.requests_bilateral
        line.unasked += me.unasked
        line.status[i] = me.status
        line.first_freeze[i], line.exit[i] = me.first_freeze, me.first_exit
        line.first_return[i], line.first_notice[i] = me.first_return, me.first_notice
        line.participation_end[i], line.engagement_end[i] = me.participation, me.engagement
        line.trust_bloc_end[i], line.trust_patron_end[i] = me.trust_bloc, me.trust_patron
        line.arms_dependence_end[i], line.loyalty_end[i] = me.arms_dependence, me.loyalty
        line.fear_end[i], line.best_answer[i] = me.fear, me.best_answer
        line.regime_changes[i] = me.regime_changes
        for a in range(me.first_lapse.size):
            line.first_lapse[i, a] = me.first_lapse[a]


def run_block(
    first_trial: int,
    seed: Any,
    start_month: int,
    template: Any,
    world: Any,
    parameter_template: Any,
    parameters: Any,
    words: Any,
    own: Any,
    tape: Any,
    row: Any,
    paths: Any,
    values: Any,
    places: Any,
    milestone_months: Any,
    outcomes: Any,
    milestones: Any,
    questions: Any,
    histograms: Any,
    shares: Any,
    statuses: Any,
    requests: Any,
    sample: Any,
    events: Any,
) -> int:
    """Run consecutive trials; the first `sample.shape[0]` of them are kept in full.

    `words` and `own` are views of the memory of `world` and `parameters`, `row` is room for a month
    of all series. Months are not counted if `histograms` has room for none. Nothing here may raise
    or allocate: outside the compiler there is nobody to catch it.

    Returns:
        Number of events of the kept trials, even beyond the room in `events`.
    """
    kept = 0
    w, p, u = world[0], parameters[0], tape[0]
    for n in range(outcomes.size):
        trial = first_trial + n
        world[0] = template[0]
        parameters[0] = parameter_template[0]
        fill(words, own, values[trial // 2 - first_trial // 2], places)
        u.seed, u.trial, u.month = seed, np.uint64(trial), np.uint64(0)
        for t in range(paths.shape[0]):
            w.month = t
            w.month_of_year = (start_month - 1 + t) % MONTHS_PER_YEAR + 1
            u.month = np.uint64(t)
            for d in range(w.n_drivers):
                w.drivers[d].path = paths[t, d]
            if t == 0:
                _begin(w, p)
            else:
                _advance(w, p, u)
                count_requests(w, requests)
            _write_series(w, row)
            if histograms.shape[0] > 0:
                count_month(w, t, row, histograms, shares, statuses)
            if t == 0:
                for i in range(w.n_members):
                    outcomes[n].participation_start[i] = w.members[i].participation
            for m in range(milestone_months.size):
                if milestone_months[m] == t:
                    for c in range(LEADING):
                        milestones[n, m, c] = row[c]
            if n < sample.shape[0]:
                for s in range(row.size):
                    sample[n, t, s] = row[s]
                kept = keep_events(w, trial, events, kept)
        write_outcome(w, outcomes[n])
        for q in range(w.n_questions):
            questions[n, q] = w.questions[q].resolved == 1
    return kept


_run_block = register_jitable(**OPTIONS)(run_block)


def machine_code(types: Mapping[str, np.dtype[Any]]) -> tuple[bytes, str]:
    """Compile `run_block` for records of some layout.

    Args:
        types: Layouts by name: ``world``, ``parameters``, ``tape``, ``outcome``, ``event``.

    Returns:
        An object file for this processor, and the name of its function. The function takes first
        trial, seed and month of the year, then two arrays: where the arrays of `native.Buffers`
        begin, and all their lengths, in order.
    """
    world, parameters, tape = types["world"], types["parameters"], types["tape"]
    outcome, event = types["outcome"], types["event"]

    def entry(first: Any, seed: Any, start_month: Any, a: Any, n: Any) -> Any:
        return _run_block(
            first,
            seed,
            start_month,
            carray(a[0], (n[0],), world),
            carray(a[1], (n[1],), world),
            carray(a[2], (n[2],), parameters),
            carray(a[3], (n[3],), parameters),
            carray(a[4], (n[4],), np.float64),
            carray(a[5], (n[5],), np.float64),
            carray(a[6], (n[6],), tape),
            carray(a[7], (n[7],), np.float64),
            carray(a[8], (n[8], n[9]), np.float64),
            carray(a[9], (n[10], n[11]), np.float64),
            carray(a[10], (n[12], n[13]), np.int64),
            carray(a[11], (n[14],), np.int64),
            carray(a[12], (n[15],), outcome),
            carray(a[13], (n[16], n[17], n[18]), np.float64),
            carray(a[14], (n[19], n[20]), np.bool_),
            carray(a[15], (n[21], n[22], n[23]), np.int32),
            carray(a[16], (n[24], n[25], n[26]), np.int64),
            carray(a[17], (n[27], n[28], n[29]), np.int64),
            carray(a[18], (n[30], n[31], n[32], n[33]), np.int64),
            carray(a[19], (n[34], n[35], n[36]), np.float64),
            carray(a[20], (n[37],), event),
        )

    pointer: Any = numba.types.CPointer
    pointers, lengths = pointer(numba.types.voidptr), pointer(numba.int64)
    signature = numba.int64(numba.int64, numba.uint64, numba.int64, pointers, lengths)
    compiled: Any = numba.cfunc(signature, **OPTIONS)(entry)
    # The compiler has no public door to the code of a function; these names are as old as `cfunc`.
    library = compiled._library
    code: bytes = library._codegen._tm.emit_object(library._final_module)
    return code, compiled.native_name
