"""Phases 2 and 3: threats arise, and members perceive them.

The level of a threat and its similarity between members are kept apart (contradiction K11): a large
threat that only one member feels divides an alliance instead of binding it (claim C135).
"""

import math

from foedus.dictionary.chance import Draws, clip, close_gap, draw, occurs, unit_noise
from foedus.dictionary.events import EventKind, log
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import (
    DOMESTIC,
    DT,
    EXTERNAL,
    INTRA,
    MILITANTS,
    NOT_YET,
    OUT,
    Purpose,
)

INCIDENT = EventKind.INCIDENT.value
DRAW_INTENSITY = Purpose.THREAT_INTENSITY.value
DRAW_INCIDENT = Purpose.INCIDENT.value
DRAW_SEVERITY = Purpose.SEVERITY.value

RELIEF_KEPT = math.exp(-0.6 * DT)
"""Share of the relief by an answer that is left a month later; a convention, for no record shows
how long it lasts."""

INCIDENT_WEIGHT = 0.6
"""Weight of recent incidents in perceived threat; a convention (C058, C126)."""

FAINTEST = 1e-6
"""Lowest driver of a threat whose logarithm is taken; a driver of 0 means this little."""


@rule
def threaten(me: Member, w: World, p: Parameters, u: Draws) -> None:
    """Intensities drift, and incidents happen.

    Log-intensity is mean-reverting round the scenario's path, with its mean set so that the mean
    intensity equals the path. Incidents come as a self-exciting process: each makes the next
    likelier for a while (claim C126). Severity has the closed-form inverse CDF of
    Kumaraswamy(1, b), whose mean 1 / (1 + b) is the threat's. A clash between members is one event
    with luck of its own; it cannot happen unless both parties take part in the scenario.

    Source:
        Mean reversion and self-excitation: C114, C124, C126, E047-E070; T-hawkes1971 for
        self-excitation. Ours: the other functional forms.
    """
    for k in range(w.n_threats):
        threat = w.threats[k]
        me.incident[k] = 0.0
        if threat.kind == INTRA and me.id == threat.second:
            copy_clash(me, w.members[threat.first], k)
            continue
        if threat.kind == INTRA and threat.first == NOT_YET:
            continue
        if untouched(me, k):
            continue
        owner = threat.luck if threat.kind == INTRA else me.luck
        mean = normal_log_intensity(w, p, k)
        noise = unit_noise(draw(u, DRAW_INTENSITY, owner, threat.luck))
        me.log_intensity[k] += p.threat_reversion * (mean - me.log_intensity[k]) * DT
        me.log_intensity[k] += p.threat_volatility * math.sqrt(DT) * noise
        me.excitation[k] *= p.excitation_kept
        me.recent[k] *= p.incidents_kept
        me.relief[k] *= RELIEF_KEPT
        base = me.rate[k] * math.exp(me.log_intensity[k]) * opportunity(me, w, p, k)
        hazard = (base + me.excitation[k]) * (1.0 - me.relief[k])
        if me.forced[k] > 0.0:
            suffer(me, w, p, k, me.forced[k], 1.0)
        elif w.incidents_recorded == 1:
            continue
        elif hazard > 0.0 and occurs(draw(u, DRAW_INCIDENT, owner, threat.luck), hazard, DT):
            shape = threat.severity_mean / (1.0 - threat.severity_mean)
            uniform = draw(u, DRAW_SEVERITY, owner, threat.luck)
            severity = 1.0 - math.pow(1.0 - uniform, shape)
            suffer(me, w, p, k, severity, 1.0 - math.exp(-hazard * DT))
        me.forced[k] = 0.0


@rule
def opportunity(me: Member, w: World, p: Parameters, k: int) -> float:
    """What makes an incident likelier or less likely than the threat as such; 1 at the start.

    A state attacks the likelier the less help its target would get. It changes the base rate only:
    on what recent attacks add it would run away. Unrest finds recruits in those who come over the
    border, where the ground is ready.

    Source:
        Deterrence: Leeds 2003 (T-leedsdisputes2003). Infiltration: C045, C068.
    """
    kind = w.threats[k].kind
    if kind == EXTERNAL and w.no_deterrence == 0:
        return math.exp(-p.deterrence * (me.cover - me.cover_start))
    if kind == DOMESTIC:
        raids = 0.0
        for other in range(w.n_threats):
            if w.threats[other].kind == MILITANTS:
                raids = max(raids, me.recent[other])
        return 1.0 + p.infiltration * raids * me.level[k]
    return 1.0


