"""Whatever a scenario file holds, it is played or refused: no traceback, no hang, no flood.

The mutants of `mutations` go through everything that stands between a file and a run. A mutant that
fails is named by its number: ``mutations.case(NUMBER)`` gives its bytes again.
"""

from __future__ import annotations

import resource
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest

from command import foedus
from foedus import evidence
from foedus.errors import FoedusError
from foedus.parameters import registry
from foedus.scenarios.resolve import resolve
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.memory_layout import Room
from foedus.simulation.world import build
from mutations import ORIGINALS, case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 30.0
"""Of this process's own time, a hundred times what a file takes: neighbours that wear out the
processor's caches lengthen even that."""

MEGABYTES = 500
LONGEST_MESSAGE = 20_000
PLAYED = 25
"""One in so many accepted mutants is also played."""


IDS = frozenset(evidence.load().ids)


class Hang(BaseException):
    """More time than a file may take."""


@contextmanager
def limited() -> Iterator[None]:
    """Stop after `SECONDS`, and complain of more than `MEGABYTES`."""

    def stop(*_: object) -> None:
        raise Hang

    before = peak()
    usual = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, usual)
        assert peak() - before < MEGABYTES


def peak() -> float:
    """Most memory that this process ever held, in megabytes."""
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def examine(number: int, path: Path) -> bool:
    """Whether a mutant is accepted; one that is must be playable, and its resolved file as well."""
    path.write_bytes(case(number))
    known = registry.load()
    try:
        with limited():
            found = resolve(path, parameters=known.ranges, evidence_ids=IDS)
            setup = build(found, known)
    except FoedusError as error:
        message = str(error)
        assert 0 < len(message) < LONGEST_MESSAGE
        assert all(line.isprintable() for line in message.splitlines()), message
        return False
    assert np.isfinite(setup.paths).all()
    assert np.isfinite(setup.draw_quantities(1, np.arange(2))).all()
    path.write_text(found.to_yaml(), encoding="utf-8")
    again = resolve(path, parameters=known.ranges, evidence_ids=IDS)
    assert again.digest() == found.digest()
    if number % PLAYED == 0 and setup.room == Room():
        outcome = run_ensemble(setup, trials=2, seed=number, sample=2)
        assert np.isfinite(outcome.sample).all()
    return True


def tried(numbers: range, folder: Path) -> float:
    """Share of some mutants that are accepted; fails at the first that misbehaves."""
    accepted = 0
    for number in numbers:
        try:
            accepted += examine(number, folder / "mutant.yaml")
        except BaseException as error:
            error.add_note(f"mutant {number}")
            raise
    return accepted / len(numbers)


def test_some_mutants_are_played_or_refused(tmp_path: Path) -> None:
    # Mutants that are all refused, or all accepted, would try little.
    assert 0.03 < tried(range(500), tmp_path) < 0.6


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_ten_thousand_mutants_are_played_or_refused(part: int, tmp_path: Path) -> None:
    assert 0.03 < tried(range(1000 * part, 1000 * (part + 1)), tmp_path) < 0.6


def test_a_mutant_depends_on_its_number_alone() -> None:
    assert case(7) == case(7)
    assert len({case(number) for number in range(200)}) > 190
    whole = {text.encode() for text in ORIGINALS}
    # Two equal lines that change places, and the like, leave a file as it was.
    assert sum(case(number) in whole for number in range(200)) < 20


@pytest.mark.slow
@pytest.mark.parametrize("number", range(12))
def test_the_command_says_what_is_wrong_in_one_place(number: int, tmp_path: Path) -> None:
    path = tmp_path / "mutant.yaml"
    path.write_bytes(case(100_000 + number))
    done = foedus("run", path, "--trials", 2, "--no-figures", "--out", tmp_path / "runs")
    assert done.returncode in {0, 2}, done.stderr
    assert "Traceback" not in done.stderr
    assert (done.stderr.startswith("foedus: ") and not done.stdout) == (done.returncode == 2)
