"""What the page shows of a model: states of members, theatres, shares; numbers for the drawings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from foedus.dictionary.vocabulary import OUT, STATUS_NAMES
from foedus.drawings import network, region_map
from foedus.telling.numbers import percent
from foedus.telling.words import titles_of

if TYPE_CHECKING:
    from foedus.app.live import LiveModel
    from foedus.drawings.atlas import Atlas
    from foedus.simulation.mesa.agents import MemberAgent

STATUS: Final = "Status"
LEVELS: Final[dict[str, Callable[[MemberAgent], float]]] = {
    "Participation": lambda me: me.participation,
    "Reliance": lambda me: me.reliance,
    "Trust: bloc": lambda me: me.trust_bloc,
    "Trust: patron": lambda me: me.trust_patron,
    "Threat": lambda me: max(me.external_threat, me.domestic_threat),
    "Engagement": lambda me: me.engagement,
}
"""States from 0 to 1, as the table of members shows them."""

CHOICES: Final = ("Participation", "Reliance", "Trust: bloc", "Trust: patron", "Threat", STATUS)
"""What the map can show."""


def status_of(member: MemberAgent) -> str:
    """``out``, ``frozen`` or ``active``."""
    return STATUS_NAMES[member.status]


def drivers_of(model: LiveModel) -> dict[str, float]:
    """This month's values of what comes from outside, triggers included, by name."""
    names = model.setup.scenario.drivers
    return {name: float(each.value) for name, each in zip(names, model.drivers, strict=True)}


def map_of(model: LiveModel, atlas: Atlas, choice: str, testid: str = "map") -> str:
    """The map of this month."""
    names = titles_of(model.setup.scenario)
    level = LEVELS.get(choice)
    members = [
        region_map.member_place(
            each.code, names[each.code], status_of(each), None if level is None else level(each)
        )
        for each in model.members
    ]
    inside = [each for each in model.members if each.status != OUT]
    partners = [
        region_map.partner_place(
            each.code,
            names[each.code],
            sum(one.alignment[q] for one in inside) / max(1, len(inside)),
        )
        for q, each in enumerate(model.partners)
    ]
    patron = region_map.patron_place(model.patron.code, names[model.patron.code], model.capacity)
    places = [patron, *partners, *members]
    return region_map.draw(
        atlas, places, theatres_of(model, atlas), what=choice, statuses=level is None, testid=testid
    )


def theatres_of(model: LiveModel, atlas: Atlas) -> list[region_map.Theatre]:
    """Where something happens from outside: the patron's war, and sources of threats.

    What happens in the same states is put together; its size is that of the largest.
    """
    values = drivers_of(model)
    sizes: dict[tuple[tuple[str, ...], bool], float] = {}
    for driver, states in atlas.theatres.items():
        patron = driver == "war"
        value = values.get(driver, 0.0)
        # A threat's driver is 1 in normal times.
        size = value if patron else min(1.0, value / 2.0)
        key = (states, patron)
        sizes[key] = max(sizes.get(key, 0.0), size)
    return [
        region_map.Theatre(states, f"war {percent(size)} %" if patron else "", size, patron)
        for (states, patron), size in sizes.items()
    ]


def network_of(model: LiveModel, testid: str = "network") -> str:
    """The network of this month."""
    names = titles_of(model.setup.scenario)
    patron = network.Node(model.patron.code, names[model.patron.code])
    members = [network.Node(each.code, names[each.code], status_of(each)) for each in model.members]
    partners = [network.Node(each.code, names[each.code]) for each in model.partners]
    count, places = len(members), len(partners)
    return network.draw(
        patron,
        members,
        partners,
        ties=[list(each.tie[:count]) for each in model.members],
        shares=[[*each.alignment[:places], each.patron_alignment] for each in model.members],
        testid=testid,
    )
