"""`foedus rerun`: repeat a run, and say whether it comes out the same, to the bit."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import program, say, telling
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands

DIFFERENT = 1


def add(commands: Commands) -> None:
    """Offer the command."""
    parser = words.add_command(
        commands,
        "rerun",
        rerun,
        summary="repeat a run and verify it to the bit",
        description="Repeat a run from its own folder, and name the first table, trial, month and "
        "column that differ. Exit status 0 if nothing does, 1 if something does.",
    )
    parser.add_argument("run", metavar="RUN", type=words.place, help="folder of a run")
    words.add_threads(parser)


def rerun(options: argparse.Namespace) -> int:
    """Verify the files of a run, repeat it, and compare all tables."""
    from foedus.runs.store import fetch

    words.check_threads(options.threads)
    with TemporaryDirectory(prefix="foedus-") as folder:
        run, manifest = fetch(_place(options.run), Path(folder) / "run"), None
        manifest = _manifest(run, options.run)
        lost = _damage(run, manifest)
        _compare_code(manifest)
        again = Path(folder) / "again"
        _repeat(run, manifest, again, options.threads)
        return _compare(run, again, manifest) or lost


def _place(path: str) -> str:
    from foedus.runs.run_list import find

    found = find(path)
    if found.kind != "run":
        raise FoedusError(f"{path}: found {found.kind or 'an empty shell'}, expected a run")
    if found.standing != "whole":
        raise FoedusError(
            f"{path}: is not finished; go on with `{program()} run --resume {found.place}`"
        )
    return found.place


def _manifest(run: Path, named: str) -> dict[str, Any]:
    from foedus.runs.run_folder import read_manifest

    manifest = read_manifest(run)
    if manifest is None:
        raise FoedusError(f"{named}/manifest.json: was written by another version")
    return manifest


def _damage(run: Path, manifest: dict[str, Any]) -> int:
    """Name the files that are no longer what was written."""
    from foedus.runs.verify import damaged_files

    lost = damaged_files(run, manifest["files"])
    for name in lost:
        print(f"{name}: is not the file that the manifest describes")
    return DIFFERENT if lost else 0


def _compare_code(manifest: dict[str, Any]) -> None:
    """Say whether the same code repeats the run."""
    from foedus.runs.provenance import code_revision, versions
    from foedus.simulation.compiled import cache

    if manifest.get("sources") == cache.digest():
        print("Same model code, NumPy and Numba as then.")
        return
    was = manifest.get("versions", {}) | manifest.get("code", {})
    now = versions() | code_revision()
    changed = [
        f"{name} {was.get(name, '?')} then, {now.get(name, '?')} now"
        for name in ("foedus", "git", "python", "numpy", "numba")
        if was.get(name) != now.get(name)
    ]
    print(f"Other model code than then{': ' if changed else ''}{'; '.join(changed)}.")


def _repeat(run: Path, manifest: dict[str, Any], again: Path, threads: int | None) -> None:
    from foedus.runs.chunked_run import Request, Threads, begin_run
    from foedus.simulation.chunks import CHUNK
    from foedus.simulation.loading import load_setup

    was = manifest["run"]
    request = Request(was["trials"], was["seed"], was["evidence_set"], CHUNK, figures=False)
    setup = load_setup(run / "scenario.yaml", request.evidence_set)
    with begin_run(request, setup, None, again) as unfinished:
        if unfinished.origin.quantities_digest != was["quantities_digest"]:
            print("The drawn quantities differ: the parameters or the alliance have changed.")
        say(f"repeating {request.trials:,} trials ...")
        with telling(request.trials) as progress:
            unfinished.work_off(Threads(threads), progress)
        unfinished.finish()


def _compare(run: Path, out: Path, manifest: dict[str, Any]) -> int:
    import pyarrow as pa

    from foedus.runs.tables.catalogue import TABLES
    from foedus.runs.verify import deviations, same_bytes

    (again,) = out.iterdir()
    found = list(deviations(run / "tables", again / "tables"))
    for one in found:
        print(f"{'First difference' if one is found[0] else 'And'}: {one.line}")
    if found:
        print(f"{len(found)} of {len(TABLES)} tables differ.")
        return DIFFERENT
    names = [f"{name}.parquet" for name in TABLES]
    equal = sum(same_bytes(run / "tables" / name, again / "tables" / name) for name in names)
    if equal == len(names):
        print(f"All {equal} tables are the same, to the bit.")
    else:
        was = manifest["versions"].get("pyarrow", "?")
        print(
            f"All {len(names)} tables say the same; {len(names) - equal} are written otherwise "
            f"(pyarrow {was} then, {pa.__version__} now)."
        )
    return 0
