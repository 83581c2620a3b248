"""Phase 11: lateral ties between members."""

from foedus.dictionary.chance import close_gap
from foedus.dictionary.marks import rule
from foedus.dictionary.parameters import Parameters
from foedus.dictionary.state import Member, World
from foedus.dictionary.vocabulary import INTRA


@rule
def mend(me: Member, w: World, p: Parameters) -> None:
    """A clash between members cuts their tie; ties heal towards where they were.

    A settlement raises the level to which a tie heals; that is a shock of the scenario (E098, P21).

    Source:
        C124-C127 and E072 for the cut; P20 for recovery within one or two years; C152 for how low
        such a tie can be.
    """
    for j in range(w.n_members):
        if j != me.id:
            me.tie[j] = close_gap(me.tie[j], me.tie_base[j], p.tie_closed)
    for k in range(w.n_threats):
        if w.threats[k].kind == INTRA and me.incident[k] > 0.0:
            other = w.threats[k].first + w.threats[k].second - me.id
            if me.id == w.threats[k].first or me.id == w.threats[k].second:
                me.tie[other] *= 1.0 - p.tie_cut * me.incident[k]
