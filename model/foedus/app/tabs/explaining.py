"""The third tab: why this trial went as it did, decision by decision."""

from __future__ import annotations

from typing import Final

import solara
from mesa.visualization.utils import update_counter

from foedus.app.live import LiveModel, Settings, setup_of
from foedus.app.session import Session, use_answer
from foedus.app.tabs import tables
from foedus.app.tabs.shown import show
from foedus.dictionary.phrases import label
from foedus.drawings import waterfall as drawing
from foedus.studies.explain.decisions import Decision, Explanation, waterfall
from foedus.studies.explain.sentences import change_sentence
from foedus.studies.explain.study import explain, nearest
from foedus.telling.words import month_words

KINDS: Final = {
    "request": "asks for help, or not",
    "turn": "turns to the patron alone, or not",
    "vote": "votes in the council",
    "mandate": "gets a mandate, or not",
    "answer": "answers a request",
    "take_part": "takes part, or not",
    "act": "complies with an act, or not",
    "freeze": "freezes its membership",
    "thaw": "takes up its membership again",
    "notice": "announces that it leaves",
    "withdrawal": "takes back its notice",
    "renewal": "renews the treaty, or not",
    "return": "joins again",
    "exit": "leaves",
    "roll_call": "votes at the UN",
    "statecraft": "woos a member, presses it or neither",
    "pact": "signs a pact, or not",
    "decision": "does what the scenario has it do",
}
"""What each kind of decision is, in words."""

ROUTINE: Final = frozenset({"act", "roll_call"})


def explain_trial(settings: Settings) -> Explanation:
    """All decisions of a trial; runs in the helper."""
    setup = setup_of(settings.scenario, settings.levers)
    return explain(setup, seed=settings.seed, trial=settings.trial)


def changes_of(settings: Settings, decision: Decision) -> tuple[str, ...]:
    """What would have flipped a decision, in sentences; runs in the helper."""
    setup = setup_of(settings.scenario, settings.levers)
    changes = nearest(setup, seed=settings.seed, trial=settings.trial, decision=decision)
    patron = setup.scenario.alliance.patron.title
    return tuple(change_sentence(decision, each, patron) for each in changes)


@solara.component
def Explaining(session: Session, model: LiveModel) -> None:
    """The decisions so far, and all about one of them."""
    update_counter.get()
    answer = use_answer(explain_trial if model.built else None, model.settings)
    if answer.error or model.error:
        show(tables.alarm(answer.error or model.error or ""))
        return
    if answer.value is None:
        words = "Looking into every decision of this trial ..."
        show(tables.notice(words, "explain-pending"))
        return
    explanation: Explanation = answer.value
    solara.Checkbox(label="Also acts of membership and UN votes", value=session.minor)
    offered = {
        title_of(each, explanation.titles): each
        for each in explanation.decisions
        if each.month <= model.month and (session.minor.value or each.kind not in ROUTINE)
    }
    if not offered:
        words = "No such decision so far: press Step or Play, or tick the box above."
        show(tables.notice(words, "no-decision"))
        return
    titles = list(reversed(offered))
    chosen = session.decision.value if session.decision.value in offered else titles[0]
    solara.Select(
        f"Decision to explain ({len(titles)} so far, newest first)",
        value=chosen,
        values=titles,
        on_value=session.decision.set,
    )
    One(model.settings, offered[chosen])


def title_of(decision: Decision, titles: dict[str, str]) -> str:
    """A decision in the list; its number tells it from all others."""
    who = titles.get(decision.actor, decision.actor)
    what = KINDS.get(decision.kind, decision.kind)
    return f"{month_words(decision.date)} · {who} {what} → {decision.outcome} (#{decision.number})"


@solara.component
def One(settings: Settings, decision: Decision) -> None:
    """All about one decision."""
    asked = changes_of if decision.drawn is not None else None
    changes = use_answer(asked, settings, decision)
    show(tables.sentence(decision.sentence))
    with solara.Div(classes=["panels", "two"]):
        with solara.Div(classes=["panel"]):
            if decision.terms:
                drawn = drawing.draw(
                    waterfall(decision.terms), decision.total, decision.unit, label(decision.weighs)
                )
                show(drawn)
            else:
                words = "Nothing was weighed here: it follows from what came before."
                show(tables.notice(words, "no-terms"))
        with solara.Div(classes=["panel"]):
            show(tables.options(decision))
            pending = asked is not None and changes.value is None and changes.error is None
            show(tables.changes(changes.value or (), error=changes.error, pending=pending))
