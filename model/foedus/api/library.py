"""Every scenario of a case side by side, played and written into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from foedus import cases
from foedus.runs.engines import check_threads
from foedus.runs.study import check_writable
from foedus.studies.library.folder import check_library, play_case, write_library
from foedus.telling.program import compile_first, progress_of, say, watched

if TYPE_CHECKING:
    from foedus.runs.records import Request
    from foedus.studies.library.study import Library


def library_to_disk(
    out: str | Path,
    request: Request,
    *,
    case: str | Path | None = None,
    threads: int | None = None,
) -> tuple[Library, str]:
    """Play every scenario of a case with common random numbers, and write what came out.

    Args:
        out: Folder in which the library's own folder is made.
        request: What was asked for; from 1 to 20,000 trials of each scenario.
        case: Name or folder of the case; the usual one if None.
        threads: Number of threads; as many as there are cores if None.

    Returns:
        What came out, and where it lies.

    Raises:
        FoedusError: A number is out of range, or the folder cannot be written.
    """
    check_library(request.trials, request.seed)
    check_threads(threads)
    check_writable(Path(out))
    whose = cases.load(case)
    compile_first()
    with progress_of("scenarios", len(whose.scenarios()), shown=watched()) as counter:
        played = play_case(
            trials=request.trials,
            seed=request.seed,
            parameter_set=request.evidence_set,
            case=whose,
            threads=threads,
            progress=counter.add,
        )

    def draw(library: Library, folder: Path) -> None:
        from foedus.figures.studies.library import draw_library

        draw_library(library, folder)

    if request.figures:
        say("drawing the pages ...")
    return played, write_library(played, out, case=whose, draw=draw if request.figures else None)
