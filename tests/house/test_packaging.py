"""Does the package work where its checkout is not, and do the files around it tell the truth?"""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import foedus
from command import LONG_ENOUGH, ROOT
from foedus import data
from foedus.errors import FoedusError

PLUMBING = [
    *("pyproject.toml", "constraints.txt", "Makefile", "CITATION.cff", "CHANGELOG.md"),
    *(".gitignore", ".gitattributes", ".editorconfig", ".python-version"),
    *(".ci/run", ".ci/prepare", ".ci/find-python"),
]
# What `foedus run --no-figures` must not load: each costs a second or more.
SLOW_LIBRARIES = {"mesa", "pandas", "seaborn", "matplotlib", "scipy.stats"}


def call(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `command` in `cwd` with nothing in its environment that leads to the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=kept | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONG_ENOUGH,
    )


# --- The wheel -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the unpacked source distribution, so that both must be complete."""
    folder = tmp_path_factory.mktemp("dist")
    hatchling = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    built = call(*hatchling, "-t", "sdist", cwd=ROOT)
    assert built.returncode == 0, built.stderr
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    unpacked = next(path for path in folder.iterdir() if path.is_dir())
    built = call(*hatchling, "-t", "wheel", cwd=unpacked)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment with the wheel; it borrows the libraries of this one.

    A `.pth` file inside a borrowed folder is not read, so an editable install stays invisible.
    """
    folder = tmp_path_factory.mktemp("elsewhere") / "env"
    venv.create(folder, with_pip=True, symlinks=True)
    binaries = folder / "bin"
    install = ("install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    done = call(binaries / "python", "-m", "pip", *install, wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    packages = next(folder.glob("lib/python3*/site-packages"))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return binaries


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"foedus"}
    assert "foedus/py.typed" in names
    for name in ("fit.py", "hindcast.py", "patterns.py", "foedus_csto/__init__.py"):
        assert f"foedus/data/calibration/{name}" in names
    for name in ("scenarios", "calibration"):
        bundled = {
            f"foedus/data/{path.relative_to(ROOT)}"
            for path in (ROOT / name).rglob("*.yaml")
            if path.is_file()
        }
        assert bundled, f"no YAML file in {name}/"
        assert bundled <= set(names)


@pytest.mark.slow
def test_the_installed_command_runs_far_from_any_checkout(installed: Path, tmp_path: Path) -> None:
    where = call(installed / "python", "-c", "import foedus; print(foedus.__file__)", cwd=tmp_path)
    assert Path(where.stdout.strip()).is_relative_to(installed.parent), where.stderr

    done = call(
        *(installed / "foedus", "run", "baseline", "--trials", "50"),
        *("--no-figures", "--out", "results"),
        cwd=tmp_path,
        PYTHONPROFILEIMPORTTIME="1",
    )

    assert done.returncode == 0, done.stderr[-2000:]
    manifests = list((tmp_path / "results").rglob("manifest.json"))
    assert len(manifests) == 1
    assert json.loads(manifests[0].read_text())
    loaded = set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, flags=re.MULTILINE))
    assert "foedus.cli" in loaded
    assert not SLOW_LIBRARIES & loaded


@pytest.mark.slow
def test_the_installed_case_is_found_by_its_name(installed: Path, tmp_path: Path) -> None:
    code = "from foedus import cases; c = cases.load(); print(c.name, len(c.module().PATTERNS))"
    done = call(installed / "python", "-c", code, cwd=tmp_path)
    assert done.stdout == "csto 28\n", done.stderr


# --- Bundled folders -----------------------------------------------------------------------------


def test_the_bundled_folders_are_those_of_the_checkout() -> None:
    assert data.scenarios_folder() == ROOT / "scenarios"
    assert data.calibration_folder() == ROOT / "calibration"


def test_the_data_of_an_installed_package_come_first(tmp_path: Path) -> None:
    package = tmp_path / "model" / "foedus"
    (package / "data" / "scenarios").mkdir(parents=True)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "pyproject.toml").touch()
    assert data._bundled("scenarios", package) == package / "data" / "scenarios"


def test_a_strange_folder_of_the_same_name_is_not_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    with pytest.raises(FoedusError, match=r"scenarios.*missing.*install foedus again"):
        data._bundled("scenarios", tmp_path / "site-packages" / "foedus")


# --- What the files say --------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLUMBING)
def test_no_file_names_a_package_index_or_a_path_of_one_machine(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.findall(r"--(?:extra-)?index-url|--find-links|--cert\b|--trusted-host", text)
    assert not re.findall(r"https?://[^\s)\"']*(?:pypi|simple|wheels|mirror|proxy)", text)
    assert not re.findall(r"(?<![\w$}])/(?:root|home|Users|work|opt|private|mnt)/", text)
    assert str(ROOT) not in text


def project() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.lstrip().startswith("#")]
    versions: dict[str, list[str]] = {}
    for pin in pins:
        assert str(pin.specifier).startswith("=="), f"{pin} is not pinned to one version"
        number = str(pin.specifier).removeprefix("==")
        versions.setdefault(canonicalize_name(pin.name), []).append(number)
    settings = project()
    wanted = [
        *settings["project"]["dependencies"],
        *chain(*settings["project"]["optional-dependencies"].values()),
        *settings["build-system"]["requires"],
    ]
    for requirement in (each for each in map(Requirement, wanted) if each.name != "foedus"):
        numbers = versions[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(number) for number in numbers), requirement


def test_citation_and_changelog_know_the_version() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {foedus.__version__}\n" in citation
    assert f"\n## [{foedus.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
