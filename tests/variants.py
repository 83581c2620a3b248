"""Random scenarios, as YAML that extends the baseline."""

from typing import Any

import yaml
from hypothesis import strategies as st

from foedus.dictionary.vocabulary import ANSWER_NAMES, FORCED_NAMES, MECHANISM_NAMES

MEMBERS = ("ARM", "BLR", "KAZ", "KGZ", "TJK", "UZB")
THREATS = ("afghan-attack", "afghan-raids", "afghan-pressure", "azerbaijan", "domestic-unrest")
PARTNERS = ("CHN", "TUR", "IRN", "USA", "EUR")
SWITCHES = MECHANISM_NAMES
START = 2026

members = st.sampled_from(MEMBERS)
months = st.integers(1, 24).map(lambda m: f"{START + (10 + m) // 12}-{(10 + m) % 12 + 1:02d}")


def level(low: float = 0.0, high: float = 1.0) -> st.SearchStrategy[float]:
    """A level with three digits, as people write it."""
    return st.floats(low, high).map(lambda x: round(x, 3))


def path(high: float) -> st.SearchStrategy[dict[str, float]]:
    """A driver's path."""
    return st.dictionaries(months, level(0.0, high), min_size=1, max_size=3)


drivers = st.fixed_dictionaries(
    {},
    optional={
        "war": path(1.0),
        "resolve": path(2.0),
        "threat.afghan-raids": path(20.0),
        "threat.azerbaijan": path(20.0),
        "threat.kyrgyz-tajik-border": path(20.0),
        "threat.domestic-unrest": path(10.0),
        "accommodation.afghan-raids": path(1.0),
        "offer.CHN": path(5.0),
        "control": path(2.0),
        "presence": path(3.0),
        "supply": path(3.0),
        "position": path(1.0),
        "stake.afghan-raids": path(3.0),
    },
)

states = st.one_of(
    st.just(("tie.KGZ-TJK", -0.5)),
    members.map(lambda code: (f"trust_bloc.{code}", -0.3)),
    members.map(lambda code: (f"trust_patron.{code}", 0.2)),
    members.map(lambda code: (f"fear.{code}", 0.4)),
    members.map(lambda code: (f"grievance.{code}", 0.5)),
    members.map(lambda code: (f"economic_dependence.{code}", -0.4)),
    members.map(lambda code: (f"arms_dependence.{code}", -0.4)),
    members.map(lambda code: (f"incident.domestic-unrest.{code}", 0.9)),
    st.just(("incident.kyrgyz-tajik-border.TJK", 0.8)),
    st.just(("incident.azerbaijan.ARM", 0.9)),
    st.just(("aggression", 0.8)),
    st.just(("threat.afghan-raids", 4.0)),
)


rules = st.sampled_from(["unanimity", "majority", "patron_decides"])
charters = st.dictionaries(months, st.fixed_dictionaries({"decision_rule": rules}), max_size=2)
changes = st.dictionaries(
    months,
    st.dictionaries(st.sampled_from(SWITCHES), st.booleans(), min_size=1, max_size=3),
    max_size=2,
)
effects = st.one_of(
    st.fixed_dictionaries(
        {
            "on": st.sampled_from(PARTNERS).map(lambda code: f"offer.{code}"),
            "size": level(0.1, 2.0),
            "half_life": st.sampled_from([None, 6.0]),
        }
    ),
    st.fixed_dictionaries(
        {"on": members.map(lambda code: f"trust_bloc.{code}"), "size": level(-0.5, 0.5)}
    ),
    st.fixed_dictionaries({"on": st.just("charter.decision_rule"), "to": rules}),
    st.fixed_dictionaries(
        {
            "on": st.sampled_from(SWITCHES).map(lambda name: f"mechanisms.{name}"),
            "to": st.just(True),
        }
    ),
)


ACTORS = {"terms": "RUS", "pressure": "RUS", "pact": "TUR", "arms": "CHN"}


@st.composite
def decisions(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """What somebody does at a date."""
    does = draw(st.sampled_from(FORCED_NAMES))
    code = draw(members)
    entry: dict[str, Any] = {"name": name, "date": draw(months), "does": does}
    entry |= {"actor": ACTORS[does], "toward": code} if does in ACTORS else {"actor": code}
    if does == "request":
        # A quarrel between members has two parties, who get no help against each other.
        threat = draw(st.sampled_from([*THREATS, "kyrgyz-tajik-border"]))
        quarrel = threat == "kyrgyz-tajik-border"
        answers = ANSWER_NAMES[:3] if quarrel else ANSWER_NAMES
        entry |= {"threat": threat, "actor": "TJK" if quarrel else code}
        entry |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "channel": st.sampled_from(["bloc", "bilateral"]),
                    "answer": st.sampled_from(answers),
                    "size": level(0.1),
                },
            )
        )
    elif does == "government":
        entry["size"] = draw(level(-3.0, 3.0))
    elif does in {"terms", "pressure", "arms"}:
        entry["size"] = draw(level())
    return entry


numbers = st.dictionaries(
    st.sampled_from(
        ["basing[TJK]", "fit[KAZ,TUR]", "offer[CHN]", "patron_stake[azerbaijan]", "autonomy[KGZ]"]
    ),
    level(),
    min_size=1,
    max_size=2,
)


@st.composite
def variants(draw: st.DrawFn) -> str:
    """YAML for `conftest.scenario_file`: five years with anything that a scenario can hold."""
    shocks = [
        {"name": f"shock-{n}", "date": draw(months), "on": on, "size": size}
        for n, (on, size) in enumerate(draw(st.lists(states, max_size=5)))
    ]
    triggers = [
        {
            "name": "fall",
            "when": f"cohesion < {draw(level(0.05, 0.3))}",
            "for_months": draw(st.integers(1, 4)),
            **draw(effects),
            **draw(st.sampled_from([{}, {"until": "cohesion > 0.15"}, {"until": "war < 0.5"}])),
            "repeat": draw(st.booleans()),
        }
    ]
    switches = draw(st.sets(st.sampled_from(SWITCHES), max_size=2))
    rule = draw(st.sampled_from(["unanimity", "majority", "patron_decides"]))
    content: dict[str, Any] = {
        "drivers": draw(drivers),
        "shocks": shocks,
        "triggers": draw(st.sampled_from([[], triggers])),
        "charter": {"decision_rule": rule, "renewals": [draw(months)], **draw(charters)},
        "decisions": [draw(decisions(f"act-{n}")) for n in range(draw(st.integers(0, 4)))],
        "quantities_from": draw(st.dictionaries(months, numbers, max_size=2)),
        "mechanisms": dict.fromkeys(sorted(switches), True) | draw(changes),
        "parameters": {
            "freeze_rate": draw(level(0.001, 2.0)),
            "exit_rate": draw(level(0.001, 1.0)),
            "ask_base": draw(level(-6.0, 0.0)),
            "return_rate": draw(level(0.001, 2.0)),
        },
        "questions": [
            {"id": "any", "text": "Any.", "when": "requests by anyone >= 2", "by": "2031-10"}
        ],
    }
    return str(yaml.safe_dump({key: value for key, value in content.items() if value}))
