"""`foedus rerun`: repeat a run, and say whether it comes out the same, to the bit."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from foedus.commands.shared import options as words
from foedus.commands.shared.playing import program, say, telling
from foedus.commands.shared.recalling import manifest_of
from foedus.errors import FoedusError

if TYPE_CHECKING:
    import argparse

    from foedus.commands.shared.options import Commands
    from foedus.runs.records import Manifest
    from foedus.simulation.world import Setup

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
        run = fetch(_place(options.run), Path(folder) / "run")
        manifest = manifest_of(run)
        lost = _damage(run, manifest)
        again = Path(folder) / "again"
        changed = _repeat(run, manifest, again, options.threads)
        return _compare(run, again, manifest, changed=changed) or lost


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


def _damage(run: Path, manifest: Manifest) -> int:
    """Name the files that are no longer what was written."""
    from foedus.runs.verify import damaged_files

    lost = damaged_files(run, manifest.files)
    for name in lost:
        print(f"{name}: is not the file that the manifest describes")
    return DIFFERENT if lost else 0


def _changes(manifest: Manifest, setup: Setup) -> bool:
    """Say what is not what it was then; whether anything that shapes the numbers is."""
    from foedus.runs.provenance import code_revision, identity_of, machine, versions

    then, now = manifest.identity, identity_of(setup)
    code = now.code_changes(then)
    if not code:
        print("Same model code, NumPy and Numba as then.")
    else:
        was, here = manifest.versions | manifest.code, versions() | code_revision()
        named = [
            f"{name} {was.get(name, '?')} then, {here.get(name, '?')} now"
            for name in ("foedus", "git", "python")
            if was.get(name) != here.get(name)
        ]
        print(f"Other model code than then: {'; '.join([*code, *named])}.")
    # A run that was written from memory does not say what it started from.
    data = now.input_changes(then) if then.inputs else []
    if data:
        print(f"Other data than then: {', '.join(data)}.")
    elsewhere = [
        f"{name} {manifest.versions[name]} then, {value} now"
        for name, value in machine().items()
        if manifest.versions.get(name, value) != value
    ]
    if elsewhere:
        print(f"Another machine than then, which should change nothing: {'; '.join(elsewhere)}.")
    return bool(code or data)


def _repeat(run: Path, manifest: Manifest, again: Path, threads: int | None) -> bool:
    """Repeat a run; whether anything that shapes its numbers has changed."""
    from foedus.runs import ledger
    from foedus.runs.chunked_run import Threads, begin_run
    from foedus.runs.records import Request
    from foedus.simulation.chunks import CHUNK
    from foedus.simulation.loading import load_setup

    was = manifest.run
    request = Request(
        trials=was.trials,
        seed=was.seed,
        evidence_set=was.evidence_set,
        chunk=CHUNK,
        figures=False,
    )
    setup = load_setup(run / "scenario.yaml", request.evidence_set)
    changed = _changes(manifest, setup)
    with ledger.kept(), begin_run(request, setup, None, again) as unfinished:
        say(f"repeating {request.trials:,} trials ...")
        with telling(request.trials) as progress:
            unfinished.work_off(Threads(threads), progress)
        unfinished.finish()
    return changed


def _compare(run: Path, out: Path, manifest: Manifest, *, changed: bool) -> int:
    import pyarrow as pa

    from foedus.runs.tables.catalogue import TABLES
    from foedus.runs.verify import deviations, same_bytes

    (again,) = out.iterdir()
    found = list(deviations(run / "tables", again / "tables"))
    for one in found:
        print(f"{'First difference' if one is found[0] else 'And'}: {one.line}")
    if found:
        why = "" if changed else ", though neither code nor data have changed"
        print(f"{len(found)} of {len(TABLES)} tables differ{why}.")
        return DIFFERENT
    names = [f"{name}.parquet" for name in TABLES]
    equal = sum(same_bytes(run / "tables" / name, again / "tables" / name) for name in names)
    if equal == len(names):
        print(f"All {equal} tables are the same, to the bit.")
    else:
        was = manifest.versions.get("pyarrow", "?")
        print(
            f"All {len(names)} tables say the same; {len(names) - equal} are written otherwise "
            f"(pyarrow {was} then, {pa.__version__} now)."
        )
    return 0
