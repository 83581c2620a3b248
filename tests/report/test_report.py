"""`foedus report` from the run to the page in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser import LAPTOP, PHONE, PROJECTOR, Visit
from command import foedus

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

SECTIONS = (
    "The answer",
    "Cohesion",
    "What differs",
    "Who freezes or leaves, and why",
    "Requests and answers",
    "Questions",
    "Indicators and warnings",
    "Assumptions that carry the result",
    "Validation",
    "Method and limits",
    "Repeat it",
)


INSIDE = """svg => {
    const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text, rect, circle, line")].filter((each) => {
        const box = each.getBoundingClientRect();
        return box.left < frame.left - 1 || box.right > frame.right + 1
            || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    }).map((each) => each.outerHTML);
}"""
"""What of a picture reaches beyond it."""


def played(out: Path, scenario: str) -> Path:
    done = foedus("run", scenario, "--trials", 60, "--no-figures", "--out", out)
    assert done.returncode == 0, done.stderr
    # What to do next stands in the output, word for word.
    run = next(out.glob(f"*-{scenario}-*"))
    assert f"report {run}" in done.stdout
    return run


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    out = tmp_path_factory.mktemp("runs")
    return played(out, "baseline"), played(out, "prolonged-ukraine-war")


@pytest.fixture(scope="module")
def page(runs: tuple[Path, Path]) -> Path:
    done = foedus("report", runs[1])
    assert done.returncode == 0, done.stderr
    path = runs[1] / "report.html"
    assert str(path) in done.stdout
    return path


@pytest.fixture(scope="module")
def comparison(runs: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reports") / "both.html"
    done = foedus("report", *runs, "--out", path)
    assert done.returncode == 0, done.stderr
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, LAPTOP, PROJECTOR], ids=["phone", "laptop", "projector"])
def test_the_report_opens_offline_with_its_charts(
    page: Path, visit: Callable[..., Visit], size: tuple[int, int], scheme: str
) -> None:
    one = visit(page, size=size, offline=True, color_scheme=scheme, java_script_enabled=True)
    charts = one.page.locator("figure svg")
    assert charts.count() >= 3
    for place in range(charts.count()):
        expect(charts.nth(place)).to_be_visible()
        box = charts.nth(place).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= size[0]
        # Nothing is cut off: all that is drawn lies within the picture.
        assert charts.nth(place).evaluate(INSIDE) == []
    for title in SECTIONS:
        expect(one.page.get_by_role("heading", name=title, exact=True).first).to_be_visible()
    assert one.page.locator(".answer li").count() == 5
    assert one.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert one.barriers() == []
    one.picture(f"report-{size[0]}-{scheme}", whole=True)


def test_a_pointer_brings_up_the_numbers(page: Path, visit: Callable[..., Visit]) -> None:
    one = visit(page, offline=True)
    tips = one.page.locator("#chart-cohesion .tip title")
    assert tips.count() == 61
    assert re.fullmatch(
        r"Nov 2031: median 0\.\d\d, middle half 0\.\d\d to 0\.\d\d, nine in ten 0\.\d\d to 0\.\d\d",
        tips.last.text_content() or "",
    )


def test_in_print_the_page_is_dark_on_white(page: Path, visit: Callable[..., Visit]) -> None:
    one = visit(page, offline=True, color_scheme="dark")
    one.page.emulate_media(media="print")
    expect(one.page.locator("figure svg").first).to_be_visible()
    expect(one.page.locator("nav")).to_be_hidden()
    ground = one.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"


def test_several_runs_stand_side_by_side(comparison: Path, visit: Callable[..., Visit]) -> None:
    one = visit(comparison, offline=True)
    expect(one.page.get_by_role("heading", level=1)).to_have_text("2 scenarios side by side")
    expect(one.page.locator("#chart-cohesion .panel")).to_have_count(2)
    assert one.page.locator("#what-differs table").count() == 1
    assert one.barriers() == []
    one.picture("report-comparison", whole=True)


def test_runs_that_cannot_be_paired_are_told_why_and_replace_no_other_report(
    runs: tuple[Path, Path], page: Path, tmp_path: Path
) -> None:
    before = page.read_bytes()
    fewer = foedus("run", "baseline", "--trials", 40, "--no-figures", "--out", tmp_path)
    assert fewer.returncode == 0, fewer.stderr
    done = foedus("report", runs[1], next(tmp_path.iterdir()))
    assert done.returncode == 0, done.stderr
    reason = "cannot be paired: the number of trials must be the same, found 60 and 40"
    assert reason in done.stderr
    assert reason in (runs[1] / "comparison.html").read_text(encoding="utf-8")
    assert page.read_bytes() == before


def test_nothing_is_loaded_from_anywhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    loads = re.findall(r'(?:src|href|srcset|data)\s*=\s*"([^"#][^"]*)"|url\(([^)]+)\)', text)
    assert [one for one in loads if any("//" in part for part in one)] == []
    assert "built-in" not in text
    assert "<script" not in text
    assert "Content-Security-Policy" in text
    assert len(text) < 200_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "found nothing of that name"),
        ((".",), "found no manifest.json in it"),
        (("README.md",), "expected the folder of a run"),
    ],
)
def test_what_is_no_run_is_refused_in_one_line(words: tuple[str, ...], said: str) -> None:
    done = foedus("report", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_same_run_twice_and_a_damaged_one_are_refused(runs: tuple[Path, Path]) -> None:
    done = foedus("report", runs[0], runs[0])
    assert done.returncode == 2
    assert "the same run twice" in done.stderr
    manifest = runs[0] / "manifest.json"
    kept = manifest.read_text(encoding="utf-8")
    try:
        manifest.write_text(kept.replace('"seed": 1', '"seed": 2'), encoding="utf-8")
        done = foedus("report", runs[0], "--out", runs[0] / "other.html")
        manifest.write_text("{", encoding="utf-8")
        broken = foedus("report", runs[0])
    finally:
        manifest.write_text(kept, encoding="utf-8")
    assert "is damaged" in done.stderr
    assert not (runs[0] / "other.html").exists()
    assert broken.returncode == 2
    assert "manifest.json: is damaged: it is not whole JSON" in broken.stderr
