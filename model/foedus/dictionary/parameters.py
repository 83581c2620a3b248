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
    incident_fading: float
    incident_weight: float
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
    capacity_floor: float
    presence_drain: float
    supply_drain: float
    projection_loss_speed: float
    commitment_release: float
    ask_base: float
    ask_severity: float
    ask_expectation: float
    bilateral_preference: float
    stigma: float
    bilateral_stigma: float
    domestic_mandate: float
    intra_mandate: float
    need_base: float
    council_shared_threat: float
    council_similarity: float
    council_dependence: float
    council_lateral_tie: float
    council_attacker_tie: float
    non_interference: float
    council_entrapment: float
    veto_cut: float
    assent_cut: float
    take_part_base: float
    favour_base: float
    favour_stake: float
    favour_value: float
    favour_basing: float
    favour_attacker_tie: float
    answer_value: float
    answer_cost: float
    answer_precision: float
    basing_saving: float
    cost_softness: float
    cost_troops: float
    cost_exercise: float
    cost_materiel: float
    cost_monitoring: float
    cost_statement: float
    external_cost: float
    domestic_cost: float
    help_statement: float
    help_monitoring: float
    help_materiel: float
    help_exercise: float
    relief_troops: float
    relief_exercise: float
    relief_materiel: float
    relief_fading: float
    programme_rate: float
    learning: float
    loss_aversion: float
    hub_share: float
    trust_permanence: float
    trust_drift: float
    credibility_slope: float
    observer_weight: float
    observer_floor: float
    prior_evidence: float
    grievance_jump: float
    grievance_fading: float
    offer_growth_war: float
    offer_growth_weakness: float
    need_without_threat: float
    suspicion_weight: float
    red_line_weight: float
    alignment_precision: float
    alignment_speed: float
    autonomy_appeal: float
    arms_diversification: float
    weight_protection: float
    weight_purpose: float
    weight_regime: float
    weight_arms: float
    weight_economy: float
    weight_autonomy: float
    agenda_control: float
    weight_fear: float
    weight_grievance: float
    weight_entrapment: float
    weight_outside: float
    basing_boost: float
    lock_in: float
    engagement_speed: float
    walk_volatility: float
    regime_fall: float
    regime_shift: float
    participation_memory: float
    drill_relevance: float
    drill_reference: float
    drill_cancelling: float
    exercise_bond: float
    freeze_rate: float
    unfreeze_rate: float
    return_margin: float
    exit_base: float
    exit_rate: float
    exit_trend: float
    renewal_difficulty: float
    return_wait: float
    return_rate: float
    return_difficulty: float
    tie_cut: float
    tie_healing: float
    vote_dependence: float
    vote_affinity: float
    vote_fear: float
    vote_with_cut: float
    vote_against_cut: float
    expulsion_shield: float
    humanitarian_appeal: float
    loyalty_memory: float


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
    relief_kept: float
    commitment_kept: float
    grievance_kept: float
    intensity_offset: float
    """Half the stationary variance of log-intensity; it keeps the mean intensity in place."""
