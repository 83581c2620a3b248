"""Phase 1: what changes in the charter, and what follows once a condition on the state has held."""

from foedus.dictionary.agenda import Change, Trigger
from foedus.dictionary.events import EventKind, log
from foedus.dictionary.generated import rule_from
from foedus.dictionary.marks import rule
from foedus.dictionary.observables import holds, observe
from foedus.dictionary.state import World
from foedus.dictionary.vocabulary import (
    EFFECT_ON_DRIVER,
    EFFECT_ON_STATE,
    NOT_YET,
    Provision,
)
from foedus.rules.drivers import shift

TRIGGERED = EventKind.TRIGGER.value
ENDED = EventKind.TRIGGER_ENDED.value
CHANGED = EventKind.CHANGE.value

ARMED = 0
FIRED = 1
SPENT = 2


provide = rule_from(
    "provide(w: World, number: int, value: int) -> None",
    "A rule of the charter, or a mechanism, by its number, is something else from now on.",
    [
        line
        for provision in Provision
        for line in (f"if number == {provision.value}:", f"    w.{provision.name.lower()} = value")
    ],
    World=World,
)

provided = rule_from(
    "provided(w: World, number: int) -> int",
    "What a rule of the charter, or a mechanism, is now; -1 if there is none of that number.",
    [
        *(
            line
            for provision in Provision
            for line in (
                f"if number == {provision.value}:",
                f"    return w.{provision.name.lower()}",
            )
        ),
        "return -1",
    ],
    World=World,
)


@rule
def amend(change: Change, w: World) -> None:
    """A dated change of the charter, or of a mechanism, takes effect in its month."""
    if change.month == w.month:
        provide(w, change.provision, change.value)
        event = log(w, CHANGED, -1, -1, -1, change.value * 1.0, 1.0)
        event.provision = change.provision


@rule
def pull(trigger: Trigger, w: World) -> None:
    """A trigger fires when its condition has held for long enough, once or again and again.

    It reads the state at the end of the month before. Without a condition that ends its effect, one
    that may repeat is armed again as soon as its own condition fails; with one, when the effect is
    ended.
    """
    if w.month < trigger.first_month:
        return
    trigger.now *= trigger.kept
    ends = trigger.until_observable != NOT_YET
    if ends and trigger.fired == FIRED:
        seen = observe(w, trigger.until_observable, trigger.until_member, trigger.until_other)
        if holds(seen, trigger.until_comparison, trigger.until_threshold):
            release(trigger, w)
        return
    seen = observe(w, trigger.observable, trigger.member, trigger.other)
    if not holds(seen, trigger.comparison, trigger.threshold):
        trigger.held = 0
        if trigger.repeat == 1 and not ends:
            trigger.fired = ARMED
        return
    trigger.held += 1
    if trigger.held >= trigger.for_months and trigger.fired == ARMED:
        fire(trigger, w)


@rule
def fire(trigger: Trigger, w: World) -> None:
    """What a trigger does: add to a driver, shift a state, or change a provision."""
    trigger.fired = FIRED
    driver = -1
    if trigger.effect == EFFECT_ON_DRIVER:
        driver = trigger.target
        trigger.now += trigger.size
    elif trigger.effect == EFFECT_ON_STATE:
        shift(w, trigger.target, trigger.whose, trigger.with_whom, trigger.size)
    else:
        trigger.before = provided(w, trigger.target)
        provide(w, trigger.target, int(trigger.size))
    event = log(w, TRIGGERED, -1, -1, -1, trigger.size, 1.0)
    event.trigger = trigger.id
    event.driver = driver


@rule
def release(trigger: Trigger, w: World) -> None:
    """The effect of a trigger is ended.

    What it added to a driver is gone, and a provision is what it was, unless something else has
    changed it since. A state stays where it is: the rules have taken over.
    """
    trigger.fired = ARMED if trigger.repeat == 1 else SPENT
    trigger.held = 0
    trigger.now = 0.0
    driver = -1
    if trigger.effect == EFFECT_ON_DRIVER:
        driver = trigger.target
    elif trigger.effect != EFFECT_ON_STATE and provided(w, trigger.target) == int(trigger.size):
        provide(w, trigger.target, trigger.before)
    event = log(w, ENDED, -1, -1, -1, trigger.size, 1.0)
    event.trigger = trigger.id
    event.driver = driver


@rule
def push(trigger: Trigger, w: World) -> None:
    """What a trigger adds to its driver this month."""
    if trigger.effect == EFFECT_ON_DRIVER:
        w.drivers[trigger.target].pulse += trigger.now
