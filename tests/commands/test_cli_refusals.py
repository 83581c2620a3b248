"""What the command refuses, it refuses in one clear line, before anything is run."""

import subprocess
from pathlib import Path

import pytest

from command import foedus


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command was refused in one clear line."""
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("foedus: ")
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run", "no-such-scenario"], ["no-such-scenario", "baseline"]),
        (["run", "prolonged-ukrain-war"], ["did you mean", "prolonged-ukraine-war"]),
        (["run", "missing/file.yaml"], ["missing/file.yaml"]),
        (["run", "x" * 300], ["xxx", "looked up"]),
        (["run", "baseline", "--trials", "-5"], ["trials", "-5", "from 1"]),
        (["run", "baseline", "--trials", "0"], ["trials", "1"]),
        (["run", "baseline", "--trials", "99999999999"], ["100,000,000"]),
        (["run", "baseline", "--trials", "9" * 5000], ["whole number"]),
        (["run", "baseline", "--trials", "many"], ["whole number", "many"]),
        (["run", "baseline", "--trials", "1e3"], ["whole number"]),
        (["run", "baseline", "--seed", "-1"], ["seed", "-1"]),
        (["run", "baseline", "--seed", str(2**64)], ["seed"]),
        (["run", "baseline", "--threads", "0"], ["--threads"]),
        (["run", "baseline", "--parameters", "guesses"], ["«guesses»", "corpus", "posterior-YEAR"]),
        (["run", "baseline", "--figurs"], ["--figurs"]),
        (["run"], ["a scenario", "--resume"]),
        (["runn"], ["runn"]),
        ([], ["COMMAND"]),
        (["run", "baseline", "--out", ""], ["--out", "folder"]),
        (["run", "baseline", "--trials", "it's"], ["«it's»"]),
        (["evidence", "warr_drain"], ["«warr_drain»", "did you mean «war_drain»"]),
        (["evidence", "trust_patron[RUS]"], ["«RUS»", "ARM, BLR, KAZ"]),
        (["evidence", "trust_patron[ARM,CHN]"], ["trust_patron[MEMBER]"]),
        (["evidence", "war_drain[ARM]"], ["«war_drain» has no keys"]),
        (["evidence", "baseline.ARM"], ["«baseline» has no keys"]),
        (["evidence", "fit[ARM,CHI]"], ["«CHI»", "did you mean «CHN»"]),
        (["evidence", "nowhere/news.yaml"], ["nowhere/news.yaml"]),
        (["evidence", "a\x1b[31mb"], ["expected a parameter"]),
    ],
)
def test_a_wrong_command_line_is_refused_in_one_line(words: list[str], expected: list[str]) -> None:
    refused(foedus(*words), *expected)


BROKEN = {
    "unknown-key": ("driver: {war: 1}\n", ["driver", "drivers"]),
    "wrong-type": ("horizon: long\n", ["horizon", "long"]),
    "out-of-range": ("drivers: {war: {2026-11: 7}}\n", ["war", "7"]),
    "unknown-member": (
        "questions:\n  - {id: a, text: A., when: status of ARX is out, by: 2027-12}\n",
        ["ARX", "ARM"],
    ),
    "duplicate-key": ("horizon: 60\nhorizon: 61\n", ["horizon", "twice"]),
    "unknown-source": ("sources: [C103, C1O4]\n", [":4:17:", "«C1O4»", "did you mean «C1"]),
    "driver-after-the-end": (
        "drivers: {war: {2039-01: 0.5}}\n",
        [":4:11:", "drivers.war", "2031-11"],
    ),
    "broken-yaml": ("drivers: {war: [1, 2\n", ["variant.yaml"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_scenario_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    body, words = BROKEN[name]
    path = tmp_path / "variant.yaml"
    path.write_text(f"name: variant\ntitle: V\nextends: baseline\n{body}", encoding="utf-8")
    done = foedus("run", path, "--no-figures", "--out", tmp_path / "runs")
    refused(done, "variant.yaml:", *words)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\xff\xfe\x00", b"- a list\n"])
def test_a_file_that_is_no_scenario_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    refused(foedus("run", path), "odd.yaml")


def test_a_folder_that_cannot_hold_runs_is_refused_before_the_run(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("in the way", encoding="utf-8")
    done = foedus("run", "baseline", "--no-figures", "--out", in_the_way)
    refused(done, str(in_the_way))
    refused(foedus("run", "baseline", "--no-figures", "--out", "/proc/nowhere"), "/proc/nowhere")
    assert in_the_way.read_text(encoding="utf-8") == "in the way"
