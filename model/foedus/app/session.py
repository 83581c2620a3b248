"""What one visitor has before them: nothing here is shared with another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import solara
import solara.lab

from foedus.app.ensembles import HELPER
from foedus.app.live import LiveModel, Settings
from foedus.app.states import CHOICES
from foedus.simulation.compiled import native

if TYPE_CHECKING:
    from concurrent.futures import Future

FOREVER: Final = 10**6
"""More months than any scenario has."""


@dataclass(frozen=True)
class Ghost:
    """The trial as it was before the visitor moved something, to compare with."""

    label: str
    rows: tuple[tuple[float, ...], ...]


@dataclass
class Session:
    """The state of one visitor's page.

    Attributes:
        settings: What the trial is played with.
        model: The trial.
        ghost: The trial before the last change.
        choice: State by which the map is coloured.
        series: Name and member of what the fan shows.
        routine: Whether the log shows what happens every year.
        other: Scenario to compare with.
        minor: Whether acts and UN votes are among the decisions to explain.
        decision: The decision that is explained, by its title.
        tab: Which tab is open.
        twin: The same trial of that scenario.
        pace: Milliseconds between two months of play.
    """

    settings: Any
    model: Any
    ghost: Any = field(default_factory=lambda: solara.reactive(None))
    choice: Any = field(default_factory=lambda: solara.reactive(CHOICES[0]))
    series: Any = field(default_factory=lambda: solara.reactive(("cohesion", None)))
    routine: Any = field(default_factory=lambda: solara.reactive(False))  # noqa: FBT003
    other: Any = field(default_factory=lambda: solara.reactive(""))
    minor: Any = field(default_factory=lambda: solara.reactive(False))  # noqa: FBT003
    decision: Any = field(default_factory=lambda: solara.reactive(""))
    tab: Any = field(default_factory=lambda: solara.reactive(0))
    twin: LiveModel | None = None
    pace: Any = field(default_factory=lambda: solara.reactive(200))

    @classmethod
    def begin(cls, scenario: str) -> Session:
        """The page of somebody who has just come."""
        settings = solara.reactive(Settings(scenario))
        return cls(settings=settings, model=solara.reactive(LiveModel(settings.peek)))

    def change(self, settings: Settings, label: str) -> None:
        """Play with other settings, to the month that was reached; a finished trial is finished.

        Args:
            settings: The new ones.
            label: What the trial was before, for the key of its ghost.
        """
        old = self.model.peek()
        if settings == self.settings.peek():
            return
        if old.built:
            self.ghost.set(Ghost(label, tuple(tuple(row) for row in old.paths_so_far)))
        self.settings.set(settings)
        months = old.month if old.built and old.running else (FOREVER if old.built else 0)
        self.model.set(LiveModel(self.settings.peek, months))


@dataclass(frozen=True)
class Answer:
    """What the helper has to say."""

    value: Any = None
    error: str | None = None


def use_answer(work: Callable[..., Any] | None, *about: object) -> Answer:
    """Ask the helper; the component is shown again when the answer is there.

    Args:
        work: A function of a module; nothing is asked if it is None.
        about: Its arguments.
    """
    future: Future[Any] | None = solara.use_memo(
        lambda: None if work is None else HELPER.ask(work, *about), [work, *about]
    )
    task = solara.lab.use_task(
        lambda: None if future is None else future.exception(),
        dependencies=[id(future)],
        raise_error=False,
    )
    # Who looks at a task's state is shown again when it changes. The state itself is late by a
    # moment for an answer that was there already.
    task.pending  # noqa: B018
    if future is None or not future.done():
        return Answer()
    if future.cancelled():
        return Answer(error="the computation was interrupted")
    error = future.exception()
    return Answer(error=str(error)) if error is not None else Answer(future.result())


def waiting() -> str:
    """What the page waits for, in words."""
    if native.is_warm():
        return "Playing many trials in the background ..."
    return "Compiling the model, once for this version of it (half a minute or more) ..."
