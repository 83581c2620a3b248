"""Where compiled code is kept, and for how long."""

import os
from pathlib import Path

import pytest

from foedus.simulation.compiled import cache


def test_versions_used_last_are_kept_and_ones_own_whatever_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOEDUS_CACHE", str(tmp_path))
    others = [tmp_path / f"{n:016x}" for n in range(cache.KEPT + 2)]
    for age, each in enumerate(others):
        each.mkdir()
        os.utime(each, (4e9 - age, 4e9 - age))
    (tmp_path / "something-else").mkdir()
    assert cache.folder() == tmp_path / cache.digest()
    left = {path.name for path in tmp_path.iterdir()}
    newest = {each.name for each in others[: cache.KEPT - 1]}
    assert left == {*newest, cache.digest(), "something-else"}
