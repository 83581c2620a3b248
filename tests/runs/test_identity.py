"""What shapes the numbers is in the digest; what does not belong together is never put together."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conftest import setup_of
from faults import assert_same_as, contents
from foedus import cli
from foedus.runs import chunked_run, provenance, study
from foedus.runs.provenance import CODE, Identity, identity_of
from foedus.runs.storage.unfinished import Unfinished
from foedus.simulation.world import Setup

RUN = ("run", "taliban-spillover", "--trials", "12", "--chunk", "4", "--no-figures")


@pytest.fixture(autouse=True)
def fresh_digests() -> None:
    provenance.code_digests.cache_clear()


def half(out: Path, monkeypatch: pytest.MonkeyPatch, *more: str, pieces: int = 4) -> Path:
    """A run that was interrupted after some of its six pieces."""
    write, left = Unfinished.write, pieces

    def stop(self: Unfinished, *words: object, **record: object) -> dict[str, object]:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        return write(self, *words, **record)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(Unfinished, "write", stop)
        assert cli.main([*RUN, *more, "--out", str(out)]) == 130
    (folder,) = out.glob("*.unfinished")
    return folder


def test_every_source_of_every_room_is_in_the_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "foedus"
    for room in CODE:
        shutil.copytree(provenance.PACKAGE / room, package / room)
    before = provenance.code_digests()
    monkeypatch.setattr(provenance, "PACKAGE", package)
    for room in CODE:
        for path in (package / room).rglob("*.py"):
            written = path.read_bytes()
            path.write_bytes(written + b"\n")
            provenance.code_digests.cache_clear()
            now = provenance.code_digests()
            assert {name for name in now if now[name] != before[name]} == {f"{room}/"}, path
            path.write_bytes(written)
            if room != "scenarios":
                break


def test_every_part_of_a_setup_is_in_the_digest(baseline: Setup) -> None:
    def changed(field: str) -> np.ndarray:
        copy: np.ndarray = getattr(baseline, field).copy()
        copy.view("u1").reshape(-1)[-1] ^= 1
        return copy

    others = {
        "start of the alliance": replace(baseline, world=changed("world")),
        "driver paths": replace(baseline, paths=changed("paths")),
        "parameters": replace(baseline, parameters=changed("parameters")),
        "distributions": replace(baseline, uncertain=baseline.uncertain[1:]),
    }
    for part, other in others.items():
        assert identity_of(other).input_changes(identity_of(baseline)) == [f"the {part}"]
        assert identity_of(other).digest != identity_of(baseline).digest
    learnt = setup_of("baseline", "posterior")
    assert learnt.joint is not None
    draws = learnt.joint.draws + 1e-12
    other = replace(learnt, joint=learnt.joint._replace(draws=draws))
    assert identity_of(other).input_changes(identity_of(learnt)) == ["the posterior"]
    assert identity_of(baseline, rules={"learn": "12ab"}).code_changes(identity_of(baseline)) == [
        "the code of learn"
    ]


def _code(identity: Identity) -> Identity:
    return replace(identity, code=identity.code | {"scenarios/": "0" * 16})


def _library(identity: Identity) -> Identity:
    return replace(identity, libraries=identity.libraries | {"numpy": "0.1"})


def _data(identity: Identity) -> Identity:
    return replace(identity, inputs=identity.inputs | {"driver paths": "0" * 16})


@pytest.mark.parametrize(
    ("change", "named"),
    [(_code, "the code of scenarios/"), (_library, "numpy "), (_data, "the driver paths")],
)
def test_a_run_is_not_resumed_after_a_change_of_what_shapes_its_numbers(
    change: Callable[[Identity], Identity],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = half(tmp_path, monkeypatch)
    capsys.readouterr()
    with monkeypatch.context() as patched:
        now = identity_of
        for module in (study, chunked_run):
            patched.setattr(module, "identity_of", lambda *setups: change(now(*setups)))
        assert cli.main(["run", "--resume", str(folder)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"Changed since it was begun: {named}" in said
    assert len(list((folder / "pieces").iterdir())) == 4


@pytest.mark.parametrize(
    "strange", [("--seed", "2"), ("--trials", "14"), ("--parameters", "corpus")]
)
def test_pieces_of_another_run_are_made_again(
    strange: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main([*RUN, "--out", str(tmp_path / "reference")]) == 0
    (reference,) = (tmp_path / "reference").iterdir()
    mine, other = (
        half(tmp_path / name, monkeypatch, *words)
        for name, words in (("mine", ()), ("other", strange))
    )
    for name in ("run-000000000000", "run-000000000004"):
        shutil.copy(other / "pieces" / name, mine / "pieces" / name)
    capsys.readouterr()
    assert cli.main(["run", "--resume", str(mine)]) == 0
    said = capsys.readouterr().err
    assert "2 of 6 chunks are there; going on with the rest" in said
    assert "2 more, damaged or of another run, will be made again" in said
    assert_same_as(contents(reference), tmp_path / "mine")


@pytest.mark.parametrize(("key", "value"), [("seed", 2), ("chunk", 6), ("trials", 8)])
def test_a_state_that_was_edited_has_no_pieces_left(
    key: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = half(tmp_path, monkeypatch)
    state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    state["request"][key] = value
    (folder / "state.json").write_text(json.dumps(state), encoding="utf-8")
    status = cli.main(["run", "--resume", str(folder)])
    if key == "chunk":
        assert status == 0
        assert cli.main([*RUN, "--out", str(tmp_path / "reference")]) == 0
        (reference,) = (tmp_path / "reference").iterdir()
        (made,) = (each for each in tmp_path.iterdir() if each.name != "reference")
        assert contents(made) == contents(reference)
    else:
        assert status == 2
        assert folder.is_dir()
