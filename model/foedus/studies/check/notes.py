"""All that `foedus scenario check` says of a scenario that is valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus import evidence
from foedus.files.snippets import snippet
from foedus.scenarios.describe.notes import Notes
from foedus.scenarios.loading import traced
from foedus.scenarios.resolve import lineage, path_of
from foedus.studies.check.unused_keys import idle
from foedus.studies.sweep.design_notes import design_notes
from foedus.telling.program import compile_first

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.scenarios.describe.notes import Note


def notes_of(reference: str, case: Case, *, quick: bool) -> list[Note]:
    """Notes on what is allowed and hardly meant, in the order of the file.

    Args:
        reference: A scenario file, or a name.
        case: Whose parameters and evidence it may name.
        quick: Whether no trials are played to find out what makes no difference.

    Raises:
        FoedusError: The scenario is not valid.
    """
    root, resolved = traced(reference, case)
    file = path_of(case.scenario(reference))
    notes = Notes(root, resolved, evidence.load(case), lineage(file)).all()
    notes += design_notes(root, resolved, file.parent)
    if not quick:
        compile_first()
        known = {note.place for note in notes}
        notes += [note for note in idle(file, case=case) if note.place not in known]
    return sorted(notes)


def told(note: Note) -> str:
    """A note with the line that is meant."""
    key = f"{note.key}: " if note.key else ""
    return "\n".join([f"{note.place}: note: {key}{note.message}", *snippet(note.place)])


def count(number: int, what: str) -> str:
    """A number of things.

    Example:
        >>> count(1, "note"), count(2, "note")
        ('1 note', '2 notes')
    """
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
