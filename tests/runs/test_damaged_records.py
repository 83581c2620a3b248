"""Files of ours that are still JSON, or not even that: a line each, and nothing wrong is taken."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from conftest import scenario_file
from faults import contents
from foedus import cli
from foedus.runs.storage.unfinished import Unfinished
from test_identity import half

VALUES: tuple[object, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2,
        99,
        2**63,
        10**30,
        1.5,
        -0.0,
        "",
        "x",
        "run",
        "∞",
        "\u001b[2J",
    ),
    *("\ud800", "../../etc/passwd", "2026-13-45", [], {}, [1], {"a": 1}, [[[]]], "9" * 5000),
)
RAW = (
    b"",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"NaN",
    b"{}",
    b'{"schema_version": 99}',
    b'{"schema_version": 2}',
    b'{"schema_version": true}',
    b"[" * 100_000,
    b'{"a": ' * 100_000,
    b'{"schema_version": 2, "kind": "run", "x": NaN}',
    b'{"schema_version": 2, "kind": "run", "x": 1e999}',
    b'{"schema_version": 2, "kind": "run", "x": ' + b"9" * 5000 + b"}",
)


def places(said: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Ways to all values of a file."""
    if path:
        yield path
    if isinstance(said, dict):
        for key, value in said.items():
            yield from places(value, (*path, key))
    elif isinstance(said, list):
        for number, value in enumerate(said):
            yield from places(value, (*path, number))


def mutant(content: bytes, number: int) -> bytes:
    """A damaged version of a file; the same for the same number."""
    chance = random.Random(number)
    if number < len(RAW):
        return RAW[number]
    if chance.random() < 0.15:
        cut = bytearray(content[: chance.randrange(len(content))])
        return bytes(cut)
    said = json.loads(content)
    for _ in range(chance.choice((1, 1, 1, 3))):
        *way, last = chance.choice(list(places(said)))
        inside = said
        try:
            for key in way:
                inside = inside[key]
            if chance.random() < 0.3:
                del inside[last]
            else:
                inside[last] = chance.choice(VALUES)
        except (TypeError, LookupError):
            continue
    return json.dumps(said).encode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A complete run, and one that was interrupted."""
    out = tmp_path_factory.mktemp("made")
    words = ("run", "taliban-spillover", "--trials", "12", "--no-figures")
    assert cli.main([*words, "--out", str(out / "whole")]) == 0
    with pytest.MonkeyPatch.context() as patch:
        unfinished = half(out / "half", patch)
    (whole,) = (out / "whole").iterdir()
    return {"manifest.json": whole, "state.json": unfinished}


def check(words: list[str], capsys: pytest.CaptureFixture[str], about: object) -> int:
    """A command ends as it should: with a line at most, and without a trace of Python."""
    status = cli.main(words)
    captured = capsys.readouterr()
    assert status in {0, 1, 2}, (about, words)
    assert "Traceback" not in captured.err
    assert "\x1b" not in captured.out + captured.err, (about, words)
    if status == 2:
        lines = [line for line in captured.err.splitlines() if "..." not in line]
        lines = [line for line in lines if "going on with the rest" not in line]
        assert len(lines) == 1, (about, words, captured.err)
        # No word of the library that reads them.
        assert not re.search("input should|value error|valid (?:string|integer)|field required",
                             lines[0], re.IGNORECASE), (about, lines[0])  # fmt: skip
    return status


def damaged(made: Mapping[str, Path], file: str, number: int, out: Path) -> Path:
    folder = out / made[file].name
    shutil.copytree(made[file], folder)
    (folder / file).write_bytes(mutant((folder / file).read_bytes(), number))
    return folder


@pytest.mark.parametrize("file", ["manifest.json", "state.json"])
def test_one_damaged_run_never_spoils_the_list(
    file: str, made: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "20010101T000000Z-good-00000000"
    shutil.copytree(made["manifest.json"], good)
    for number in range(120):
        folder = damaged(made, file, number, tmp_path)
        assert cli.main(["runs", "list", "--out", str(tmp_path)]) == 0, number
        listed = capsys.readouterr().out.splitlines()
        assert len(listed) == 3, number
        assert any(line.startswith(good.name) and " whole " in line for line in listed)
        check(["runs", "show", str(folder)], capsys, number)
        shutil.rmtree(folder)


def tried(
    numbers: range, made: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command that reads them; what is called complete has the very bytes."""
    tables = {n: c for n, c in contents(made["manifest.json"]).items() if n.startswith("tables/")}
    for number in numbers:
        folder = damaged(made, "manifest.json", number, tmp_path)
        for words in (["rerun"], ["explain", "--trial", "1"]):
            check([words[0], str(folder), *words[1:]], capsys, number)
        shutil.rmtree(folder)
        folder = damaged(made, "state.json", number, tmp_path)
        if check(["run", "--resume", str(folder)], capsys, number) == 0:
            (folder,) = tmp_path.iterdir()
            found = {n: c for n, c in contents(folder).items() if n.startswith("tables/")}
            assert found == tables, number
            assert check(["runs", "show", str(folder)], capsys, number) == 0
        shutil.rmtree(folder)


