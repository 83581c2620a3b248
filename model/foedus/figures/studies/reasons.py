"""The reasons behind one decision, as a waterfall: each term moves the sum."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from foedus.dictionary.phrases import label
from foedus.errors import FoedusError
from foedus.figures.style import DOTS_PER_INCH, styled, wrapped
from foedus.studies.explain.decisions import Decision, Explanation, Step, waterfall
from foedus.telling.palette import BLUE, FAINT, INK, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 8.6
"""Inches."""

FORMATS = (".png", ".svg")


def reasons_figure(decision: Decision, explanation: Explanation) -> Figure:
    """Bars from reason to reason, down to the sum that the engine used.

    Args:
        decision: One with terms.
        explanation: The explanation that it is from.
    """
    steps = waterfall(decision.terms)
    head = "\n".join(wrapped(decision.sentence, WIDTH - 0.3, 10.0))
    lines = head.count("\n") + 1
    height = 1.5 + 0.17 * lines + 0.42 * (len(steps) + 1)
    figure = Figure(figsize=(WIDTH, height), dpi=DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(head, x=0.01, ha="left", fontsize=10.0, color=INK)
    ax = figure.subplots()
    draw_waterfall(ax, steps, decision.total)
    ax.set_xlabel(f"Reasons for «{label(decision.weighs)}» ({decision.unit})")
    parts = (
        f"seed {explanation.seed}",
        f"trial {explanation.trial}",
        f"decision {decision.number}",
    )
    origin = "  |  ".join((explanation.scenario, *parts))
    figure.supxlabel(origin, x=0.01, ha="left", fontsize=7.5, color=FAINT)
    return figure


def draw_waterfall(ax: Axes, steps: tuple[Step, ...], total: float) -> Axes:
    """A waterfall on given axes: terms from the top, the sum at the bottom."""
    rows = range(len(steps))
    lefts = [min(step.start, step.end) for step in steps]
    widths = [abs(step.value) for step in steps]
    colours = [BLUE if step.value > 0.0 else VERMILLION for step in steps]
    ax.barh(rows, widths, left=lefts, color=colours, height=0.62)
    ax.barh([len(steps)], [abs(total)], left=[min(0.0, total)], color=INK, height=0.62)
    for row, step in enumerate(steps):
        ax.plot([step.end, step.end], [row - 0.31, row + 1.31], color=FAINT, linewidth=0.8)
    values = [*((row, step.value, step.start, step.end) for row, step in enumerate(steps))]
    values.append((len(steps), total, 0.0, total))
    for row, value, start, end in values:
        ax.annotate(
            f"{value:+.2f}" if abs(value) >= 0.005 else f"{value:+.1g}",
            (max(start, end), row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=INK,
        )
    ax.set_yticks(range(len(steps) + 1), [*(_first(step.label) for step in steps), "Sum"])
    ax.invert_yaxis()
    ax.axvline(0.0, color=FAINT, linewidth=0.8)
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    ax.margins(x=0.12)
    return ax


def save_reasons(decision: Decision, explanation: Explanation, path: Path) -> Path:
    """Draw a decision into a file.

    Args:
        decision: Which.
        explanation: The explanation of its trial.
        path: The file, whose ending says which format; the working directory for a usual name.

    Returns:
        The file.

    Raises:
        FoedusError: The decision has no reasons of its own, or the file cannot be written.
    """
    if not decision.terms:
        raise FoedusError(
            f"--figure: decision {decision.number} follows from others, without reasons of its own"
        )
    if path == Path():
        path = Path(f"explain-{explanation.scenario}-{explanation.trial}-{decision.number}.png")
    if path.suffix.lower() not in FORMATS:
        raise FoedusError(f"--figure: found «{path}», expected a name ending in .png or .svg")
    about = {
        "Title": "reasons",
        "Description": f"{explanation.scenario}, trial {explanation.trial}",
    }
    if path.suffix.lower() == ".svg":
        about |= {"Date": ""}
    with styled():
        try:
            reasons_figure(decision, explanation).savefig(path, metadata=about)
        except OSError as error:
            raise FoedusError(f"--figure: {path}: {error.strerror}") from None
    return path


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
