"""What can be moved on the page: a scenario's own levers, and all that comes from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from foedus.scenarios.language.choices import Setting
    from foedus.scenarios.resolved import ResolvedScenario

TIMES: Final = "times the path as written"
MOST: Final = 2.0
"""A path can be doubled, and taken away."""

FEWEST: Final = 20
"""Fewest places of a slider."""

STEPS: Final = (12.0, 6.0, 3.0, 1.0, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001)
"""Widths that people can read, in the unit of what is moved."""

CLOSE: Final = 1e-6


@dataclass(frozen=True)
class Slider:
    """One thing to move.

    Attributes:
        key: Name of a lever, or address of a driver.
        title: Its label; unlike all others.
        text: What it is, in a sentence.
        unit: In what it is measured.
        sources: Evidence, by id; none if it is judgement.
        default: Value that the scenario has.
        low: Least value of a number.
        high: Greatest value of a number.
        choices: Labels, if it is no number.
    """

    key: str
    title: str
    text: str
    unit: str
    sources: tuple[str, ...]
    default: Any
    low: float = 0.0
    high: float = 1.0
    choices: tuple[str, ...] = ()

    @property
    def step(self) -> float:
        """From one place to the next: the widest that has a place for the default.

        A slider moves to the nearest place by itself, and would change a value that has none.
        """
        reach = self.high - self.low
        fitting = (
            step
            for step in STEPS
            if step * FEWEST <= reach * (1.0 + CLOSE) and _whole((self.default - self.low) / step)
        )
        return next(fitting, reach / 1000)

    @property
    def tip(self) -> str:
        """All about it in a few sentences."""
        grounds = ", ".join(self.sources) if self.sources else "judgement"
        unit = f" Unit: {self.unit}." if self.unit else ""
        return f"{self.text.rstrip('.')}.{unit} Sources: {grounds}."

    def shown(self, value: Any) -> str:
        """A value in words."""
        if self.choices:
            return str(value)
        unit = "×" if self.unit.startswith("times the") else f" {self.unit}".rstrip()
        return f"{value:.2f}{unit}"


def _whole(ratio: float) -> bool:
    return abs(ratio - round(ratio)) < CLOSE


def own(scenario: ResolvedScenario) -> list[Slider]:
    """Levers and uncertainties that the scenario names, if they have a value to start from."""
    settings = scenario.settings
    return [_own(one) for one in settings if one.choices or _number(one.default) is not None]


def _own(setting: Setting) -> Slider:
    kind = "Somebody could choose it" if setting.kind == "lever" else "Nobody controls it"
    text = f"{setting.text.rstrip('.')}. {kind}"
    title = setting.name.replace("-", " ").replace("_", " ")
    about = (setting.name, title[:1].upper() + title[1:], text, setting.unit, setting.sources)
    if setting.choices:
        labels = tuple(label for label, _ in setting.choices)
        return Slider(*about, default=setting.default_label or labels[0], choices=labels)
    low, high = setting.low or 0.0, setting.high or 0.0
    return Slider(*about, default=_number(setting.default), low=low, high=high)


def _number(value: object) -> float | None:
    """A number; None for what a slider cannot show."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def outside(scenario: ResolvedScenario) -> list[Slider]:
    """Every driver that no lever moves, to be multiplied."""
    taken = {setting.on for setting in scenario.settings}
    return [
        Slider(
            key=f"drivers.{name}",
            title=driver_title(name, scenario),
            text="What the scenario says about it, multiplied in every month",
            unit=TIMES,
            sources=tuple(scenario.scenario.sources),
            default=1.0,
            high=MOST,
        )
        for name in scenario.drivers
        if f"drivers.{name}" not in taken and _moves(name, scenario)
    ]


def _moves(name: str, scenario: ResolvedScenario) -> bool:
    """Whether a driver is ever different from zero: nothing can be multiplied otherwise."""
    from foedus.scenarios import driver_paths  # noqa: PLC0415 - of this function alone

    return bool(driver_paths.paths(scenario)[:, scenario.drivers.index(name)].any())


def driver_title(name: str, scenario: ResolvedScenario) -> str:
    """What a driver is called."""
    alliance = scenario.alliance
    parties = {one.code: one.title for one in alliance.partners}
    threats = {one.name: one.title for one in alliance.threats}
    kind, _, of = name.partition(".")
    patron = alliance.patron.title
    return {
        "war": f"War of {patron}",
        "resolve": f"Resolve of {patron}",
        "control": f"Control that {patron} seeks",
        "presence": f"Forward presence of {patron}",
        "supply": f"Arms supplies of {patron}",
        "position": f"Position of {patron} at the UN",
        "stake": f"Stake of {patron}: {threats.get(of, of)}",
        "threat": f"Threat: {threats.get(of, of)}",
        "accommodation": f"Accommodation: {threats.get(of, of)}",
        "offer": f"Offers by {parties.get(of, of)}",
    }[kind]
