"""The page in a real browser: what a visitor does, and what must never happen to them."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser import LAPTOP, PATIENCE, PROJECTOR, REBOUND, Visit
from command import LONG_ENOUGH, ROOT, wait_until
from conftest import scenario_file
from foedus.app.ensembles import play
from foedus.app.live import Settings

pytestmark = pytest.mark.slow
expect.set_options(timeout=PATIENCE)

BREAKABLE = "The one that breaks"


class Server:
    """The command, as people start it."""

    def __init__(self, folder: Path) -> None:
        self.file = scenario_file("horizon: 24\n", name="breakable")
        self.file.write_text(
            self.file.read_text(encoding="utf-8").replace("A variant", BREAKABLE), encoding="utf-8"
        )
        self.log = (folder / "server.log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "foedus", "app", "--port", "0", "baseline", str(self.file)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT / "model"), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.address = self._wait()

    def said(self) -> str:
        return Path(self.log.name).read_text(encoding="utf-8")

    def _wait(self) -> str:
        try:
            assert wait_until(lambda: "\nhttp://" in f"\n{self.said()}", self.process), self.said()
            (address,) = re.findall(r"^http://\S+$", self.said(), flags=re.MULTILINE)
        except BaseException:
            self.end()
            raise
        return str(address)

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=LONG_ENOUGH)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # The compiler works here, if it must, and not while a visitor waits.
    play(Settings("baseline"), 2)
    one = Server(tmp_path_factory.mktemp("server"))
    yield one
    one.end()


@pytest.fixture
def come(visit: Callable[..., Visit], server: Server) -> Callable[..., Visit]:
    """Open the page as a new visitor, and wait until it can be used."""

    def open_page(size: tuple[int, int] = LAPTOP) -> Visit:
        one = visit(server.address, size)
        expect(one.page.get_by_test_id("headline")).to_be_visible()
        return one

    return open_page


def month_is(page: Page, month: int) -> None:
    """Both panels have come to a month: they follow one after the other."""
    for panel in ("headline", "members"):
        expect(page.get_by_test_id(panel)).to_have_attribute("data-month", f"{month}")


def step(page: Page, month: int) -> None:
    page.get_by_role("button", name="Step", exact=True).click()
    month_is(page, month)


def pick(page: Page, label: str, option: str) -> None:
    """Choose from a list by its label."""
    page.locator(".v-select").filter(has_text=label).first.click()
    page.get_by_role("option", name=option).first.click()


def test_step_play_pause_and_reset_keep_seed_and_settings(come: Callable[..., Visit]) -> None:
    page = come().page
    # Nothing has been moved but by the visitor.
    expect(page.get_by_role("button", name="More levers")).to_be_visible()
    expect(page.get_by_role("button", name="Undo all levers")).to_have_count(0)
    log = page.get_by_test_id("log")
    expect(log).to_contain_text("Nothing yet")
    step(page, 1)
    step(page, 2)
    first = page.get_by_test_id("members").inner_text()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_test_id("headline")).not_to_have_attribute("data-month", "2")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Step", exact=True)).to_be_enabled()
    page.get_by_role("button", name="Reset", exact=True).click()
    # Longer than play sleeps: what it left behind must not move the trial.
    page.wait_for_timeout(600)
    month_is(page, 0)
    step(page, 1)
    step(page, 2)
    assert page.get_by_test_id("members").inner_text() == first


def test_a_scenario_a_lever_and_luck_change_the_trial_and_not_its_month(
    come: Callable[..., Visit],
) -> None:
    one = come()
    page = one.page
    for month in (1, 2, 3):
        step(page, month)
    headline = page.get_by_test_id("headline")
    before = headline.inner_text()
    slider = page.get_by_role("slider", name="War intensity")
    slider.focus()
    slider.press("Home")
    expect(page.get_by_test_id("value-war-intensity")).to_have_text(re.compile("^0.00"))
    expect(headline).to_contain_text("0 %")
    month_is(page, 3)
    expect(page.get_by_test_id("fan")).to_have_attribute("aria-label", re.compile("before"))
    page.get_by_role("button", name="Undo all levers").click()
    expect(headline).to_have_text(re.compile(re.escape(before.split("\n")[1])))
    pick(page, "Scenario to play", "The war in Ukraine goes on")
    expect(page.get_by_text("File: prolonged-ukraine-war")).to_be_attached()
    month_is(page, 3)
    page.get_by_role("button", name="Next trial").click()
    expect(page.get_by_test_id("trial")).to_have_text("Trial 1")
    expect(page.get_by_test_id("fan")).to_have_attribute("aria-label", re.compile("median"))
    one.picture("app-lever")


def test_the_map_and_the_chart_show_what_is_chosen(come: Callable[..., Visit]) -> None:
    one = come(PROJECTOR)
    page = one.page
    drawn = page.get_by_test_id("map")
    expect(drawn).to_have_attribute("aria-label", re.compile("Participation: Armenia 0"))
    page.get_by_role("button", name="Status", exact=True).click()
    expect(drawn).to_have_attribute("aria-label", re.compile("Status: Armenia frozen"))
    # The list draws what is in sight, and this is.
    pick(page, "Shown over time", "Armenia: reliance")
    expect(page.get_by_test_id("fan")).to_have_attribute("aria-label", re.compile("^Armenia"))
    expect(page.get_by_test_id("boundaries")).to_contain_text("no judgement")
    one.picture("app-projector", whole=True)


def test_two_scenarios_stand_side_by_side(come: Callable[..., Visit]) -> None:
    one = come()
    page = one.page
    step(page, 1)
    page.get_by_role("tab", name="Compare two scenarios").click()
    pick(page, "B, to compare with", "The war in Ukraine goes on")
    expect(page.get_by_test_id("difference")).to_be_visible()
    expect(page.get_by_test_id("difference")).to_have_attribute(
        "aria-label", re.compile("^B minus A: Cohesion")
    )
    rows = page.get_by_test_id("differences").locator("tbody tr")
    expect(rows.first).to_contain_text("Cohesion")
    expect(page.get_by_test_id("map-A")).to_be_visible()
    expect(page.get_by_test_id("map-B")).to_be_visible()
    one.picture("app-compare")
    assert one.barriers() == []


def test_decisions_are_explained(come: Callable[..., Visit]) -> None:
    one = come()
    page = one.page
    step(page, 1)
    step(page, 2)
    page.get_by_role("tab", name="Explain decisions").click()
    page.get_by_text("Also acts of membership and UN votes").click()
    expect(page.get_by_test_id("sentence")).to_be_visible()
    expect(page.get_by_test_id("waterfall")).to_have_attribute("aria-label", re.compile("; sum "))
    expect(page.get_by_test_id("changes")).to_be_visible()
    one.picture("app-explain")
    assert one.barriers() == []


def test_what_goes_wrong_is_a_message_and_the_page_lives(
    come: Callable[..., Visit], server: Server
) -> None:
    one = come()
    page = one.page
    step(page, 1)
    seed = page.get_by_label("Seed of all chance")
    seed.fill("many")
    seed.press("Enter")
    expect(page.get_by_text("seed: found «many», expected a whole number")).to_be_visible()
    seed.fill("7")
    seed.press("Enter")
    expect(page.get_by_text("seed: found")).to_have_count(0)
    sound = server.file.read_text(encoding="utf-8")
    server.file.write_text(sound.replace("24", "minus one"), encoding="utf-8")
    try:
        # The server reads a file again for every lever that is moved.
        pick(page, "Scenario to play", BREAKABLE)
        month_is(page, 1)
        slider = page.get_by_role("slider", name="War intensity")
        slider.focus()
        slider.press("Home")
        expect(page.get_by_text(re.compile("horizon")).first).to_be_visible()
        one.picture("app-error")
    finally:
        server.file.write_text(sound, encoding="utf-8")
    step(page, 2)


def test_two_visitors_do_not_disturb_each_other(come: Callable[..., Visit]) -> None:
    first, second = come(), come()
    for month in (1, 2):
        step(first.page, month)
    month_is(second.page, 0)
    step(second.page, 1)
    month_is(first.page, 2)
    second.page.get_by_role("button", name="Next trial").click()
    expect(second.page.get_by_test_id("trial")).to_have_text("Trial 1")
    expect(first.page.get_by_test_id("trial")).to_have_text("Trial 0")


FOREIGN = """<!doctype html><html lang="en"><title>A foreign page</title><h1>Free tickets</h1>
<iframe id="frame" name="frame" src="TARGET"></iframe>
<form action="TARGET" method="post" target="frame"><input name="a" value="b"></form>
<script>
const target = "TARGET";
const tried = (promise) => promise.then((answer) => answer.type + answer.status, () => "refused");
const talk = (path) => new Promise((done) => {
  const socket = new WebSocket(target.replace("http", "ws") + path);
  socket.onopen = () => done("open");
  socket.onerror = () => done("refused");
});
const load = (name, part) => new Promise((done) => {
  const element = document.createElement(name);
  element.onload = () => done("loaded");
  element.onerror = () => done("refused");
  element.src = target + part;
  document.body.append(element);
});
async function attack() {
  const found = {
    read: await tried(fetch(target)),
    blind: await tried(fetch(target, { mode: "no-cors", credentials: "include" })),
    post: await tried(fetch(target, { method: "POST", mode: "no-cors", body: "a" })),
    header: await tried(fetch(target, { headers: { "script-name": "//evil.example" } })),
    kernel: await talk("jupyter/api/kernels/foreign/channels?session_id=foreign"),
    script: await load("script", "static/ansi.js"),
    image: await load("img", "static/assets/favicon.png"),
  };
  document.forms[0].submit();
  return found;
}
</script></html>"""


@pytest.fixture
def foreign(server: Server) -> Iterator[str]:
    """The address of a page of somebody else, on another port of this machine."""
    page = FOREIGN.replace("TARGET", server.address).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{other.server_port}/"
        other.shutdown()


def test_a_foreign_page_in_the_same_browser_gets_nothing(
    come: Callable[..., Visit], foreign: str
) -> None:
    one = come()
    step(one.page, 1)
    # In the visitor's own browser, with the visitor's own cookie; ports are one site to a browser.
    other = one.context.new_page()
    other.goto(foreign)
    found = other.evaluate("attack()")
    assert set(found.values()) == {"refused"} | {found["blind"]}
    assert found["blind"] in {"refused", "opaque0"}
    other.wait_for_timeout(500)
    frame = other.frame("frame")
    assert frame is None or "Scenario" not in frame.content()
    # A link leads to the page, which then knows nothing of who led there.
    with one.context.expect_page() as opened:
        other.evaluate("window.mine = window.open(target)")
    expect(opened.value.get_by_test_id("headline")).to_be_visible()
    assert other.evaluate("mine.closed")
    step(one.page, 2)
    assert [each for each in one.problems if "403" not in each and "ERR_" not in each] == []
    one.problems.clear()


def test_a_foreign_name_for_this_machine_is_not_served(
    come: Callable[..., Visit], server: Server
) -> None:
    one = come()
    rebound = server.address.replace("127.0.0.1", REBOUND)
    other = one.context.new_page()
    answer = other.goto(rebound)
    assert answer is not None
    assert (answer.status, answer.text()) == (421, "This address is not served here.")
    # From there, too, no way leads to a kernel.
    kernel = f"{rebound.replace('http', 'ws')}jupyter/api/kernels/k/channels"
    talk = f"""new Promise((done) => {{
        const socket = new WebSocket("{kernel}");
        socket.onopen = () => done("open");
        socket.onerror = () => done("refused");
    }})"""
    assert other.evaluate(talk) == "refused"
    step(one.page, 1)
    one.problems.clear()


def test_only_scripts_of_the_page_run_and_no_path_of_the_server_is_told(
    come: Callable[..., Visit], server: Server
) -> None:
    one = come()
    page = one.page
    frames: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))),
    )
    page.reload()
    expect(page.get_by_test_id("headline")).to_be_visible()
    sound = server.file.read_text(encoding="utf-8")
    server.file.write_text(sound.replace("24", "minus one"), encoding="utf-8")
    try:
        pick(page, "Scenario to play", BREAKABLE)
        slider = page.get_by_role("slider", name="War intensity")
        slider.focus()
        slider.press("Home")
        expect(page.get_by_text(re.compile(r"breakable\.yaml:\d+")).first).to_be_visible()
    finally:
        server.file.write_text(sound, encoding="utf-8")
    said = "".join(frames)
    assert len(said) > 100_000
    for folder in (server.file.parent, ROOT, Path.home(), Path(sys.prefix)):
        assert f"{folder}/" not in said
    assert one.problems == []
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"p=1\">')")
    page.evaluate(
        """const script = document.createElement("script");
        script.textContent = "p = 1";
        document.body.append(script);"""
    )
    assert page.evaluate("typeof p") == "undefined"
    assert any("Content Security Policy" in each for each in one.problems)
    one.problems.clear()


def test_there_are_no_serious_barriers_and_the_keyboard_is_enough(
    come: Callable[..., Visit],
) -> None:
    one = come()
    page = one.page
    assert page.evaluate("document.documentElement.lang") == "en"
    assert one.barriers() == []
    one.picture("app-laptop")
    page.get_by_role("button", name="Step", exact=True).focus()
    page.keyboard.press("Enter")
    month_is(page, 1)
    page.get_by_role("tab", name="Compare two scenarios").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("fan-A")).to_be_visible()


def anybody_left(group: int) -> bool:
    """Whether a process of a group still runs."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_says_where_it_listens_and_ends_with_all_that_it_started(tmp_path: Path) -> None:
    one = Server(tmp_path)
    try:
        assert one.address.startswith("http://127.0.0.1:")
        assert "it serves this machine alone" in one.said()
    finally:
        one.process.send_signal(signal.SIGINT)
        assert one.process.wait(timeout=LONG_ENOUGH) in {0, 130}
        assert wait_until(lambda: not anybody_left(one.process.pid))
        one.end()
    assert "Traceback" not in (tmp_path / "server.log").read_text(encoding="utf-8")
