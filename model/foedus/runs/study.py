"""The one way of every study, be it a run, a comparison, a sweep or the whole library.

It is begun with all that was asked for, in a folder of its own; it is filled with tables; the
manifest makes it complete; and only then come the texts and figures that show it. What ends it on
the way leaves either nothing, or pieces with which it is taken up again.
"""

from __future__ import annotations

import json
import os
import shlex
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import file_digest
from typing import TYPE_CHECKING, Any, Final

from foedus.data import USUAL_CASE
from foedus.errors import FoedusError
from foedus.files.atomic import write_whole
from foedus.files.faults import printable
from foedus.runs.provenance import SCHEMA_VERSION, code_revision, identity_of, versions
from foedus.runs.records import Record, read
from foedus.runs.storage.store import files
from foedus.runs.storage.unfinished import MANIFEST, Unfinished, mendable
from foedus.runs.tables.columns import labelled, write_csv, write_parquet
from foedus.telling.program import program, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from foedus.runs.provenance import Identity, Provenance
    from foedus.scenarios.resolved import ResolvedScenario

ABOUT: Final = ("kind", "created", "run", "digest", "identity", "case")
"""What the manifest says as the state says it."""

RESUMABLE: Final = ("run", "sweep")
"""Kinds of study that are kept piece by piece."""

MOST_REASON: Final = 200
"""Letters of a reason why something failed."""

type Step = tuple[str, Callable[[Path], object]]
"""What is written, in words, and what writes it into the folder of a result."""


@dataclass(frozen=True)
class Contents:
    """What comes after the tables of a study.

    Attributes:
        steps: What shows it: texts, figures.
        about: What else the manifest says of it.
    """

    steps: Sequence[Step]
    about: Mapping[str, Any] = field(default_factory=dict)


type Fill = Callable[[Path], Contents]
"""Writes scenarios and tables into a folder that exists."""


def begin(
    out: Path | str,
    kind: str,
    origin: Provenance,
    *,
    name: str = "",
    digest: str = "",
    identity: Identity | None = None,
    case: str = USUAL_CASE,
    now: datetime | None = None,
    **asked: Any,
) -> Unfinished:
    """Begin a study in a new folder ``<UTC time>-<name>-<hash>.unfinished``.

    Args:
        out: Folder in which it is made, itself made if absent; or an address for fsspec.
        kind: Such as ``run`` or ``sweep``.
        origin: All that decides its numbers.
        name: In the folder's name; that of the scenario if empty.
        digest: Whose start stands in the folder's name; that of `origin` if empty.
        identity: Code, libraries and inputs; without inputs if None.
        case: The case of its parameters, as `foedus.cases.load` takes it.
        now: When it begins; the present if None.
        asked: What else is needed to take it up again; anything that JSON can hold.

    Raises:
        FoedusError: The folder cannot be made or written.
    """
    made = (now or now_utc()).astimezone(UTC)
    stem = f"{made:%Y%m%dT%H%M%SZ}-{name or origin.scenario}-{(digest or origin.digest)[:8]}"
    about = about_study(kind, origin, identity or identity_of(), made, case)
    return Unfinished.begin(out, stem, about | asked)


def about_study(
    kind: str, origin: Provenance, identity: Identity, made: datetime, case: str = USUAL_CASE
) -> dict[str, Any]:
    """What state and manifest say alike."""
    return {
        "kind": kind,
        "created": made.isoformat(timespec="seconds"),
        "run": origin.plain,
        "digest": origin.digest,
        "identity": asdict(identity),
        "case": case,
    }


def finish(work: Unfinished, fill: Fill, *, resumable: bool = True) -> str:
    """Write the folder of a study, and remove the unfinished one.

    Args:
        work: What was begun.
        fill: Writes what must be there.
        resumable: Whether Ctrl-C may go through, since all can be taken up again.

    Returns:
        Where it lies.

    Raises:
        FoedusError: It cannot be written; nothing that was finished is lost.
        NotShownError: As for `Unfinished.finish`.
    """
    # What has a usual value may be missing, as in folders that were begun before it was kept.
    about = {name: work.state[name] for name in ABOUT if name in work.state}

    def whole(folder: Path) -> str | None:
        contents = fill(folder)
        return complete(folder, about | dict(contents.about), contents.steps, resumable=resumable)

    return work.finish(whole)


