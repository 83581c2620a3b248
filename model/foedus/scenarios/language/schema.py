"""What a scenario file may hold: names, types and ranges of its keys.

Only what can be said about a file by itself; whether its names exist in the alliance is checked in
`scenarios.checks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    Strict,
    model_serializer,
    model_validator,
)

from foedus.dictionary.vocabulary import MECHANISM_NAMES
from foedus.files.dates import Month
from foedus.files.faults import Misread, found, unknown
from foedus.files.models import DATED, Closed, Code, Name, Number, Text
from foedus.scenarios.language import months
from foedus.scenarios.language.choices import Choices, Value
from foedus.scenarios.language.sweep_design import SweepEntry
from foedus.scenarios.language.triples import Uncertain

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


class Dated(BaseModel):
    """A section with a field of the alias `DATED`, whose entries stand beside the other keys."""

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, value: Any) -> Any:
        if not isinstance(value, dict) or DATED in value:
            return value
        dated = {key: each for key, each in value.items() if str(key)[:1].isdigit()}
        rest = {key: each for key, each in value.items() if key not in dated}
        return rest | {DATED: dated} if dated else rest

    @model_serializer(mode="wrap")
    def _spread(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = plain(self)
        return content | dict(
            sorted((content.pop(DATED, None) or content.pop("dated", {})).items())
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The schema of the file, in which a month is a key like others."""
        made = handler.resolve_ref_schema(handler(schema))
        dated = made["properties"].pop(DATED)
        made["patternProperties"] = {months.PATTERN: dated["additionalProperties"]}
        return made


type Whole = Annotated[int, Strict()]
type Flag = Annotated[bool, Strict()]


def _by_month(value: object) -> object:
    if not isinstance(value, dict):
        raise Misread(
            f"found {found(value)}, expected its values by month, such as {{2026-11: 1.0}}"
        )
    return value


type Path = Annotated[dict[Month, Number], Field(min_length=1), BeforeValidator(_by_month)]
type Sources = tuple[Text, ...]
type AnswerName = Literal["none", "statement", "monitoring", "materiel", "exercise", "troops"]
type DecisionRule = Literal["unanimity", "majority", "patron_decides"]
type HalfLife = Annotated[float, Strict(), Field(gt=0, le=1200)]
type HeldMonths = Annotated[int, Strict(), Field(ge=1, le=600)]


class ShockEntry(Closed):
    """Something that happens in a given month, whatever the state."""

    name: Name
    """Short, unique in the scenario; a child of the scenario replaces the shock by it."""
    date: Month
    """Month in which it strikes."""
    on: Text
    """A driver, such as `threat.raids`, or a state, such as `tie.KGZ-TJK`."""
    size: Number
    """What it adds, in the unit of what it strikes."""
    half_life: HalfLife | None = None
    """Months in which the effect on a driver halves; null for a lasting effect."""
    sources: Sources = ()
    """Evidence that such a thing happens, by id."""


class TriggerEntry(Closed):
    """Something that follows once a condition on the state has held for long enough."""

    name: Name
    """Short, unique in the scenario."""
    when: Text
    """The condition, such as `cohesion < 0.4`."""
    since: Month | None = Field(default=None, alias="from")
    """Month from which on it counts; the month after the start if absent."""
    for_months: HeldMonths = 1
    """Months in a row in which the condition must hold."""
    on: Text
    """A driver such as `offer.CHN`, a state such as `trust_bloc.KAZ`, or `charter.decision_rule`,
    `charter.notice_months` or `mechanisms.NAME`."""
    size: Number | None = None
    """What it adds to the driver or the state."""
    to: Value | None = None
    """What the charter or the mechanism becomes, instead of `size`."""
    half_life: HalfLife | None = None
    """Months in which the effect on a driver halves; null for a lasting effect."""
    until: Text | None = None
    """The condition that ends the effect."""
    repeat: Flag = False
    """Whether it can happen again: with `until` once that has ended it, else once the condition has
    failed in between."""
    sources: Sources = ()
    """Evidence that such a thing happens, by id."""


type DecisionKind = Literal[
    "notice", "withdraw", "freeze", "thaw", "leave", "join", "request", "government", "terms",
    "pressure", "pact", "arms",
]  # fmt: skip


class DecisionEntry(Closed):
    """What an actor does at a date, whatever the rules would have it choose."""

    name: Name
    """Short, unique in the scenario; a child of the scenario replaces the decision by it."""
    date: Month
    """Month in which it is done."""
    actor: Code
    """Who does it: a member, the patron for `terms` and `pressure`, or a partner for `pact` and
    `arms`."""
    does: DecisionKind
    """What it does; `withdraw` takes back a notice, `government` is a new one."""
    toward: Code | None = None
    """The member to which the patron or a partner does it."""
    threat: Name | None = None
    """The threat that strikes the member that asks."""
    channel: Literal["bloc", "bilateral"] | None = None
    """Whom it asks."""
    answer: AnswerName | None = None
    """What the patron answers to the request; its own choice if absent."""
    size: Number | None = None
    """Of a request the severity of what it is about (0.7 if absent); of a government the change of
    its log-odds of relying on the alliance; of terms and pressure their strength, of arms the share
    of needs that they meet (1 if absent)."""
    sources: Sources = ()
    """Evidence that such a thing happens, by id."""