def test_whatever_is_damaged_is_told_in_a_line(
    made: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tried(range(24), made, tmp_path, capsys)


@pytest.mark.parametrize("value", ["x", None, "0" * 64], ids=str)
def test_a_damaged_digest_never_makes_a_complete_run_that_cannot_be_read(
    value: object, made: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / made["state.json"].name
    shutil.copytree(made["state.json"], folder)
    state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    (folder / "state.json").write_text(json.dumps(state | {"digest": value}), encoding="utf-8")
    assert cli.main(["run", "--resume", str(folder)]) == 2
    assert "state.json: is damaged: " in (message := capsys.readouterr().err)
    assert "«digest»" in message
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


@pytest.mark.slow
def test_whatever_else_is_damaged_is_told_in_a_line(
    made: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tried(range(24, 300), made, tmp_path, capsys)


def test_a_sweep_whose_state_is_damaged_is_refused_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = scenario_file(
        "sweep: {design: grid, trials: 501, factors: {drivers.war: {values: [0, 1]}}}"
    )
    with pytest.MonkeyPatch.context() as patch:
        finish = "finish"
        patch.setattr(Unfinished, finish, _stop)
        assert cli.main(["sweep", str(path), "--no-figures", "--out", str(tmp_path)]) == 130
    (folder,) = tmp_path.iterdir()
    state = (folder / "state.json").read_bytes()
    capsys.readouterr()
    for number in range(60):
        content = mutant(state, number)
        if number >= len(RAW) and "schema_version" in content.decode("utf-8", "replace"):
            # Whatever passes as a state is played, so only one field at a time is spoilt.
            said = json.loads(state)
            chance = random.Random(number)
            key = chance.choice([*said])
            said[key] = chance.choice([None, [], {}, True, 1.5, {"a": 1}])
            content = json.dumps(said).encode()
        (folder / "state.json").write_bytes(content)
        status = cli.main(["sweep", "--resume", str(folder)])
        captured = capsys.readouterr()
        assert status in {0, 2}, number
        assert "Traceback" not in captured.err
        if status == 0:
            return
        assert len(captured.err.splitlines()) == 1, captured.err


def _stop(*_: object) -> str:
    raise KeyboardInterrupt


def test_a_record_of_another_version_is_told_from_a_damaged_one(
    made: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / made["manifest.json"].name
    shutil.copytree(made["manifest.json"], folder)
    said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(said | {"schema_version": 99}))
    for words in (["rerun"], ["runs", "show"], ["explain"], ["report"]):
        assert cli.main([*words, str(folder)]) == 2
        assert "was written by another version of foedus, in format 99" in capsys.readouterr().err
