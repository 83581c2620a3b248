"""The state of the world: every field that rules read or write, with unit and range.

These classes are the data dictionary of the model. They are never instantiated: in a single run the
fields live on Mesa agents and on the model, in the ensemble on records of the same layout that
`simulation.memory_layout` derives from these annotations.

What falls due or comes from outside is in `agenda`. Unless said otherwise a float is a level from 0
to 1 and an index of -1 means nobody or never.
"""

from typing import Annotated

from foedus.dictionary.agenda import (
    Alteration,
    CalendarEntry,
    Change,
    Decision,
    Driver,
    Event,
    Question,
    RollCall,
    Shock,
    Trigger,
)

__all__ = [
    "Alteration",
    "CalendarEntry",
    "Change",
    "Decision",
    "Driver",
    "Event",
    "Member",
    "Partner",
    "Patron",
    "Question",
    "RollCall",
    "Shock",
    "Threat",
    "Trigger",
    "World",
]

PerMember = Annotated[list[float], "member"]
PerThreat = Annotated[list[float], "threat"]
PerPartner = Annotated[list[float], "partner"]
PerThreatCount = Annotated[list[int], "threat"]
PerAnswerCount = Annotated[list[int], "answer"]
PerActMonth = Annotated[list[int], "act"]
PerAct = Annotated[list[float], "act"]
PerDuty = Annotated[list[float], "calendar"]
PerRenewal = Annotated[list[int], "renewal"]
PerKind = Annotated[list[float], "kind"]


