"""Does setting up find a Python on any machine, and survive whatever interrupts it?"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from command import LONG_ENOUGH, ROOT

# --- Finding a Python ----------------------------------------------------------------------------

type Script = Callable[..., Path]
type Caller = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A machine with the usual small tools and no Python: its `bin`, beside an empty home."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    (tmp_path / "home").mkdir()
    for tool in ("sh", "cat", "cksum", "cp", "chmod", "dirname", "mkdir", "rm", "sleep"):
        found = shutil.which(tool)
        assert found is not None
        (binaries / tool).symlink_to(found)
    return binaries


@pytest.fixture
def script(bare: Path) -> Script:
    """Writes an executable shell script, by default into the `bin` of the bare machine."""

    def write(name: str, body: str, folder: Path = bare) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the files that setting up reads."""
    folder = tmp_path / "checkout"
    (folder / ".ci").mkdir(parents=True)
    for name in (".ci/find-python", ".ci/prepare", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def on_bare_machine(bare: Path, checkout: Path) -> Caller:
    """Calls a script of the checkout on the bare machine."""

    def run(name: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(bare), "HOME": str(bare.parent / "home")}
        return subprocess.run(
            [str(checkout / ".ci" / name), *arguments],
            cwd=bare.parent,
            env=environment | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONG_ENOUGH,
        )

    return run


# A Python of the right version answers with its own path; one that is too old, with status 1.
FITS = 'echo "$0"'
TOO_OLD = "exit 1"
REFUSES = 'echo "no version is switched on" >&2; exit 127'
NO_ENSUREPIP = 'echo "$0"; exit 3'


def test_without_a_python_it_says_in_plain_words_what_to_install(on_bare_machine: Caller) -> None:
    found = on_bare_machine("find-python")
    assert found.returncode == 2
    assert found.stdout == ""
    assert "needs Python 3.12 or 3.13" in found.stderr
    assert "apt install" in found.stderr


def test_an_old_python_alone_is_not_enough(on_bare_machine: Caller, script: Script) -> None:
    script("python3", TOO_OLD)
    found = on_bare_machine("find-python")
    assert (found.returncode, found.stdout) == (2, "")
    assert "needs Python 3.12 or 3.13" in found.stderr


def test_a_shim_that_refuses_to_run_is_passed_over(on_bare_machine: Caller, script: Script) -> None:
    script("python3.12", REFUSES)
    script("python3.13", REFUSES)
    script("python3", TOO_OLD)
    good = script("python", FITS)
    found = on_bare_machine("find-python")
    assert (found.returncode, found.stdout) == (0, f"{good}\n")


@pytest.mark.parametrize(
    "place",
    [
        ".pyenv/versions/3.12.1",
        ".asdf/installs/python/3.13.0",
        ".local/share/mise/installs/python/3.12",
        ".local/share/uv/python/cpython-3.13.1-linux-x86_64-gnu",
        "miniforge3/envs/politics",
    ],
)
def test_version_managers_are_searched_though_switched_off(
    place: str, on_bare_machine: Caller, script: Script, tmp_path: Path
) -> None:
    good = script("python3", FITS, tmp_path / "home" / place / "bin")
    found = on_bare_machine("find-python")
    assert (found.returncode, found.stdout) == (0, f"{good}\n")


def test_a_python_without_ensurepip_is_named(on_bare_machine: Caller, script: Script) -> None:
    crippled = script("python3.12", NO_ENSUREPIP)
    found = on_bare_machine("find-python")
    assert (found.returncode, found.stdout) == (2, "")
    assert str(crippled) in found.stderr
    assert "apt install python3-venv" in found.stderr


def test_a_named_python_is_used_or_refused_but_never_replaced(
    on_bare_machine: Caller, script: Script, tmp_path: Path
) -> None:
    script("python3", FITS)
    mine = script("mine", FITS, tmp_path / "my folder")
    assert on_bare_machine("find-python", PYTHON=str(mine)).stdout == f"{mine}\n"
    refused = on_bare_machine("find-python", PYTHON="no-such-python")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "PYTHON=no-such-python" in refused.stderr


def test_uv_is_asked_when_nothing_else_fits(on_bare_machine: Caller, script: Script) -> None:
    managed = script("managed", FITS)
    script("uv", f'[ "$2" = install ] || echo "{managed}"')
    found = on_bare_machine("find-python")
    assert (found.returncode, found.stdout) == (0, f"{managed}\n")


def test_this_very_python_fits(on_bare_machine: Caller) -> None:
    """The question itself, which the scripts above only pretend to answer, runs and says yes."""
    found = on_bare_machine("find-python", PYTHON=sys.executable)
    assert found.returncode == 0, found.stderr
    version = [found.stdout.strip(), "-c", "import sys; print(sys.version_info[:2] >= (3, 12))"]
    assert subprocess.check_output(version, text=True) == "True\n"


# --- Preparing .venv -----------------------------------------------------------------------------

# Makes environments that hold a copy of itself, and writes down what pip was asked.
PYTHON_WITH_PIP = """
case "$*" in
    "-m venv --clear "*) rm -rf "$4"; mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; echo venv >>log ;;
    "-m pip install"*) echo pip >>log; [ ! -e fail ] || exit 1; : >.venv/bin/foedus
        chmod +x .venv/bin/foedus ;;
    *) echo "$0" ;;
esac
"""


@pytest.fixture
def prepare(on_bare_machine: Caller, script: Script, checkout: Path) -> Callable[..., list[str]]:
    """Prepares the checkout and says what was done: "venv" and "pip", in order."""
    script("python3.12", PYTHON_WITH_PIP)

    def run(*arguments: str, status: int = 0) -> list[str]:
        log = checkout / "log"
        log.write_text("")
        done = on_bare_machine("prepare", *arguments)
        assert done.returncode == status, done.stderr
        return log.read_text().split()

    return run


def test_setting_up_twice_does_nothing_the_second_time(
    prepare: Callable[..., list[str]],
) -> None:
    assert prepare() == ["venv", "pip", "pip"]
    assert prepare() == []
    assert prepare("test") == ["pip", "pip"]
    assert prepare("test") == []
    assert prepare() == []


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_new_requirements_are_installed(
    name: str, prepare: Callable[..., list[str]], checkout: Path
) -> None:
    prepare("test")
    with (checkout / name).open("a") as file:
        file.write("# new\n")
    assert prepare("test") == ["pip", "pip"]


def test_a_failed_setup_is_completed_and_an_interrupted_one_begun_anew(
    prepare: Callable[..., list[str]], checkout: Path
) -> None:
    (checkout / "fail").touch()
    assert prepare(status=1) == ["venv", "pip"]
    (checkout / "fail").unlink()
    assert prepare() == ["pip", "pip"]
    # The number of a process that has ended.
    ended = subprocess.Popen(["true"])
    ended.wait()
    (checkout / ".venv" / ".foedus-busy").write_text(f"{ended.pid}\n")
    assert prepare() == ["venv", "pip", "pip"]


def test_two_setups_do_not_meet(prepare: Callable[..., list[str]], checkout: Path) -> None:
    prepare()
    busy = checkout / ".venv" / ".foedus-busy"
    busy.write_text(f"{os.getpid()}\n")
    assert prepare(status=2) == []
    assert busy.exists()


def test_a_moved_checkout_gets_a_new_environment(
    prepare: Callable[..., list[str]], checkout: Path
) -> None:
    prepare()
    (checkout / ".venv" / ".foedus-place").write_text("/somewhere/else\n")
    assert prepare() == ["venv", "pip", "pip"]
