"""What an analysis leaves on disk: a folder like that of a run, whole or not at all."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from foedus.runs.provenance import identity_of
from foedus.runs.run_folder import about_run, complete, now_utc
from foedus.runs.tables.columns import labelled, write_csv, write_parquet
from foedus.runs.unfinished import Unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from foedus.runs.provenance import Provenance
    from foedus.runs.run_folder import Step
    from foedus.scenarios.resolved import ResolvedScenario


def folder_name(kind: str, scenario: str, digest: str, now: datetime | None = None) -> str:
    """Name of a folder: when, what, of which scenario, and the start of its digest."""
    made = (now or now_utc()).astimezone(UTC)
    return f"{made:%Y%m%dT%H%M%SZ}-{kind}-{scenario}-{digest[:8]}"


def fill_folder(  # noqa: PLR0913 - all that lies in a folder
    folder: Path,
    kind: str,
    origin: Provenance,
    *,
    scenarios: Sequence[ResolvedScenario],
    tables: Mapping[str, pa.Table],
    text: str,
    draw: Callable[[Path], object] | None = None,
    about: Mapping[str, Any] | None = None,
    resumable: bool = False,
) -> str | None:
    """Write scenarios, tables and manifest, and then text and figures.

    Args:
        folder: Where; it exists.
        kind: What kind of analysis it is.
        origin: What it was made from.
        scenarios: What was played.
        tables: Tables by name; one whose name ends in ``.csv`` is written as text.
        text: What the terminal said.
        draw: Draws figures into a folder that exists; none if None.
        about: What else the manifest shall say, or say instead.
        resumable: Whether Ctrl-C may go through, since all can be taken up again.

    Returns:
        What could not be written of text and figures, in words; None if nothing is lacking.
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

    def write_figures(whole: Path) -> None:
        if draw is not None:
            (whole / "figures").mkdir()
            draw(whole / "figures")

    steps: list[Step] = [("the summary", write_text)]
    if draw is not None:
        steps.append(("the figures", write_figures))
    content = about_study(kind, origin) | dict(about or {})
    return complete(folder, content, steps, resumable=resumable)


def about_study(kind: str, origin: Provenance) -> dict[str, Any]:
    """What state and manifest of an analysis say alike."""
    return about_run(origin, identity_of(), now_utc()) | {"kind": kind}


def write_folder(
    out: Path | str, kind: str, origin: Provenance, *, scenario: str, **content: Any
) -> str:
    """Write a whole analysis into a new folder of its own; see `fill_folder`.

    Raises:
        FoedusError: It cannot be written.
    """
    name = folder_name(kind, scenario, origin.digest)
    with Unfinished.begin(out, name, about_study(kind, origin)) as work:
        try:
            return work.finish(lambda folder: fill_folder(folder, kind, origin, **content))
        except BaseException:
            # There is nothing to take up again: all of it is made from memory.
            work.discard()
            raise
