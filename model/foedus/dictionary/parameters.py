"""Parameters as rules see them: one float each.

Meaning, unit, interval and evidence of `Registered` are in `calibration/parameters.yaml`; both
lists are equal.
"""


class Registered:
    """The parameters of the registry."""

    threat_reversion: float
    threat_volatility: float
    intensity_elasticity: float
    excitation: float
    excitation_decay: float
    infiltration: float
    deterrence: float
    incident_fading: float
    salience_speed: float
    perception_speed: float
    patron_openness: float
    fear_jump: float
    fear_of_war: float
    fear_decay: float
    war_drain: float
    fatigue: float
    recovery_speed: float
    recovery_share: float
    presence_drain: float
    supply_drain: float
    projection_loss_speed: float
    initiative: float
    leverage: float
    commitment_release: float
    ask_base: float
    ask_severity: float
    ask_expectation: float
    bilateral_preference: float
    stigma: float
    intra_mandate: float
    need_base: float
    council_shared_threat: float
    council_dependence: float
    council_lateral_tie: float
    council_attacker_tie: float
    non_interference: float
    council_entrapment: float
    council_discord: float
    veto_cut: float
    assent_cut: float
    favour_base: float
    favour_stake: float
    stake_spill: float
    favour_value: float
    favour_basing: float
    favour_attacker_tie: float
    answer_value: float
    answer_cost: float
    cost_troops: float
    cost_aid: float
    external_cost: float
    domestic_cost: float
    help_statement: float
    help_monitoring: float
    help_materiel: float
    help_exercise: float
    relief_troops: float
    relief_materiel: float
    programme_rate: float
    learning: float
    loss_aversion: float
    disappointment: float
    hub_share: float
    trust_permanence: float
    trust_drift: float
    credibility_slope: float
    observer_weight: float
    grievance_jump: float
    left_alone: float
    grievance_fading: float
    offer_growth_war: float
    offer_growth_weakness: float
    suspicion_weight: float
    red_line_weight: float
    pact_rate: float
    alignment_speed: float
    arms_diversification: float
    weight_protection: float
    cover_elsewhere: float
    weight_purpose: float
    ritual_share: float
    weight_regime: float
    weight_arms: float
    weight_economy: float
    weight_autonomy: float
    weight_fear: float
    weight_grievance: float
    weight_entrapment: float
    weight_outside: float
    lock_in: float
    engagement_speed: float
    regime_fall: float
    regime_shift: float
    drill_relevance: float
    drill_cancelling: float
    exercise_bond: float
    freeze_rate: float
    exit_rate: float
    precedent: float
    renewal_difficulty: float
    return_rate: float
    tie_cut: float
    tie_healing: float
    vote_dependence: float
    vote_affinity: float
    ideal_pull: float
    vote_fear: float
    vote_with_cut: float
    vote_against_cut: float
    expulsion_shield: float


class Parameters(Registered):
    """The parameters of one trial, and what follows from them alone (`start.begin_rates`).

    What ends in `closed` is the share of a gap that closes in a month, what ends in `kept` the
    share of something fading that is left after one.
    """

    salience_closed: float
    perception_closed: float
    fear_closed: float
    projection_closed: float
    recovery_closed: float
    trust_closed: float
    trust_closed_rising: float
    alignment_closed: float
    engagement_closed: float
    tie_closed: float
    excitation_kept: float
    incidents_kept: float
    commitment_kept: float
    grievance_kept: float
    intensity_offset: float
    """Half the stationary variance of log-intensity; it keeps the mean intensity in place."""
