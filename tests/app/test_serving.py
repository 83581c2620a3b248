"""The server of the page: where it listens, what it refuses, what it carries with it."""

import io
import json
import re
import socket
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
import solara

from command import foedus_process
from foedus.app import build_assets, serving
from foedus.cli import parser
from foedus.errors import FoedusError


def test_it_binds_to_this_machine_alone_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    options = parser().parse_args(["app"])
    assert (options.host, options.port) == ("127.0.0.1", 8765)
    with serving.listen(options.host, 0) as taken:
        assert taken.getsockname()[0] == "127.0.0.1"


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = foedus_process("app", "--port", port)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"foedus: --port: {port} is in use;")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--port", "70000"), "--port: found 70000, expected from 0 to 65535"),
        (("--port", "soon"), "expected a whole number"),
        (("--host", "no.such.host.invalid"), "--host: found «no.such.host.invalid»"),
        (("--host", "192.0.2.1"), "--host: «192.0.2.1» is no address of this machine"),
        (("no-such-scenario",), "unknown bundled scenario «no-such-scenario»"),
    ],
)
def test_what_cannot_be_served_is_one_clear_line(words: tuple[str, ...], said: str) -> None:
    done = foedus_process("app", "--port", "0", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_missing_extra_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "solara.py").write_text("raise ModuleNotFoundError('solara')", encoding="utf-8")
    blocked = "import sys; sys.modules['solara'] = None"
    (tmp_path / "sitecustomize.py").write_text(blocked, encoding="utf-8")
    root = Path(serving.__file__).parents[2]
    done = foedus_process("app", PYTHONPATH=f"{tmp_path}:{root}")
    assert done.returncode == 2
    assert "the browser page needs «solara»" in done.stderr
    assert 'pip install "foedus[app]"' in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_page_carries_all_that_this_version_of_solara_asks_for() -> None:
    """A later Solara asks for other files, and would show an empty page without the internet."""
    home = Path(solara.__file__).parent
    template = (home / "server" / "templates" / "solara.html.j2").read_text(encoding="utf-8")
    grid = (home / "widgets" / "vue" / "gridlayout.vue").read_text(encoding="utf-8")
    older = template.replace("{{ipywidget_major_version}}", "8")
    asked = set(re.findall(r"\{\{cdn\}\}/([^\"{]+)", older))
    asked |= set(re.findall(r"getCdn\(\)\}/([^`]+)`", grid))
    # Vue 3 is not what ipyvue 1 uses, and the long text is not for production.
    asked = {each for each in asked if "vuetify3" not in each and not each.endswith("app8.js")}
    assert len(asked) >= 5
    with zipfile.ZipFile(build_assets.ASSETS / build_assets.PAGE) as archive:
        assert asked <= set(archive.namelist())
    size = sum(path.stat().st_size for path in build_assets.ASSETS.iterdir())
    assert size < 5_000_000


def test_assets_are_unpacked_once_and_again_if_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOEDUS_CACHE", str(tmp_path))
    folder = serving.assets_folder()
    assert folder.is_relative_to(tmp_path)
    assert serving.assets_folder() == folder
    assert (folder / build_assets.REQUIRE / "require.js").is_file()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("page-")) == [
        folder.name
    ]


def test_building_the_assets_again_changes_nothing_but_what_changed() -> None:
    """Two builds from the same packages are equal, byte for byte."""

    def package(files: dict[str, bytes]) -> bytes:
        held = io.BytesIO()
        with tarfile.open(fileobj=held, mode="w:gz") as archive:
            for name, content in files.items():
                entry = tarfile.TarInfo(f"package/{name}")
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        return held.getvalue()

    packages = {
        build_assets.BUNDLE: {"dist/main8.css": b"css", "dist/a.woff2": b"font", "dist/b.eot": b""},
        build_assets.GRID: {"dist/vue-grid-layout.umd.min.js": b"grid"},
        build_assets.REQUIRE: {"require.js": b"require", "bin/r.js": b"no"},
    }
    built = [build_assets.page(lambda name: package(packages[name])) for _ in range(2)]
    assert built[0] == built[1]
    with zipfile.ZipFile(io.BytesIO(built[0])) as archive:
        assert [name.rpartition("/")[2] for name in archive.namelist()] == [
            "a.woff2",
            "main8.css",
            "vue-grid-layout.umd.js",
            "require.js",
        ]


def test_licences_of_what_is_carried_are_named() -> None:
    notes = (build_assets.ASSETS / "README.md").read_text(encoding="utf-8")
    for package in (
        build_assets.BUNDLE,
        build_assets.GRID,
        build_assets.REQUIRE,
        build_assets.ATLAS,
    ):
        name, _, version = package.rpartition("@")
        assert f"`{name}` {version}" in notes
    region = json.loads((build_assets.ASSETS / build_assets.REGION).read_text(encoding="utf-8"))
    assert region["type"] == "FeatureCollection"


def test_nowhere_to_unpack_is_one_clear_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setenv("FOEDUS_CACHE", str(tmp_path))
    monkeypatch.setattr(tempfile, "TemporaryDirectory", refuse)
    with pytest.raises(FoedusError, match="could not unpack the page there"):
        serving.assets_folder()