def write(out: Path | str, kind: str, origin: Provenance, fill: Fill, **how: Any) -> str:
    """Write a study that is in memory: the whole folder, or nothing.

    Args:
        out: As for `begin`, like `kind`, `origin` and all others.
        kind: Of the study.
        origin: All that decides its numbers.
        fill: Writes what must be there.
        how: As for `begin`.

    Raises:
        FoedusError: It cannot be written.
        NotShownError: As for `Unfinished.finish`.
    """
    with begin(out, kind, origin, **how) as work:
        try:
            return finish(work, fill, resumable=False)
        except BaseException:
            work.discard()
            raise


def take_up[S: Record, T](
    path: Path | str, kind: str, state: type[S], rebuild: Callable[[Unfinished, S], T]
) -> T | None:
    """Take up a study that was interrupted.

    Args:
        path: Its folder, with or without ``.unfinished`` at the end of its name.
        kind: Of the study.
        state: What its state must say.
        rebuild: Makes of its state what goes on with it.

    Returns:
        What was made; None if nothing is left to do.

    Raises:
        FoedusError: There is none, another process is at it, its state is damaged, or something has
            changed since that shapes its numbers.
    """
    work = Unfinished.open(path, kind)
    try:
        if work.is_whole():
            with mendable(work.path, "remove"):
                work.discard()
            say(f"{work.name} is whole; nothing was left to do")
            return None
        said = read(state, work.content, f"{work.path}/state.json")
        refuse_changes(work, identity_of().code_changes(said.identity))
        return rebuild(work, said)
    except Exception:
        # An interruption leaves it to the ledger, which says what is kept.
        work.release()
        raise


def refuse_changes(work: Unfinished, changes: Sequence[str]) -> None:
    """Refuse to go on where something has changed that shapes the numbers.

    Args:
        work: What would be gone on with.
        changes: What has changed since it was begun, in words.

    Raises:
        FoedusError: Anything has.
    """
    if changes:
        raise FoedusError(
            f"{work.path}: cannot be resumed, because finished chunks would not fit the rest. "
            f"Changed since it was begun: {', '.join(changes)}. Go on with what it was begun with, "
            "or begin anew"
        )


def exhibits(
    folder: Path,
    origin: Provenance,
    *,
    scenarios: Sequence[ResolvedScenario],
    tables: Mapping[str, pa.Table],
    text: str,
    draw: Callable[[Path], object] | None = None,
    about: Mapping[str, Any] | None = None,
) -> Contents:
    """Write scenarios and tables into the folder of an analysis.

    Args:
        folder: Where; it exists.
        origin: What it was made from.
        scenarios: What was played.
        tables: Tables by name; one whose name ends in ``.csv`` is written as text.
        text: What the terminal says.
        draw: Draws figures into a folder that exists; none if None.
        about: What else the manifest shall say.
    """
    for name, content in (("scenarios", scenarios), ("tables", tables)):
        if content:
            (folder / name).mkdir()
    for one in scenarios:
        path = folder / "scenarios" / f"{one.name}.yaml"
        path.write_text(one.to_yaml(), encoding="utf-8")
    for name, content in tables.items():
        with_keys = labelled(content, origin.label, origin.scenario)
        if name.endswith(".csv"):
            write_csv(with_keys, folder / "tables" / name)
        else:
            write_parquet(with_keys, folder / "tables" / f"{name}.parquet")

    def write_text(whole: Path) -> None:
        (whole / "summary.txt").write_text(text, encoding="utf-8")

    return Contents([("the summary", write_text), *figure_steps(draw)], about or {})


def figure_steps(draw: Callable[[Path], object] | None) -> list[Step]:
    """What draws figures into a folder of their own; nothing if none are wanted."""

    def write_figures(whole: Path) -> None:
        if draw is not None:
            (whole / "figures").mkdir()
            draw(whole / "figures")

    return [] if draw is None else [("the figures", write_figures)]