class QuestionEntry(Closed):
    """A dated event whose frequency the run reports."""

    id: Name
    """Short, unique in the scenario."""
    text: Text
    """The event as a sentence."""
    when: Text
    """The event as a condition, such as `status of ARM is out`."""
    by: Month | None = None
    """Last month in which it may come true; it counts if it is ever true up to then."""
    at: Month | None = None
    """The month in which it must be true, instead of `by`."""
    before: Month | None = None
    """The month before which it must come true, instead of `by`."""
    since: Month | None = Field(default=None, alias="from")
    """First month that counts, with `by` or `before`; the month after the start if absent."""
    for_months: HeldMonths = 1
    """Months in a row for which the condition must hold."""
    sources: Sources = ()
    """Where the question comes from, by id."""


class CharterRules(Closed):
    """Rules of the charter that can change at any date."""

    decision_rule: DecisionRule | None = None
    """How the council decides on a request."""
    notice_months: Annotated[int, Strict(), Field(ge=0, le=120)] | None = None
    """Months between the notice of withdrawal and its effect."""


class CharterChange(Dated, CharterRules):
    """What the scenario changes in the alliance's charter, from the start or from a month on."""

    renewals: tuple[Month, ...] | None = None
    """Months in which membership lapses unless it is renewed."""
    dated: dict[Month, CharterRules] = Field(default={}, alias=DATED)
    """What changes from a month on, by that month."""


def _mechanism(name: str) -> str:
    if name not in MECHANISM_NAMES:
        raise Misread(unknown("mechanism", name, MECHANISM_NAMES))
    return name


type MechanismName = Annotated[str, AfterValidator(_mechanism)]


class Mechanisms(Dated, Closed):
    """Rival theories: parts of the model switched off, or replaced by simpler ones."""

    hegemon_only: Flag = False
    """Only the patron's capacity matters."""
    threat_only: Flag = False
    """Only shared threats matter."""
    random_walk: Flag = False
    """Engagement wanders by chance."""
    no_veto: Flag = False
    """Nobody blocks a mandate."""
    no_bilateral: Flag = False
    """Help can be asked of the bloc only."""
    symmetric_trust: Flag = False
    """Gains and losses of trust weigh the same."""
    bayesian_trust: Flag = False
    """Trust is a running mean of experience."""
    no_observers: Flag = False
    """Only the member that asked learns from the answer."""
    no_outside_options: Flag = False
    """There is no partner to turn to."""
    one_tie: Flag = False
    """Members step down by engagement, not by reliance."""
    no_precedent: Flag = False
    """Nobody learns from the steps of others."""
    no_deterrence: Flag = False
    """Attackers do not look at the alliance."""
    no_anticipation: Flag = False
    """Members do not foresee what the council would do."""
    passive_patron: Flag = False
    """The patron answers requests, and does nothing else."""
    passive_partners: Flag = False
    """Partners pull, and sign no pacts."""
    dated: dict[Month, dict[MechanismName, Flag]] = Field(default={}, alias=DATED)
    """What changes from a month on, by that month."""


class SettingEntry(Closed):
    """Something that can be set before a run: a lever, or an uncertainty."""

    name: Name
    """Short, unique among the levers and uncertainties of the scenario."""
    text: Text
    """What it is, for people."""
    on: Text
    """The address of what it sets, such as `drivers.war` or `charter.decision_rule`."""
    range: tuple[Number, Number] | None = None
    """Least and greatest value; what the address allows, if absent."""
    choices: Choices | None = None
    """The values that it may take, as a list, or by their labels; instead of a range."""
    default: Value | None = None
    """What the file says without it; left out, it is looked up."""
    unit: str = ""
    """In what it is measured; of the address, if absent."""
    sources: Sources = ()
    """Evidence that it could be so, by id."""


class Scenario(Closed):
    """One scenario file, after whatever it inherits has been merged in."""

    name: Name
    """Short name; of a bundled scenario, its file's."""
    title: Text
    """One line for people."""
    narrative: str = ""
    """What happens, and why somebody might expect it, in a paragraph."""
    sources: Sources = ()
    """Evidence for the narrative, by id."""
    extends: Text | None = None
    """The parent: name of a bundled scenario, or path relative to this file."""
    alliance: Text
    """Name of a bundled alliance, or path relative to this file."""
    start: Month
    """Month of the initial state."""
    horizon: Annotated[int, Strict(), Field(ge=1, le=600)]
    """Months to play."""
    drivers: dict[str, Path] = Field(default={})
    """Paths of what comes from outside, linear between the months given."""
    shocks: tuple[ShockEntry, ...] = ()
    """What happens at a date."""
    triggers: tuple[TriggerEntry, ...] = ()
    """What happens on a condition."""
    incidents: Literal["simulated", "recorded"] = "simulated"
    """Whether threats strike by chance, or only where a shock imposes an incident."""
    decisions: tuple[DecisionEntry, ...] = ()
    """What actors do at a date, whatever the rules would have them choose."""
    charter: CharterChange = CharterChange()
    """Changes of the charter."""
    mechanisms: Mechanisms = Mechanisms()
    """Changes of the theory."""
    parameters: dict[str, Uncertain] = Field(default={})
    """Parameters of the registry that take another value here."""
    quantities: dict[str, Uncertain] = Field(default={})
    """Numbers of the alliance that take another value here, such as `trust_patron[ARM]`."""
    quantities_from: dict[Month, dict[str, Number]] = Field(default={})
    """Numbers of the alliance that are others from a month on, such as `basing[TJK]`, by month."""
    levers: tuple[SettingEntry, ...] = ()
    """What somebody could choose."""
    uncertainties: tuple[SettingEntry, ...] = ()
    """What nobody controls."""
    questions: tuple[QuestionEntry, ...] = ()
    """Events whose frequency the run reports."""
    sweep: SweepEntry | None = None
    """A design of points for `foedus sweep`; a child of the scenario does not inherit it."""