@rule
def untouched(me: Member, k: int) -> bool:
    """Whether a threat is nothing to a member: no exposure, and no incident that still matters."""
    unexposed = me.level[k] <= 0.0 and me.rate[k] <= 0.0
    return unexposed and me.forced[k] <= 0.0 and me.recent[k] <= 0.0


@rule
def normal_log_intensity(w: World, p: Parameters, k: int) -> float:
    """Level to which the log-intensity of a threat reverts: the mean intensity is the driver."""
    driver = w.drivers[w.threats[k].level_driver].value
    return math.log(max(FAINTEST, driver)) - p.intensity_offset


@rule
def suffer(me: Member, w: World, p: Parameters, k: int, severity: float, chance: float) -> None:
    """An incident leaves a memory and makes another likelier."""
    me.incident[k] = severity
    me.incidents[k] += 1
    me.recent[k] += severity * (1.0 - me.recent[k])
    me.excitation[k] += p.excitation * severity
    log(w, INCIDENT, me.id, -1, k, severity, chance)


@rule
def copy_clash(me: Member, first: Member, k: int) -> None:
    """A clash between members is one event, which both parties suffer."""
    me.log_intensity[k] = first.log_intensity[k]
    me.excitation[k] = first.excitation[k]
    me.recent[k] = first.recent[k]
    me.relief[k] = first.relief[k]
    me.incident[k] = first.incident[k]
    me.incidents[k] = first.incidents[k]


@rule
def perceive(me: Member, w: World, p: Parameters) -> None:
    """Perceived threats adapt to what happens and to how willing a member is to look away.

    Salience falls as far as the scenario's accommodation and the member's openness to it go: after
    2021 all members but one came to terms with one of them (C130, C131, E088, E095, E105).

    Source:
        Walt 1985, 1987 (T-walt1985, T-walt1987) for threat rather than power as what states
        balance. Ours: the adaptive form.
    """
    for k in range(w.n_threats):
        me.salience[k] = close_gap(me.salience[k], salience_sought(me, w, k), p.salience_closed)
        me.perceived[k] = close_gap(me.perceived[k], threat_now(me, p, k), p.perception_closed)
    weigh_threats(me, w)
    fear_the_patron(me, w, p)


@rule
def salience_sought(me: Member, w: World, k: int) -> float:
    """Attention that a member would pay to a threat under the present accommodation."""
    accommodation = w.drivers[w.threats[k].accommodation_driver].value
    return 1.0 - accommodation * me.openness[k]


@rule
def threat_now(me: Member, p: Parameters, k: int) -> float:
    """Perceived threat to which a member's view adapts: salience times exposure."""
    return me.salience[k] * exposure_now(me, p, k)


@rule
def exposure_now(me: Member, p: Parameters, k: int) -> float:
    """Exposure to a threat at its present intensity, recent incidents included, from 0 to 1.

    Intensity multiplies the odds of a level, so that a high one can still rise and none is passed.
    """
    if me.level[k] <= 0.0:
        return INCIDENT_WEIGHT * me.recent[k]
    intensity = math.exp(p.intensity_elasticity * (me.log_intensity[k] + p.intensity_offset))
    level = me.level[k] * intensity / (1.0 - me.level[k] + me.level[k] * intensity)
    return level + (1.0 - level) * INCIDENT_WEIGHT * me.recent[k]