def complete(
    folder: Path, about: Mapping[str, Any], steps: Sequence[Step], *, resumable: bool
) -> str | None:
    """Write the manifest of a folder whose tables are there, and then whatever shows them.

    The tables with a manifest are a complete result. What cannot be written after that is left out,
    and named, whatever the reason.

    Args:
        folder: Of the result.
        about: What it was made from; versions, revision and the digest of every file are added.
        steps: What shows it: texts, figures.
        resumable: Whether Ctrl-C may go through, since all can be taken up again.

    Returns:
        What could not be written, in words; None if nothing is lacking.

    Raises:
        OSError: Not even the manifest can be written.
    """
    digests: dict[str, str] = {}
    content = {
        "schema_version": SCHEMA_VERSION,
        **about,
        "versions": versions(),
        "code": code_revision(),
    }
    _write_manifest(folder, content, digests)
    lacking = []
    for what, write_step in steps:
        before = set(files(folder))
        try:
            write_step(folder)
            _write_manifest(folder, content, digests)
        except (Exception, KeyboardInterrupt) as fault:
            if resumable and isinstance(fault, KeyboardInterrupt):
                raise
            for name in set(files(folder)) - before:
                (folder / name).unlink()
                digests.pop(name, None)
            lacking.append(f"{what} could not be written: {reason_of(fault)}")
    return "; ".join(lacking) or None


def _write_manifest(folder: Path, content: Mapping[str, Any], digests: dict[str, str]) -> None:
    """Write a manifest; digests that are known already are not worked out again."""
    for name in files(folder):
        if name != MANIFEST and name not in digests:
            with (folder / name).open("rb") as file:
                digests[name] = file_digest(file, "sha256").hexdigest()
    text = json.dumps(
        {**content, "files": dict(sorted(digests.items()))}, indent=2, ensure_ascii=False
    )
    write_whole(folder / MANIFEST, f"{text}\n")


def check_writable(folder: Path) -> None:
    """Find out before long work whether its results can be written.

    Raises:
        FoedusError: The folder cannot be made or written.
    """
    with mendable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{os.getpid()}.unfinished"
        try:
            probe.mkdir()
        finally:
            with suppress(OSError):
                probe.rmdir()


def now_utc() -> datetime:
    """The present, by the one clock that names and dates are taken from."""
    return datetime.fromtimestamp(time.time(), UTC)


def reason_of(fault: BaseException) -> str:
    """Why something failed, in one line."""
    if isinstance(fault, KeyboardInterrupt):
        return "interrupted"
    if isinstance(fault, MemoryError):
        return "out of memory"
    if isinstance(fault, OSError) and fault.errno:
        reason = os.strerror(fault.errno)
    else:
        kind = "" if isinstance(fault, FoedusError) else f"{type(fault).__name__}: "
        reason = f"{kind}{fault}"
    return printable(reason.strip(), MOST_REASON)


def say_pieces_there(work: Unfinished, finished: int) -> None:
    """Tell how far a study is that is taken up again, and what of it does not belong there."""
    strange = (
        f"; {work.refused} more, damaged or of another run, will be made again"
        if work.refused
        else ""
    )
    there = f"{finished} of {len(work.expected)} chunks are there"
    say(f"{there}; going on with the rest{strange}")


def what_is_kept(work: Unfinished) -> str:
    """What is kept of work that did not come to its end, and how to go on with it.

    Work of which nothing is done yet leaves nothing. It is nobody's from then on.
    """
    how = f"go on with `{program()} {work.kind} --resume {shlex.quote(work.path)}`"
    try:
        if work.is_whole():
            with suppress(OSError):
                work.discard()
            return f"{work.whole} is whole"
        if work.kind not in RESUMABLE:
            work.abandon()
            return ""
        there = set(work.names())
        done = len(there & set(work.expected) if work.expected else there)
        if not done:
            work.abandon()
            return "nothing was finished yet, and nothing is kept"
    except (FoedusError, OSError):
        # The folder is closed to us at present; what is in it stays.
        return f"what was finished is kept; {how}"
    finally:
        work.release()
    of = f" of {len(work.expected):,}" if work.expected else ""
    return f"{done:,}{of} chunks are kept; {how}"