class Member:
    """A state that is, was or may become a member; the patron is not one of them."""

    id: int
    """Index, equal to its place in `World.members`."""
    luck: int
    """Address of its draws; from its code, so that it does not depend on who else is there."""
    status: int
    """out, frozen or active."""
    at_start: int
    """1 if it was in (active or frozen) when the run began."""
    on_roster: int
    """1 if it belongs to those by whom cohesion is measured, whatever becomes of them."""

    capability: float
    """Share of the bloc's usable capability."""
    patron_value: float
    """Stake of the patron in this member as such."""
    basing: float
    """The patron's military presence on its soil in normal times."""
    economic_dependence: float
    arms_dependence: float
    autonomy: float
    """How much it minds the patron's control of the agenda."""
    fear_exposure: float
    """How far the patron's aggression elsewhere could befall it."""
    entrapment_exposure: float
    """How far it could be dragged into the patron's wars."""
    affinity: float
    """Diplomatic closeness to the patron beyond what dependence explains."""

    level: PerThreat
    """Perceived threat in normal times (driver at 1, no recent incident)."""
    rate: PerThreat
    """Incidents per year in normal times; 0 or more."""
    openness: PerThreat
    """How far the member can be brought to accommodate this threat."""
    attacker_tie: PerThreat
    """Its tie to the attacker behind this threat."""
    log_intensity: PerThreat
    """Log of the threat's intensity against its normal intensity; any number."""
    excitation: PerThreat
    """Extra incidents per year after recent ones; 0 or more."""
    recent: PerThreat
    """Fading memory of recent incidents."""
    relief: PerThreat
    """Share of the hazard that help holds off, fading."""
    salience: PerThreat
    """Attention paid to this threat; accommodation lowers it."""
    incident: PerThreat
    """Severity of this month's incident, 0 if none."""
    forced: PerThreat
    """Severity of an incident that the scenario imposes this month, 0 if none."""
    perceived: PerThreat
    """Perceived threat now."""
    incidents: PerThreatCount
    """Incidents so far."""
    external_threat: float
    """Perceived threats that the alliance is for (external, militants, pressure), added up."""
    domestic_threat: float
    threats_squared: float
    """Squared length of the vector of its external threats; 0 or more."""
    similarity: PerMember
    """Likeness of its external threats and another member's: cosine times ratio of lengths."""
    patron_similarity: float
    """The same with the patron."""

    fear: float
    """Fear of the patron itself."""
    fear_base: float
    """Level to which fear decays in peace; below 0 if the war of the start alone would keep up more
    fear than there is."""
    trust_bloc: float
    """Expected help from the bloc, as a share of need; `Patron.scale_bloc` makes help of it."""
    trust_patron: float
    """Expected help from the patron bilaterally, as a share of need."""
    anchor_bloc: float
    """Where trust in the bloc settles if nothing happens."""
    anchor_patron: float
    trust_evidence: float
    """Cases that trust rests on; counts up from the prior's weight (Bayesian rival only)."""
    grievance: float
    precedent: float
    """Fading count of those like it that have stepped down; 0 or more."""
    departed: int
    """1 once it has frozen or left: a state is a precedent only once."""

    tie: PerMember
    """Lateral trust in each other member."""
    tie_base: PerMember
    """Level to which a tie heals."""

    fit: PerPartner
    """How well a partner's offer fits this member's needs."""
    suspicion: PerPartner
    """Distrust of a partner among elites and public."""
    pact: PerPartner
    """1 with whom it has a pact of the run."""
    attraction: PerPartner
    """Pull of each partner on it."""
    appeal: PerPartner
    """Weight of each partner among the poles to which it can turn; 0 or more."""
    alignment: PerPartner
    """Share of security ties held with each partner."""
    patron_alignment: float
    autonomous_alignment: float
    """Shares of ties with the patron, and of self-reliance; all shares add to 1."""
    unmet_need: float
    """Perceived threat that nobody in the alliance covers."""
    outside_option: float
    """The most attractive offer from outside."""

    terms: float
    """What the patron has offered it of late, fading."""
    pressure: float
    """What the patron has put on it of late, fading."""
    protection: float
    """Security that membership is believed to buy beyond what could be had elsewhere; -1 to 1."""
    regime_guarantee: float
    """Regime security that membership is believed to buy."""
    disposition: float
    """Log-odds of engagement at the start; moved by changes of regime alone."""
    leaning: float
    """Log-odds of reliance at the start; moved by changes of regime alone."""
    utility: float
    """Utility of membership, in log-odds of reliance; any number."""
    utility_start: float
    ritual_utility: float
    """What upholds the rituals of membership, in log-odds of engagement; any number."""
    ritual_utility_start: float
    reliance: float
    """How far its security policy counts on the alliance: arms, bases, plans."""
    reliance_start: float
    engagement: float
    """Willingness to take part in the rituals of membership."""
    participation: float
    """Share of the acts of membership that it complies with: the mean of `compliance`."""
    compliance: PerDuty
    """Running share of the years in which it complied with each entry of the calendar."""
    duties: int
    """Entries of the calendar that can fall to it."""
    loyalty: float
    """Running score of UN votes: 1 with the patron, .5 abstention, 0 against."""

    request_channel: int
    """This month's request: none, bilateral or bloc."""
    request_threat: int
    request_severity: float
    forced_channel: int
    """Whom the scenario has it ask this month, -1 if it is left to choose."""
    forced_answer: int
    """What the scenario has the patron answer, -1 if it is left to choose."""
    expected_help: float
    """Help it expects for this request, on the scale of `answers.help_of`."""
    mandate: int
    """1 if the council gave a mandate to use force for its request."""
    council_vote: int
    """Its vote on the request now before the council."""
    answer: int
    """Answer to this month's request, -1 if none was made."""
    turned: int
    """1 if it turned to the patron this month because the council gave no mandate."""
    programme: float
    """Materiel promised and not yet delivered."""
    awaited: float
    """Help that it had expected when it was promised materiel."""
    awaited_channel: int
    complied: int
    """1 if it complied with the act now on the calendar."""

    notice: int
    """Months until an announced exit takes effect, -1 if none is announced."""
    lapsed: int
    """1 if it let a renewal pass this month."""
    status_before: int
    """Status at the end of last month; with `notice_before`, the audit of exits."""
    notice_before: int
    months_frozen: int
    months_out: int
    """Months since it left; as many as matter for one that was out at the start."""
    first_freeze: int
    """Month of the first freeze of the run, -1 if none."""
    first_exit: int
    first_return: int
    first_notice: int
    first_lapse: PerActMonth
    """Month in which each dated act was first not complied with, -1 if never."""
    requests_bloc: int
    requests_bilateral: int
    unasked: int
    """Months in which it was struck and did not ask."""
    answers: PerAnswerCount
    """Answers received so far, by code."""
    best_answer: int
    """Best answer so far, -1 before the first."""
    regime_changes: int

    test_share: PerThreat
    """Share of each threat in its part of the standard test; the shares add to 1, or are all 0."""
    agreement: float
    """Chance of a mandate if it asked in the standard test."""
    agreement_start: float
    means: float
    """Help that it would then get, as a share of what troops are worth."""
    acting: float
    """Share of the other members that would take part."""
    collective_answer: float
    """The product of the three, crisis by crisis."""
    cover: float
    """Help that it would get against an attack by a state, whomever it asked."""
    cover_start: float


