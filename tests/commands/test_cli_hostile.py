"""Files that are no scenarios, or mean harm: each is refused by the command in one line."""

import os
import subprocess
from pathlib import Path

import pytest

from command import foedus
from foedus.files.faults import FileError, Place
from foedus.files.snippets import explained, snippet

HEAD = b"name: x\ntitle: X\nextends: baseline\n"
LAUGHS = b"\n".join(
    b"a%d: &a%d [%s]" % (level, level, b", ".join([b"*a%d" % (level - 1)] * 9))
    for level in range(1, 12)
)
HOSTILE = {
    "alias-bomb": (b"a0: &a0 [ha]\n" + LAUGHS, ["bad.yaml:1:5", "&a0", "anchors"]),
    "merge-key": (HEAD + b"<<: {horizon: 12}\n", [":4:1:", "merge keys"]),
    "tag": (b"name: !!python/object/apply:os.system [id]\n", [":1:7:", "tags are not allowed"]),
    "binary-tag": (HEAD + b"narrative: !!binary aGk=\n", [":4:12:", "tags"]),
    "deep": (b"a: " + b"[" * 900_000, ["nested deeper than 20 levels"]),
    "deep-blocks": (
        b"".join(b" " * level + b"a:\n" for level in range(1200)),
        ["nested deeper than 20 levels"],
    ),
    "huge": (b"# " + b"x" * 2_000_000, ["larger than 1,000,000 bytes"]),
    "nan": (HEAD + b"drivers: {war: {2026-11: .nan}}\n", [":4:26:", "a finite number"]),
    "infinity": (HEAD + b"horizon: -.inf\n", [":4:10:", "a finite number"]),
    "too-large": (HEAD + b"horizon: 1e999\n", [":4:10:", "too large"]),
    "many-digits": (HEAD + b"horizon: " + b"9" * 5000, [":4:10:", "5000 characters"]),
    "octal": (HEAD + b"horizon: 060\n", [":4:10:", "«060»", "plain decimal"]),
    "hexadecimal": (HEAD + b"horizon: 0x3c\n", [":4:10:", "«0x3c»"]),
    "sixties": (HEAD + b"horizon: 1:00\n", [":4:10:", "«1:00»"]),
    "underscores": (HEAD + b"horizon: 6_0\n", [":4:10:", "«6_0»"]),
    "day": (HEAD + b"start: 2026-11-01\n", [":4:8:", "the day", "2026-11"]),
    "time": (HEAD + b"start: 2026-11-01T00:00:00Z\n", [":4:8:", "the day"]),
    "norway": (HEAD + b"sources: [NO]\n", [":4:11:", "«NO»", "NOR"]),
    "old-truth": (HEAD + b"mechanisms: {no_veto: yes}\n", [":4:23:", "write true or false"]),
    "duplicate-key": (HEAD + b"horizon: 12\nhorizon: 13\n", [":5:1:", "twice", "line 4"]),
    "wrong-type": (HEAD + b"drivers: [war]\n", [":4:10:", "a list of 1", "a mapping"]),
    "empty": (b"", ["the file is empty"]),
    "only-a-mark": (b"\xef\xbb\xbf", ["the file is empty"]),
    "two-documents": (HEAD + b"---\nname: y\n", [":4:1:", "a second document"]),
    "binary": (bytes(range(256)), [":2:118:", "not UTF-8"]),
    "utf-16": ("name: x\n".encode("utf-16"), [":1:1:", "UTF-16", "save the file as UTF-8"]),
    "nul": (b"name: x\x00y\n", [":1:8:", "U+0000 (null)"]),
    "escape": (HEAD + b'horizon: "\\e[31m"\n', [":4:10:", "U+001B (escape)"]),
    "tab": (HEAD + b"drivers:\n\twar: 1\n", [":5:1:", "not tabs"]),
    "complex-key": (HEAD + b"? [a, b]\n: 1\n", [":4:3:", "as key"]),
    "percent": (b"%YAML 9.9\n---\nname: x\n", ["not valid YAML"]),
}


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command was refused in one line, without a trace of Python."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    content, words = HOSTILE[name]
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    refused(foedus("run", path, "--out", tmp_path / "runs"), "bad.yaml", *words)
    assert list(tmp_path.iterdir()) == [path]


def test_a_mark_before_the_first_letter_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "marked.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD)
    assert foedus("scenario", "check", "--quick", path).returncode == 0


def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    giant, fifo, loop = (tmp_path / f"{name}.yaml" for name in ("giant", "fifo", "loop"))
    with giant.open("wb") as file:
        file.truncate(2**30)
    os.mkfifo(fifo)
    loop.symlink_to(loop)
    refused(foedus("run", giant), "giant.yaml", "larger than")
    refused(foedus("run", fifo), "fifo.yaml", "no ordinary file")
    refused(foedus("run", loop), "loop.yaml")
    refused(foedus("run", tmp_path), "folder")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "secret.yaml"
    path.write_bytes(HEAD)
    path.chmod(0)
    refused(foedus("run", path), "secret.yaml", "permission")


# --- The line that is meant -----------------------------------------------------------------------


def shown(path: Path, content: str | bytes, line: int, column: int) -> list[str]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return snippet(Place(str(path), line, column))


@pytest.mark.parametrize(
    ("text", "column", "marked"),
    [
        ("horizon: long", 10, "long"),
        ("sources: [C103, C1O4]", 17, "C1O4"),
        ("when: 'a b'", 7, "'a b'"),
        ('when: "a \\" b" # no', 7, '"a \\" b"'),
        ("drivers: {war: {2026-11: 7}}", 11, "war"),
        ("drivers: [war]", 10, "["),
        ("key:", 5, " "),
        ("ключ: значение", 7, "значение"),
    ],
)
def test_the_mark_is_below_what_is_meant(
    tmp_path: Path, text: str, column: int, marked: str
) -> None:
    line, mark = shown(tmp_path / "a.yaml", f"# one\n{text}\n", 2, column)
    assert line == f"     2 | {text}"
    assert mark == "       | " + " " * (column - 1) + "^" * len(marked)


def test_a_long_line_is_cut_around_the_spot_and_nothing_commands_the_terminal(
    tmp_path: Path,
) -> None:
    text = "x" * 500 + " spot " + "y" * 500 + "\x1b[31m"
    line, mark = shown(tmp_path / "a.yaml", text, 1, 502)
    assert len(line) <= 100
    assert line[mark.index("^") :].startswith("spot")
    assert mark.count("^") == 4
    (line, _) = shown(tmp_path / "b.yaml", b"a: \x1b[31m\xff", 1, 4)
    assert line.isprintable()


def test_a_place_that_is_not_there_has_no_snippet(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    assert shown(path, "a: 1\n", 9, 1) == []
    assert shown(path, "a: 1\n", 0, 0) == []
    assert snippet(Place("setting war", 0, 0)) == []
    assert snippet(Place(str(tmp_path), 1, 1)) == []


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\nb: 2\n", encoding="utf-8")
    places = [Place(str(path), line, 4) for line in (1, 2)]
    told = explained(FileError([(place, "no") for place in places], "... and more faults"))
    assert told.splitlines() == [
        f"{path}:1:4: no", "     1 | a: 1", "       |    ^",
        f"{path}:2:4: no", "     2 | b: 2", "       |    ^",
        "... and more faults",
    ]  # fmt: skip
