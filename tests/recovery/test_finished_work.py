"""Whatever fails once the trials are done: the result is complete, and the last line names it."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from command import python
from conftest import scenario_file
from foedus import cli, figures
from foedus.errors import FoedusError
from foedus.figures.studies import contrasts as contrast_figures
from foedus.figures.studies import library as library_figures
from foedus.figures.studies import sweep as sweep_figures
from foedus.files.atomic import write_whole
from foedus.runs import run_folder, study
from foedus.runs.run_folder import read_manifest
from foedus.runs.verify import damaged_files
from foedus.scenarios import resolve

RUN = ("run", "baseline", "--trials", "4")
SWEEP = "sweep: {design: grid, trials: 4, factors: {drivers.war: {values: [0, 1]}}}"
COMMANDS = ("run", "compare", "fork", "sweep", "library")

FAULTS = [
    RuntimeError("no ink"),
    ValueError("ParseException: Expected end of text, found '$'"),
    OSError(28, "No space left on device"),
    MemoryError(),
    FoedusError("no ink"),
    RecursionError("too deep"),
]


@pytest.fixture
def words(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """A command that computes something, as short as it can be."""
    monkeypatch.setattr(resolve, "bundled_scenarios", lambda: ["baseline", "taliban-spillover"])
    match request.param:
        case "run":
            return RUN
        case "compare":
            return ("compare", "baseline", "taliban-spillover", "--trials", "4")
        case "fork":
            futures = ("baseline", "taliban-spillover")
            return ("fork", "baseline", "--at", "2028-01", "--into", *futures, "--trials", "4")
        case "sweep":
            return ("sweep", str(scenario_file(SWEEP)))
        case _:
            return ("library", "--trials", "4")


@pytest.fixture
def figures_fail(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Lets every figure fail."""

    def let_fail(fault: BaseException) -> None:
        def fail(*words: object) -> None:
            (folder,) = (word for word in words if isinstance(word, Path))
            (folder / "half.png").write_bytes(b"half")
            raise fault

        for module, name in (
            (figures, "draw_all"),
            (contrast_figures, "draw_contrasts"),
            (library_figures, "draw_library"),
            (sweep_figures, "draw_sweep"),
        ):
            monkeypatch.setattr(module, name, fail)

    return let_fail


def the_result(out: Path) -> Path:
    """The one folder that is there; it is complete, file by file."""
    (folder,) = out.iterdir()
    manifest = read_manifest(folder)
    assert damaged_files(folder, manifest.files) == []
    assert any(name.endswith(".parquet") for name in manifest.files)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == {*manifest.files, "manifest.json"}
    return folder


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return captured.err.rstrip("\n").splitlines()[-1]


