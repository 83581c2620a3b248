"""A trial and its decisions as text."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING, Final

from foedus.dictionary.phrases import label
from foedus.studies.explain.decisions import MINOR
from foedus.studies.explain.sentences import change_sentence
from foedus.studies.explain.study import nearest
from foedus.telling.program import program

if TYPE_CHECKING:
    from foedus.simulation.world import Setup
    from foedus.studies.explain.decisions import Decision, Explanation

WIDEST: Final = 110
"""Letters of a line, however wide the terminal is."""


def trial_text(
    explanation: Explanation, asked: str, *, member: str | None = None, minor: bool = False
) -> str:
    """A trial, a paragraph per decision.

    Args:
        explanation: Of the trial.
        asked: The run or scenario, as it stands on a command line.
        member: Only decisions by or about this one; all if None.
        minor: With acts of membership and votes at the UN.
    """
    about = [one for one in explanation.decisions if member in (None, one.actor, one.other)]
    shown = [one for one in about if minor or one.kind not in MINOR]
    lines = [f"Trial {explanation.trial} of {explanation.scenario}, seed {explanation.seed}"]
    lines += [_paragraph(f"{one.number:>4}  ", one.sentence) for one in shown]
    if not shown:
        lines.append("No decision of this kind was taken in this trial.")
    hidden = len(about) - len(shown)
    if hidden:
        lines.append(f"\nNot shown: {hidden} acts of membership and votes at the UN (--all).")
    if shown:
        lines.append(
            f"Next: {program()} explain {asked} --trial {explanation.trial} "
            f"--decision {shown[0].number}   (one decision in full)"
        )
    return "\n".join(lines)


def decision_text(decision: Decision, explanation: Explanation, setup: Setup) -> str:
    """One decision with all its numbers.

    Args:
        decision: Which.
        explanation: Of its trial.
        setup: What was played.
    """
    lines = [_paragraph("", decision.sentence)]
    if not decision.options:
        return lines[0]
    lines.append(f"\nReasons for «{label(decision.weighs)}», {decision.unit}")
    width = max((len(term.label) for term in decision.terms), default=0)
    lines += [f"  {term.label:<{width}}  {term.value:+9.4f}" for term in decision.terms]
    lines.append(f"  {'sum':<{width}}  {decision.total:+9.4f}")
    lines.append("\nOptions and their chances")
    for option in decision.options:
        mark = "  <- decided" if option.name == decision.outcome else ""
        lines.append(f"  {label(option.name):<{width}}  {100.0 * option.chance:8.3f} %{mark}")
    if decision.drawn is None:
        lines.append("\nThe scenario had it so: neither reasons nor luck decided.")
        return "\n".join(lines)
    lines.append(f"\nLuck drawn: {decision.drawn:.6f}")
    changes = nearest(setup, seed=explanation.seed, trial=explanation.trial, decision=decision)
    patron = explanation.titles[setup.scenario.alliance.patron.code]
    lines.append("\nWhat would have changed it, the smallest change first")
    lines += [_paragraph("  ", change_sentence(decision, change, patron)) for change in changes]
    if not changes:
        lines.append("  No change of a single state would have.")
    return "\n".join(lines)


def _paragraph(head: str, text: str) -> str:
    width = min(WIDEST, shutil.get_terminal_size().columns)
    return textwrap.fill(text, width, initial_indent=head, subsequent_indent=" " * len(head))
