"""The page's pictures: do they show what they are given, and nothing else?"""

import json
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import HANSE, setup_of
from foedus.app import build_assets, states
from foedus.app.live import LiveModel, Settings
from foedus.app.tabs import charts
from foedus.app.tabs.comparing import either_side
from foedus.drawings import atlas, fan, network, region_map, svg, waterfall
from foedus.studies.explain.decisions import Step

EVIL = """<script>alert("x")</script>&'"""
LEVELS = st.floats(0.0, 1.0)


def parse(drawn: str) -> ET.Element:
    """Any picture must be XML; a name that is not escaped breaks it."""
    return ET.fromstring(drawn)


def numbers_of(drawn: str, name: str, attribute: str) -> list[float]:
    return [float(each.get(attribute, "nan")) for each in parse(drawn).iter(name)]


@pytest.fixture(scope="module")
def csto() -> atlas.Atlas:
    found = atlas.load("csto")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def model() -> LiveModel:
    return LiveModel(lambda: Settings("baseline"), months=6)


# --- The map -------------------------------------------------------------------------------------


def holds(ring: list[list[float]], longitude: float, latitude: float) -> bool:
    """Whether a point is inside a ring, by counting the edges east of it."""
    # Beyond the date line degrees begin anew.
    ring = [[x + 360.0 if x < -100.0 else x, y] for x, y in ring]
    longitude += 360.0 if longitude < -100.0 else 0.0
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > latitude) != (y2 > latitude):
            inside ^= longitude < x1 + (latitude - y1) * (x2 - x1) / (y2 - y1)
    return inside


@pytest.mark.parametrize(
    ("place", "longitude", "latitude", "state"),
    [
        ("Simferopol", 34.1, 44.95, "UKR"),
        ("Stepanakert", 46.75, 39.82, "AZE"),
        ("Sukhumi", 41.05, 43.02, "GEO"),
        ("Yerevan", 44.5, 40.18, "ARM"),
        ("Dushanbe", 68.78, 38.55, "TJK"),
        ("Kaliningrad", 20.8, 54.6, "RUS"),
        ("Chukotka, beyond the date line", -175.0, 66.8, "RUS"),
    ],
)
def test_places_lie_where_the_notice_says(
    place: str, longitude: float, latitude: float, state: str
) -> None:
    region = json.loads((build_assets.ASSETS / build_assets.REGION).read_text())
    found = [
        each["id"]
        for each in region["features"]
        for polygon in each["geometry"]["coordinates"]
        if holds(polygon[0], longitude, latitude)
    ]
    assert found == [state], place


def test_every_party_of_the_alliance_is_on_the_map_or_named_beyond_it(csto: atlas.Atlas) -> None:
    alliance = setup_of("baseline").scenario.alliance
    for party in (*alliance.members, *alliance.partners, alliance.patron):
        assert csto.states_of(party.code) or party.code in csto.beyond, party.code
    for name, parts in (*csto.states.items(), *csto.theatres.items()):
        assert set(parts) & set(csto.outlines), name
    drivers = set(setup_of("baseline").scenario.drivers)
    assert set(csto.theatres) <= drivers


def test_names_stand_inside_the_picture_and_apart_from_each_other(csto: atlas.Atlas) -> None:
    for x, y in (*csto.labels.values(), *csto.beyond.values()):
        assert 0 <= x <= csto.width
        assert 8 <= y <= csto.height - 14
    spots = sorted(csto.labels.values())
    apart = [abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(spots)]
    assert min(apart) > 24


def test_areas_are_true() -> None:
    """Lambert's projection: a square degree is as large anywhere as it is on the globe."""
    view = atlas.View(66, 50, -3000, 3000, 3000, -3000, width=600)

    def area(longitude: float, latitude: float) -> float:
        square = np.array([[0, 0], [0.1, 0], [0.1, 0.1], [0, 0.1]])
        corners = square + np.array([longitude, latitude])
        x, y = view.place(corners).T
        return 0.5 * abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1)))

    for longitude, latitude in ((45, 40), (120, 65), (66, 50)):
        true = np.cos(np.radians(latitude + 0.05))
        assert area(longitude, latitude) / area(66, 50) == pytest.approx(
            true / np.cos(np.radians(50.05)), rel=1e-3
        )


