"""The compiled ensemble: the rules, month by month, over a block of trials.

The only module that knows the compiler; it is loaded only where something has to be compiled, for
`simulation.compiled.native` keeps the machine code. Rules are compiled as they stand; the one
function that is replaced is `dictionary.chance.draw`, which hashes its address on the spot instead
of looking it up. No fast mathematics and no parallel sums: a trial's bits must not depend on how
trials are grouped.
"""

from __future__ import annotations

import re
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final, get_type_hints

import numba
import numpy as np
from numba import carray  # type: ignore[attr-defined]  # it is public all the same
from numba.extending import overload, register_jitable

from foedus.dictionary import agenda, recording
from foedus.dictionary.chance import choose, draw, place_among
from foedus.dictionary.generated import rule_from
from foedus.dictionary.recording import COMPONENTS
from foedus.dictionary.vocabulary import BLOC, MONTHS_PER_YEAR, NO_ANSWER, NOT_YET
from foedus.errors import FoedusError
from foedus.simulation.compiled import recorded
from foedus.simulation.compiled.buffers import Buffers
from foedus.simulation.memory_layout import EVENT_LINES, EVENT_TYPE, WORD
from foedus.simulation.outcome import BINS, FIXED_POINT
from foedus.simulation.rule_book import SHIPPED, RuleBook
from foedus.simulation.tape import PARITY, UNIT
from foedus.simulation.world import NO_WORD, PARAMETER_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OPTIONS: Final[Any] = {"error_model": "numpy"}
"""Division by zero gives infinity, as arrays do, and costs no check."""

LEADING: Final = 1 + len(COMPONENTS)
"""The index and its components lead every row of series."""

EVENT_WORDS: Final = EVENT_LINES * EVENT_TYPE.itemsize // WORD
"""Words of the log, which lies at the end of a world's memory."""
TELLING: Final = re.compile(
    r"Unknown attribute|Undefined variable|NameError|Cannot unify|Cannot determine"
    r"|No implementation|Use of unsupported|Unsupported|Invalid use|Cannot resolve|.*not supported"
)
"""How those lines of the compiler's complaints begin that say what is wrong."""

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


for _function in SHIPPED.functions:
    register_jitable(**OPTIONS)(_function)

_begin: Any = SHIPPED.begin
_advance: Any = SHIPPED.advance
_write_series: Any = recording.write_series
_write_start: Any = recording.write_start
_write_end: Any = recording.write_end


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
def count_month(
    w: Any, t: int, row: Any, histograms: Any, sums: Any, shares: Any, statuses: Any
) -> None:
    """Add a month of one trial to the counts and the exact sums over all trials."""
    for s in range(row.size):
        bin_number = min(BINS - 1, max(0, int(row[s] * BINS)))
        histograms[t, s, bin_number] += 1
        sums[t, s] += int(row[s] * FIXED_POINT + 0.5)
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
def begin_anew(template: Any, words: Any) -> None:
    """Set the world to its start, all but the log, of which only what was written is read."""
    for word in range(words.size - EVENT_WORDS):
        words[word] = template[word]


_write_event: Any = register_jitable(**OPTIONS)(
    rule_from(
        "write_event(event: Event, line: Event) -> None",
        "Copy an event.",
        [f"line.{name} = event.{name}" for name in EVENT_TYPE.names or ()],
        Event=agenda.Event,
    )
)


@register_jitable(**OPTIONS)
def keep_events(w: Any, trial: int, events: Any, kept: int) -> int:
    """Copy the month's events; those beyond the room are counted by the caller."""
    for e in range(w.n_events):
        if kept < events.size:
            line = events[kept]
            line.trial, line.month = trial, w.month
            _write_event(w.events[e], line)
        kept += 1
    return kept


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
    sums: Any,
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
        begin_anew(template, words)
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
                count_month(w, t, row, histograms, sums, shares, statuses)
            if t == 0:
                _write_start(w, outcomes[n])
            for m in range(milestone_months.size):
                if milestone_months[m] == t:
                    for c in range(LEADING):
                        milestones[n, m, c] = row[c]
            if n < sample.shape[0]:
                for s in range(row.size):
                    sample[n, t, s] = row[s]
                kept = keep_events(w, trial, events, kept)
        _write_end(w, outcomes[n])
        for q in range(w.n_questions):
            questions[n, q] = w.questions[q].resolved == 1
    return kept


def block_of(rules: RuleBook) -> Callable[..., int]:
    """`run_block` for the rules of a book; each compiles to code of its own."""
    if not rules.custom:
        return run_block
    for function in rules.functions:
        register_jitable(**OPTIONS)(function)
    own = {**globals(), "_begin": rules.begin, "_advance": rules.advance}
    return FunctionType(run_block.__code__, own, run_block.__name__)


def machine_code(types: Mapping[str, np.dtype[Any]], rules: RuleBook) -> tuple[bytes, str]:
    """Compile `run_block` for records of some layout.

    Args:
        types: Layouts by name: ``world``, ``parameters``, ``tape``, ``outcome``, ``event``.
        rules: What is compiled.

    Raises:
        FoedusError: A custom rule cannot be compiled.

    Returns:
        An object file for this processor, and the name of its function. The function takes first
        trial, seed and month of the year, then two arrays: where the arrays of `Buffers`
        begin, and all their lengths, in order.
    """
    block: Any = register_jitable(**OPTIONS)(block_of(rules))
    scope: dict[str, Any] = {"run_block": block, "carray": carray}
    arrays, lengths = [], 0
    hints = get_type_hints(Buffers, include_extras=True).items()
    for place, (name, hint) in enumerate(hints):
        kind, axes = hint.__metadata__
        scope[f"type_{name}"] = types.get(kind) or np.dtype(kind)
        shape = "".join(f"n[{lengths + axis}], " for axis in range(axes))
        arrays.append(f"{name}=carray(a[{place}], ({shape}), type_{name})")
        lengths += axes
    call = f"run_block(first, seed, start_month, {', '.join(arrays)})"
    exec(f"def entry(first, seed, start_month, a, n):\n    return {call}\n", scope)

    pointer: Any = numba.types.CPointer
    places, shapes = pointer(numba.types.voidptr), pointer(numba.int64)
    signature = numba.int64(numba.int64, numba.uint64, numba.int64, places, shapes)
    try:
        compiled: Any = numba.cfunc(signature, **OPTIONS)(scope["entry"])
    except numba.core.errors.NumbaError as error:
        if not rules.custom:
            raise
        raise FoedusError(f"{_named(rules)}: cannot be compiled: {_reason(error)}") from error
    # The compiler has no public door to the code of a function; these names are as old as `cfunc`.
    library = compiled._library
    code: bytes = library._codegen._tm.emit_object(library._final_module)
    return code, compiled.native_name


def _named(rules: RuleBook) -> str:
    names = ", ".join(one.replaces for one in rules.records)
    return f"rule{'s' * (len(rules.records) > 1)} {names}"


def _reason(error: Exception) -> str:
    """What the compiler complains of, in a line."""
    lines = [line.strip() for line in str(error).splitlines()]
    telling = [line for line in lines if TELLING.match(line)]
    place = [line.strip() for line in lines if line.startswith("File ")]
    reason = (telling or [line for line in lines if line])[-1]
    return f"{reason.rstrip('.')} ({place[-1].rstrip(':')})" if place else reason