@rule
def weigh_threats(me: Member, w: World) -> None:
    """Threats from outside added up, the length of their vector, and the threat from within.

    They add up in odds: a second threat always counts, and no sum of threats reaches certainty.
    """
    odds = 0.0
    me.domestic_threat = 0.0
    me.threats_squared = 0.0
    for k in range(w.n_threats):
        kind = w.threats[k].kind
        if kind == DOMESTIC:
            me.domestic_threat = max(me.domestic_threat, me.perceived[k])
        elif is_shared(kind):
            odds += me.perceived[k] / max(1e-9, 1.0 - me.perceived[k])
            me.threats_squared += me.perceived[k] * me.perceived[k]
    me.external_threat = odds / (1.0 + odds)


@rule
def fear_the_patron(me: Member, w: World, p: Parameters) -> None:
    """Fear jumps with the patron's aggression, is kept up by its war, and decays slowly.

    Source:
        C033, C112, P28: after 2014 diplomatic distance grew in the exposed members only.
    """
    me.fear += p.fear_jump * w.aggression * me.fear_exposure * (1.0 - me.fear)
    sought = clip(me.fear_base + p.fear_of_war * w.patron.war * me.fear_exposure, 0.0, 1.0)
    me.fear = close_gap(me.fear, sought, p.fear_closed)


@rule
def compare_threats(me: Member, w: World, p: Parameters) -> None:
    """Similarity of a member's external threats with those of the others and of the patron.

    Threats between members and unrest at home are left out: they are not shared. Two members of
    whom one sees no threat at all have a similarity of 0. It is the same both ways, so each member
    works it out for those before it, once all have perceived.
    """
    for j in range(me.id):
        other = w.members[j]
        across = 0.0
        for k in range(w.n_threats):
            if is_shared(w.threats[k].kind):
                across += me.perceived[k] * other.perceived[k]
        me.similarity[j] = overlap(across, me.threats_squared, other.threats_squared)
        other.similarity[me.id] = me.similarity[j]
    across, theirs = 0.0, 0.0
    for k in range(w.n_threats):
        if is_shared(w.threats[k].kind):
            stake = patron_stake(w, p, k)
            across += me.perceived[k] * stake
            theirs += stake * stake
    me.patron_similarity = overlap(across, me.threats_squared, theirs)


@rule
def is_shared(kind: int) -> bool:
    """Whether a threat comes from outside, so that members can share it."""
    return kind != DOMESTIC and kind != INTRA


@rule
def overlap(across: float, mine: float, theirs: float) -> float:
    """Similarity of two vectors of threats, from 0 to 1.

    The cosine times the ratio of the shorter vector to the longer: 1 only where the same threats
    are felt equally strongly. The cosine alone hardly changed when, after 2021, all members but one
    turned their attention from the same threat (C133 against C134, P04).

    Args:
        across: Inner product of both vectors.
        mine: Squared length of one.
        theirs: Squared length of the other.
    """
    if mine <= 0.0 or theirs <= 0.0:
        return 0.0
    return min(1.0, across / max(mine, theirs))


@rule
def patron_stake(w: World, p: Parameters, k: int) -> float:
    """The patron's stake in a threat, less what it has itself come to terms with (C043, E105)."""
    accommodation = w.drivers[w.threats[k].accommodation_driver].value
    return w.threats[k].stake * (1.0 - p.patron_openness * accommodation)


@rule
def weigh_stakes(w: World, p: Parameters) -> None:
    """The patron's stake in each threat: its own, and a little of what members feel.

    A scenario may raise or lower it: a patron that makes its own peace with a threat has less.

    Source:
        C069 and C059 for stakes that grow with the threat to neighbours; C050, C051 and C053 for a
        patron whose own settlement diverges from members' interests.
    """
    for k in range(w.n_threats):
        threat = w.threats[k]
        spill = p.stake_spill * (felt_by_all(w, k) - threat.felt_start)
        own = threat.patron_stake * w.drivers[threat.stake_driver].value
        threat.stake = clip(own + spill, 0.0, 1.0)


@rule
def felt_by_all(w: World, k: int) -> float:
    """How far those that are in feel a threat, on average."""
    felt, count = 0.0, 0.0
    for i in range(w.n_members):
        if w.members[i].status != OUT:
            felt += w.members[i].perceived[k]
            count += 1.0
    return felt / count if count > 0.0 else 0.0