class Threat:
    """A source of danger to one or more members."""

    id: int
    luck: int
    kind: int
    """external, militants, pressure, intra or domestic."""
    first: int
    """For a threat between members, the party that comes first; else -1."""
    second: int
    severity_mean: float
    patron_stake: float
    """Stake of the patron in containing this threat, at the start."""
    stake: float
    """The same now."""
    felt_start: float
    """How far members felt it at the start, on average."""
    patron_tie: float
    """The patron's own tie to the attacker."""
    level_driver: int
    accommodation_driver: int
    stake_driver: int


class Partner:
    """An outside power that can offer security."""

    id: int
    luck: int
    offer: float
    """Security offer now."""
    offer_base: float
    """Security offer at the start with the driver at 1."""
    red_line: float
    """Cost that the patron makes a dependent member pay for turning to it."""
    ceiling: float
    """The most it can attract."""
    arms_supply: float
    """How far it can replace the patron's arms."""
    offer_driver: int


class Patron:
    """The power on which the alliance rests."""

    luck: int
    exhaustion: float
    """Capacity used up by years of war."""
    exhaustion_peak: float
    war_years: float
    """Years of war so far, weighted by intensity; 0 or more."""
    war: float
    """Intensity of its war now."""
    capacity: float
    """What it could spend on the alliance, before running commitments."""
    committed: float
    """Capacity bound by running commitments; 0 or more."""
    available: float
    credibility: float
    """Level at which trust settles, as a multiple of its anchor; 0 or more."""
    presence: float
    """Forward presence as a share of the normal one."""
    presence_low: float
    presence_normal: float
    """Presence that the start implies for a patron at full capacity; may exceed 1."""
    supply: float
    """Arms deliveries as a share of the normal ones."""
    supply_low: float
    supply_normal: float
    favour: float
    """How much it favours the request now before it."""
    capability_share: float
    """Its share of the bloc's usable capability."""
    council_vote: int
    scale_bloc: float
    """Help that full trust in the bloc stands for; what the answers of the start imply."""
    scale_patron: float


class World:
    """The alliance and its surroundings."""

    patron: Patron
    members: list[Member]
    threats: list[Threat]
    partners: list[Partner]
    calendar: list[CalendarEntry]
    roll_calls: list[RollCall]
    drivers: list[Driver]
    shocks: list[Shock]
    changes: list[Change]
    triggers: list[Trigger]
    decisions: list[Decision]
    alterations: list[Alteration]
    questions: list[Question]
    events: list[Event]
    """The month's log; the first `n_events` entries count."""

    month: int
    """Months since the start; 0 is the start itself."""
    month_of_year: int
    """1 to 12."""
    n_members: int
    n_threats: int
    n_partners: int
    n_calendar: int
    n_roll_calls: int
    n_drivers: int
    n_shocks: int
    n_changes: int
    n_triggers: int
    n_decisions: int
    n_alterations: int
    n_questions: int
    n_renewals: int
    n_events: int
    events_lost: int

    decision_rule: int
    notice_months: int
    renewals: PerRenewal
    """Months (since the start) in which membership lapses unless it is renewed."""
    difficulty: PerAct
    discrimination: PerAct
    hegemon_only: int
    threat_only: int
    random_walk: int
    no_veto: int
    no_bilateral: int
    symmetric_trust: int
    bayesian_trust: int
    no_observers: int
    no_outside_options: int
    one_tie: int
    no_precedent: int
    no_deterrence: int
    no_anticipation: int
    passive_patron: int
    passive_partners: int
    incidents_recorded: int
    """1 if no incident happens but those that the scenario imposes."""

    war_driver: int
    resolve_driver: int
    control_driver: int
    presence_driver: int
    supply_driver: int
    position_driver: int
    aggression: float
    """The patron's aggression this month, from shocks."""

    test_severity: PerKind
    """Severity of the crisis of each kind of threat in the standard test."""
    test_weight: PerKind
    """Weight of that crisis; 0 or more."""
    tally: PerMember
    """Scratch: chances that no vote is a veto and so many, from one on, are assents."""
    cohesion: float
    """The expected collective answer to the standard test."""
    agreement: float
    means: float
    acting: float
    membership: float
    overall_participation: float
    overall_reliance: float
    goal_agreement: float
    mutual_trust: float
    reliability: float
    vitality: int
    """dead, zombie or alive."""
    cohesion_reference: float
    """Cohesion at the reference date of the alliance; 0 if it has none."""
    frustration: float
    """Landscape frustration: 0 if nobody stands on the wrong side, 1 if everybody does."""
    cohesion_start: float
    capacity_start: float
    war_years_start: float

    deployments: int
    force_between_members: int
    """Deployments against a member; the charter rules them out, so this must stay 0."""
    expulsions: int
    """Members that went out with neither notice nor lapse; the audit of `cohesion.audit`."""