@pytest.mark.parametrize("words", COMMANDS, indirect=True)
def test_a_figure_that_cannot_be_drawn_leaves_a_complete_result(
    words: tuple[str, ...],
    figures_fail: Callable[[BaseException], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    figures_fail(FAULTS[0])
    assert cli.main([*words, "--out", str(tmp_path)]) == 1
    folder = the_result(tmp_path)
    assert (folder / "summary.txt").is_file()
    assert last_line(capsys) == (
        "foedus: the figures could not be written: RuntimeError: no ink; "
        f"the result is complete: {folder}"
    )


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_whatever_the_figure_says(
    fault: BaseException,
    figures_fail: Callable[[BaseException], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    figures_fail(fault)
    assert cli.main([*RUN, "--out", str(tmp_path)]) == 1
    folder = the_result(tmp_path)
    captured = capsys.readouterr()
    assert f"Run: {folder}" in captured.out
    assert captured.err.splitlines()[-1].startswith("foedus: the figures could not be written: ")


def test_ctrl_c_while_a_comparison_is_drawn_keeps_the_comparison(
    figures_fail: Callable[[BaseException], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures_fail(KeyboardInterrupt())
    others = ("compare", "baseline", "taliban-spillover", "--trials", "4")
    assert cli.main([*others, "--out", str(tmp_path)]) == 1
    the_result(tmp_path)


def test_a_summary_that_cannot_be_written_leaves_the_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> str:
        raise KeyError("no such word")

    monkeypatch.setattr(run_folder, "report_text", fail)
    assert cli.main([*RUN, "--no-figures", "--out", str(tmp_path)]) == 1
    folder = the_result(tmp_path)
    assert not (folder / "summary.txt").exists()
    line = last_line(capsys)
    assert "the summary could not be written: KeyError" in line
    assert str(folder) in line


def test_a_disk_that_is_full_before_the_last_manifest_leaves_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write, written = write_whole, 0

    def full(path: Path, content: bytes | str) -> None:
        nonlocal written
        written += 1
        if written > 1:
            raise OSError(28, "No space left on device", str(path))
        write(path, content)

    monkeypatch.setattr(study, "write_whole", full)
    assert cli.main([*RUN, "--no-figures", "--out", str(tmp_path)]) == 1
    the_result(tmp_path)
    assert "No space left on device" in last_line(capsys)


UNREADABLE = (
    (BrokenPipeError(32, "Broken pipe"), 141),
    (OSError(28, "No space left on device"), 2),
    (OSError(9, "Bad file descriptor"), 2),
    (ValueError("I/O operation on closed file."), 1),
)
"""Faults of a stream, and the exit status that each leads to."""


class Failing(io.RawIOBase):
    """A stream that fails when it is written to."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def writable(self) -> bool:
        return True

    def write(self, _: object) -> int:
        raise self.fault


@pytest.mark.parametrize(
    ("words", "fault", "status"),
    [
        # Every command with one fault and one command with every fault; the rest are slow.
        pytest.param(words, *fault, marks=[pytest.mark.slow] if number and words != "run" else [])
        for number, fault in enumerate(UNREADABLE)
        for words in COMMANDS
    ],
    indirect=["words"],
)
def test_an_answer_that_nobody_can_read_is_an_answer_all_the_same(
    words: tuple[str, ...],
    fault: Exception,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = io.TextIOWrapper(io.BufferedWriter(Failing(fault)), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", stream)
    assert cli.main([*words, "--no-figures", "--out", str(tmp_path)]) == status
    monkeypatch.undo()
    assert last_line(capsys).endswith(f"the result is complete: {the_result(tmp_path)}")
    with suppress(Exception):
        stream.detach()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "koi8-r", "utf-16"])
def test_letters_that_a_stream_lacks_are_replaced(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = "Қазақстан мен Ресей: ұйымнан шығу — «Выход Армении» ≤ ½ 🕊"
    path = scenario_file("", name="cyrillic")
    path.write_text(
        path.read_text(encoding="utf-8").replace("A variant", f'"{title}"'), encoding="utf-8"
    )
    content = io.BytesIO()
    for name in ("stdout", "stderr"):
        stream = io.TextIOWrapper(content, encoding=encoding, write_through=True)
        monkeypatch.setattr(sys, name, stream)
    folder = tmp_path / os.fsdecode("по-русски".encode())
    for words in (
        ("run", str(path), "--trials", "4", "--no-figures", "--out", str(folder)),
        ("scenario", "list"),
        ("scenario", "check", "--quick", str(path)),
        ("runs", "list", "--out", str(folder)),
    ):
        assert cli.main(words) == 0
    assert cli.main(["run", "Ж", "--out", str(folder)]) == 2
    said = content.getvalue().decode(encoding)
    monkeypatch.undo()
    the_result(folder)
    assert "Run: " in said
    if encoding == "ascii":
        assert "\\u0416" in said


@pytest.mark.slow
def test_a_folder_whose_name_is_no_text_is_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / os.fsdecode(b"bad\xff")
    assert cli.main([*RUN, "--out", str(out)]) == 0
    folder = the_result(out)
    for words in (
        ("rerun", str(folder)),
        ("explain", str(folder), "--trial", "0"),
        ("runs", "show", str(folder)),
        ("runs", "list", "--out", str(out)),
        ("report", str(folder)),
    ):
        assert cli.main(words) == 0, words
    assert "\\udcff" in capsys.readouterr().out


def test_in_a_locale_without_letters_beyond_ascii(tmp_path: Path) -> None:
    done = python(
        *("-m", "foedus", *RUN, "--no-figures", "--out", tmp_path),
        LC_ALL="C",
        PYTHONCOERCECLOCALE="0",
        PYTHONUTF8="0",
    )
    assert done.returncode == 0, done.stderr
    assert str(the_result(tmp_path)) in done.stdout


def test_with_every_stream_closed(tmp_path: Path) -> None:
    words = f"-m foedus {' '.join(RUN)} --no-figures --out {tmp_path}"
    script = f"{sys.executable} {words} >&- 2>{tmp_path}.err"
    done = python(
        "-c", f"import os, sys; sys.exit(os.waitstatus_to_exitcode(os.system({script!r})))"
    )
    folder = the_result(tmp_path)
    said = Path(f"{tmp_path}.err").read_text(encoding="utf-8")
    assert done.returncode == 2, said
    assert said == f"foedus: cannot go on: Bad file descriptor; the result is complete: {folder}\n"