def test_members_have_the_colour_of_their_level_and_former_ones_none(
    csto: atlas.Atlas, model: LiveModel
) -> None:
    drawn = states.map_of(model, csto, "Participation")
    fills = {each.get("href"): each.get("fill") for each in parse(drawn).iter("use")}
    for member in model.members:
        colour = fills[f"#whole-{member.code}"]
        if states.status_of(member) == "out":
            assert colour == region_map.LAND
        else:
            assert colour == svg.shade(member.participation)
    by_status = states.map_of(model, csto, states.STATUS)
    assert {"active", "frozen", "out"} <= set(re.findall(r">(\w+)</text>", by_status))


def test_the_patrons_theatre_follows_its_war(csto: atlas.Atlas, model: LiveModel) -> None:
    war = [each for each in states.theatres_of(model, csto) if each.patron]
    assert [each.states for each in war] == [("UKR",)]
    assert war[0].size == states.drivers_of(model)["war"] == 1.0


def test_another_alliance_has_no_map_and_needs_none() -> None:
    assert atlas.load(setup_of(HANSE).scenario.alliance.name) is None
    other = LiveModel(lambda: Settings(str(HANSE)), months=2)
    assert other.error is None
    parse(states.network_of(other))


# --- The network ---------------------------------------------------------------------------------


def small_network(tie: float, share: float, title: str = "Utopia") -> str:
    members = [network.Node("AAA", title, "active"), network.Node("BBB", "Erewhon", "frozen")]
    return network.draw(
        network.Node("PPP", "Patron"),
        members,
        [network.Node("QQQ", "Partner")],
        ties=[[0.0, tie], [tie, 0.0]],
        shares=[[share, 0.5], [share, 0.5]],
    )


@given(tie=LEVELS, share=LEVELS)
def test_nobody_moves(tie: float, share: float) -> None:
    still = small_network(0.0, 0.0)
    drawn = small_network(tie, share)
    for axis in ("cx", "cy"):
        assert numbers_of(drawn, "circle", axis) == numbers_of(still, "circle", axis)


def test_stronger_ties_are_wider() -> None:
    def widths(tie: float) -> list[float]:
        dashed = [
            each
            for each in parse(small_network(tie, 0.0)).iter("line")
            if each.find("title") is not None
        ]
        return [
            float(each.get("stroke-width", "nan"))
            for each in dashed
            if each.get("stroke-dasharray")
        ]

    (weak,), (strong,) = widths(0.2), widths(0.9)
    assert weak < strong
    assert widths(0.0) == []


# --- Charts --------------------------------------------------------------------------------------

DATES = tuple(f"{2026 + n // 12}-{n % 12 + 1:02d}" for n in range(25))


@given(st.lists(st.floats(-0.5, 1.5), min_size=1, max_size=25))
def test_a_trial_is_drawn_month_by_month_and_never_outside(values: list[float]) -> None:
    chart = fan.Chart("Cohesion", DATES, curves=[fan.Curve("this trial", values)])
    line = next(each for each in parse(fan.draw(chart)).iter("polyline"))
    points = [tuple(map(float, each.split(","))) for each in line.get("points", "").split()]
    assert len(points) == len(values)
    assert all(0 <= x <= fan.WIDTH and 0 <= y <= fan.HEIGHT for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)


