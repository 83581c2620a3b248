"""Repeating a run from its own folder, and saying whether it comes out the same, to the bit."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow as pa

from foedus.errors import FoedusError
from foedus.runs.chunked_run import begin_run
from foedus.runs.engines import Threads, check_threads
from foedus.runs.provenance import code_revision, identity_of, machine, versions
from foedus.runs.recall import manifest_of, setup_of_run
from foedus.runs.records import Request
from foedus.runs.run_list import find
from foedus.runs.storage import ledger
from foedus.runs.storage.store import fetch
from foedus.runs.tables.catalogue import TABLES
from foedus.runs.verify import damaged_files, deviations, same_bytes
from foedus.telling.program import compile_first, program, progress_of, say, watched

if TYPE_CHECKING:
    from collections.abc import Callable

    from foedus.runs.records import Manifest
    from foedus.simulation.world import Setup

type Tell = Callable[[str], object]


def rerun(
    path: str, *, threads: int | None = None, case: str | None = None, tell: Tell = print
) -> bool:
    """Verify the files of a run, repeat it, and compare all tables.

    Args:
        path: Folder of the run, or an address for fsspec.
        threads: Number of threads; as many as there are cores if None.
        case: Where the run's case lies now; where it lay then if None.
        tell: Called with every line of what is found.

    Returns:
        Whether nothing differs.

    Raises:
        FoedusError: It is no complete run, or cannot be repeated.
    """
    check_threads(threads)
    with TemporaryDirectory(prefix="foedus-") as folder:
        run = fetch(_place(path), Path(folder) / "run")
        manifest = manifest_of(run)
        lost = damaged_files(run, manifest.files)
        for name in lost:
            tell(f"{name}: is not the file that the manifest describes")
        setup = setup_of_run(run, manifest, case)
        changed = _tell_changes(manifest, setup, tell)
        _repeat(setup, manifest, Path(folder) / "again", threads)
        (again,) = (Path(folder) / "again").iterdir()
        return _tell_differences(run, again, manifest, changed=changed, tell=tell) and not lost


def _place(path: str) -> str:
    found = find(path)
    if found.kind != "run":
        raise FoedusError(f"{path}: found {found.kind or 'an empty shell'}, expected a run")
    if found.standing != "whole":
        raise FoedusError(
            f"{path}: is not finished; go on with `{program()} run --resume {found.place}`"
        )
    return found.place


def _tell_changes(manifest: Manifest, setup: Setup, tell: Tell) -> bool:
    """Tell what is not what it was then; whether anything that shapes the numbers is."""
    then, now = manifest.identity, identity_of(setup)
    code = now.code_changes(then)
    if not code:
        tell("Same model code, NumPy and Numba as then.")
    else:
        was, here = manifest.versions | manifest.code, versions() | code_revision()
        named = [
            f"{name} {was.get(name, '?')} then, {here.get(name, '?')} now"
            for name in ("foedus", "git", "python")
            if was.get(name) != here.get(name)
        ]
        tell(f"Other model code than then: {'; '.join([*code, *named])}.")
    # A run that was written from memory does not say what it started from.
    data = now.input_changes(then) if then.inputs else []
    if data:
        tell(f"Other data than then: {', '.join(data)}.")
    elsewhere = [
        f"{name} {manifest.versions[name]} then, {value} now"
        for name, value in machine().items()
        if manifest.versions.get(name, value) != value
    ]
    if elsewhere:
        tell(f"Another machine than then, which should change nothing: {'; '.join(elsewhere)}.")
    return bool(code or data)


def _repeat(setup: Setup, manifest: Manifest, out: Path, threads: int | None) -> None:
    """Play a run once more, into a folder of its own."""
    was = manifest.run
    request = Request(
        trials=was.trials, seed=was.seed, evidence_set=was.evidence_set, figures=False
    )
    with ledger.kept(), begin_run(request, setup, None, out) as unfinished:
        compile_first()
        say(f"repeating {was.trials:,} trials ...")
        with progress_of("trials", was.trials, shown=watched()) as progress:
            unfinished.work_off(Threads(threads), progress.reach)
        unfinished.finish()


def _tell_differences(
    run: Path, again: Path, manifest: Manifest, *, changed: bool, tell: Tell
) -> bool:
    """Tell which tables differ, and where first; whether none does."""
    different = list(deviations(run / "tables", again / "tables"))
    for number, deviation in enumerate(different):
        tell(f"{'And' if number else 'First difference'}: {deviation.line}")
    if different:
        why = "" if changed else ", though neither code nor data have changed"
        tell(f"{len(different)} of {len(TABLES)} tables differ{why}.")
        return False
    names = [f"{name}.parquet" for name in TABLES]
    equal = sum(same_bytes(run / "tables" / name, again / "tables" / name) for name in names)
    if equal == len(names):
        tell(f"All {equal} tables are the same, to the bit.")
    else:
        was = manifest.versions.get("pyarrow", "?")
        tell(
            f"All {len(names)} tables say the same; {len(names) - equal} are written otherwise "
            f"(pyarrow {was} then, {pa.__version__} now)."
        )
    return True
