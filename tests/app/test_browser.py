"""Does the browser of the tests notice what it is there to notice?"""

from collections.abc import Callable
from pathlib import Path

import pytest

import browser
from browser import Visit


def page(folder: Path, body: str) -> Path:
    path = folder / "page.html"
    path.write_text(
        f'<!doctype html><html lang="en"><title>A page</title><main><h1>A</h1>{body}</main></html>',
        encoding="utf-8",
    )
    return path


def test_a_machine_that_must_test_cannot_pass_untested(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("E2E_CHROMIUM", "no-such-browser")
    assert browser.find_program() is None
    monkeypatch.setenv("E2E_REQUIRED", "1")
    with pytest.raises(pytest.fail.Exception, match="no browser"):
        next(browser.chromium.__wrapped__())  # type: ignore[attr-defined]
    monkeypatch.delenv("E2E_REQUIRED")
    with pytest.raises(pytest.skip.Exception):
        next(browser.chromium.__wrapped__())  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_sound_page_has_no_problems(visit: Callable[..., Visit], tmp_path: Path) -> None:
    one = visit(page(tmp_path, "<p>Nothing is wrong.</p>"), offline=True)
    assert one.problems == []
    assert one.barriers() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<script>nobody()</script>", "nobody is not defined"),
        ("<script>console.error('broken')</script>", "broken"),
        ('<img alt="" src="https://example.com/a.png">', "asked another machine"),
    ],
)
def test_problems_are_noticed(
    visit: Callable[..., Visit], tmp_path: Path, body: str, problem: str
) -> None:
    one = visit(page(tmp_path, body), offline=True)
    assert problem in "\n".join(one.problems)
    one.problems.clear()


@pytest.mark.slow
def test_barriers_are_noticed(visit: Callable[..., Visit], tmp_path: Path) -> None:
    one = visit(page(tmp_path, "<button></button>"), offline=True)
    assert [each.split()[0] for each in one.barriers()] == ["button-name"]
