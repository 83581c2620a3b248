"""What all tests share."""

import fcntl
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import command
from browser import chromium, visit  # noqa: F401 - fixtures
from faults import Pace
from foedus import cases
from foedus.parameters import registry
from foedus.scenarios.resolve import bundled_scenarios, resolve
from foedus.simulation.compiled import native
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.world import Setup, build

# The first example of a test may wait for the compiler, so no example has a deadline. Who runs the
# slow tests asks for --hypothesis-profile=thorough.
for _profile, _examples in (("quick", 25), ("thorough", 40)):
    settings.register_profile(
        _profile,
        deadline=None,
        max_examples=_examples,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("quick")

TESTS = Path(__file__).parent
CSTO = cases.load("csto")
HANSE = TESTS / "alliances" / "hanse-storm.yaml"
BUNDLED = tuple(bundled_scenarios())
CORE = ("baseline", "prolonged-ukraine-war", "taliban-spillover")
"""Scenarios that are tried more often than the rest of the library."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count whatever opens a browser among the slow tests."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


def setup_of(scenario: str | Path, evidence_set: str = "record") -> Setup:
    """A scenario laid out in memory."""
    known = registry.load()
    return build(resolve(scenario, parameters=known.ranges), known, evidence_set)


def scenario_file(body: str, name: str = "variant", parent: str = "baseline") -> Path:
    """A scenario file in a temporary folder that extends a bundled one."""
    folder = Path(tempfile.mkdtemp(prefix="foedus-", dir=os.environ.get("PYTEST_TMP")))
    path = folder / f"{name}.yaml"
    path.write_text(f"name: {name}\ntitle: A variant\nextends: {parent}\n{body}", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def baseline() -> Setup:
    """The bundled baseline."""
    return setup_of("baseline")


@pytest.fixture
def pace(tmp_path_factory: pytest.TempPathFactory) -> Pace:
    """How far work may go before something happens to it."""
    return Pace(tmp_path_factory.mktemp("pace") / "pieces")


@pytest.fixture(scope="session", autouse=True)
def _no_signal_is_ignored() -> Iterator[None]:
    """Let signals end the processes that tests start, wherever the tests were started.

    A shell starts what it puts into the background with SIGINT ignored, and `nohup` starts anything
    with SIGHUP ignored. Processes inherit that, and the command rightly leaves it so; what is heard
    here and means nothing, as SIGHUP then, has its usual meaning in a new process.
    """
    inherited = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
        signal.SIGHUP: signal.getsignal(signal.SIGHUP),
    }
    if inherited[signal.SIGHUP] is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: None)
    yield
    for number, meant in inherited.items():
        signal.signal(number, meant)


@pytest.fixture(autouse=True)
def _no_process_outlives_its_test() -> Iterator[None]:
    """End whatever a test started and did not wait for, such as one that failed half-way."""
    before = command.count()
    yield
    command.end_all(since=before)


@pytest.fixture(scope="session", autouse=True)
def _one_worker_compiles(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let one of several workers compile the kernel, which takes a core half a minute, for all."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        with (tmp_path_factory.getbasetemp().parent / "kernel.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not native.is_warm():
                run_ensemble(setup_of("baseline"), trials=1, seed=1)