def test_higher_values_stand_higher_and_the_fan_holds_its_median() -> None:
    bands = [[0.2, 0.3, 0.4, 0.5, 0.6]] * len(DATES)
    drawn = fan.draw(fan.Chart("Cohesion", DATES, bands=bands, note="400 trials"))
    outer, inner = list(parse(drawn).iter("polygon"))

    def reach(each: ET.Element) -> tuple[float, float]:
        ys = [float(point.split(",")[1]) for point in each.get("points", "").split()]
        return min(ys), max(ys)

    assert reach(outer)[0] < reach(inner)[0] < reach(inner)[1] < reach(outer)[1]
    assert "400 trials: median, middle half, nine in ten" in drawn


@given(st.lists(st.lists(LEVELS, min_size=1, max_size=4), min_size=1, max_size=4))
def test_the_scale_holds_everything_and_flatters_nothing(rows: list[list[float]]) -> None:
    low, high = charts.reach(rows)
    assert 0.0 <= low <= min(map(min, rows))
    assert max(map(max, rows)) <= high <= 1.0
    assert high - low >= charts.SMALLEST / 10 - 1e-9


# --- Reasons -------------------------------------------------------------------------------------


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=9))
def test_bars_begin_where_the_one_before_ends_and_reach_the_sum(values: list[float]) -> None:
    steps, at = [], 0.0
    for n, value in enumerate(values):
        steps.append(Step(f"reason {n}", at, at + value))
        at += value
    drawn = waterfall.draw(steps, at, "log-odds", "veto")
    bars = list(parse(drawn).iter("rect"))
    assert len(bars) == len(values) + 1
    assert f"sum {at:+.2f}" in drawn
    assert all(float(bar.get("width", "nan")) > 0 for bar in bars)


# --- Names from files ----------------------------------------------------------------------------


def test_no_name_becomes_markup() -> None:
    place = region_map.Place("KAZ", EVIL, "member", "#112233", EVIL)
    found = atlas.load("csto")
    assert found is not None
    theatre = region_map.Theatre(("UKR",), EVIL, 1.0, patron=True)
    steps = [Step(EVIL, 0.0, 1.0)]
    for drawn in (
        region_map.draw(found, [place], [theatre], what=EVIL),
        small_network(0.5, 0.5, title=EVIL),
        fan.draw(fan.Chart(EVIL, DATES, curves=[fan.Curve(EVIL, [0.5])], marks=[(3, EVIL)])),
        waterfall.draw(steps, 1.0, EVIL, EVIL),
    ):
        assert "<script" not in drawn
        parse(drawn)


# --- Building the files --------------------------------------------------------------------------


def test_outlines_are_put_together_from_their_borders() -> None:
    """Two states that share a border: one walks it forwards, the other backwards."""

    def name(code: str) -> dict[str, str]:
        return {"a3": code, "name": code.title()}

    atlas_file = {
        "transform": {"scale": [1.0, 1.0], "translate": [10.0, 40.0]},
        "arcs": [
            [[1, 0], [0, 1]],
            [[1, 1], [-1, 0], [0, -1], [1, 0]],
            [[1, 0], [1, 0], [0, 1], [-1, 0]],
        ],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]], "properties": {"a3": "AAA", "name": "A"}},
                    {
                        "type": "Polygon",
                        "arcs": [[2, -1]],
                        "properties": {"a3": "BBB", "name": "B"},
                    },
                    {"type": "Polygon", "arcs": [[0]], "properties": {}},
                ]
            }
        },
    }
    first, second = build_assets.region(atlas_file)["features"]
    assert first["geometry"]["coordinates"] == [
        [[[11, 40], [11, 41], [10, 41], [10, 40], [11, 40]]]
    ]
    assert second["geometry"]["coordinates"][0][0][-2:] == [[11, 41], [11, 40]]


@given(st.floats(0.0, 1.0))
def test_a_chart_of_differences_holds_them_all_and_labels_its_lines_exactly(largest: float) -> None:
    far = either_side(largest)
    assert largest <= far < largest + 0.1
    assert round(far / 2.0, 2) == pytest.approx(far / 2.0)
