"""Questions about the true future: dated, resolvable, forecast now and scored when resolved.

A set of questions is a YAML list, such as one in the folder ``questions`` of a case. Its forecasts
are the frequencies of the events in runs of several scenarios, mixed with written weights, because
a question about the world does not say which scenario will come. They are stored with hashes of
what they rest on, so that nobody can mend them afterwards without its showing.
"""

from __future__ import annotations

import json
import math
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    ROLL_CALL_KIND_NAMES,
    ROLL_CALL_VOTE_NAMES,
    EventKind,
)
from foedus.errors import FoedusError
from foedus.evidence.tables import nearest, read_rows
from foedus.runs.provenance import code_revision, sha256
from foedus.validation.patterns.reading import of_member

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foedus.cases import Case
    from foedus.evidence.tables import Row
    from foedus.simulation.outcome import Ensemble

_ACT: Final = re.compile(r"act (\w+) of ([A-Z]{3})")
_VOTE: Final = re.compile(r"vote (\w+) of ([A-Z]{3}) is (.+)")
_WITHDRAWAL: Final = re.compile(r"withdrawal of ([A-Z]{3})")
_OWN_FORMS: Final = ("act ", "vote ", "withdrawal ")
_MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
ANSWERS: Final = ("yes", "no")
VOID: Final = "void"


@dataclass(frozen=True)
class Question:
    """A dated event, and how people will tell whether it happened.

    Attributes:
        id: Its name.
        text: The event as a sentence.
        when: The event in the model: a condition of the scenario language, ``act ACT of MEMBER``,
            ``vote TEXT of MEMBER is VOTE``, or ``withdrawal of MEMBER`` by freezing or leaving.
        by: Last month in which it may come true, or None.
        at: The month in which it must be true, instead of `by`.
        resolution: What exactly makes it true in the world, and what makes it void.
        status_quo: The answer if nothing changes, ``yes`` or ``no``.
    """

    id: str
    text: str
    when: str
    by: str | None
    at: str | None
    resolution: str
    status_quo: str

    @property
    def has_own_form(self) -> bool:
        """Whether it is read from a run instead of asked in the scenario language."""
        return self.when.startswith(_OWN_FORMS)


@dataclass(frozen=True)
class Part:
    """A scenario and its weight in the mixture."""

    scenario: str
    weight: float
    why: str


def load(path: Path) -> tuple[Question, ...]:
    """Read a set of questions.

    Raises:
        FoedusError: It cannot be read, or a question is malformed; all faults are named.
    """
    faults: list[str] = []
    required = ("id", "text", "when", "resolution", "status_quo")
    rows = list(read_rows(path, required, ("by", "at"), faults))
    found = [_question(row) for row in rows]
    names = [each.id for each in found]
    faults += [f"{path.name}: two questions are called {name}" for name in _twice(names)]
    _refuse(faults)
    if not found:
        raise FoedusError(f"{path.name}: holds no questions")
    return tuple(found)


def _question(row: Row) -> Question:
    by, at = row.optional("by") or None, row.optional("at") or None
    if (by is None) == (at is None):
        row.fault("expected either by or at")
    for month in (by, at):
        if month is not None and _MONTH.fullmatch(month) is None:
            row.fault(f"found {month}, expected a month such as 2027-12")
    when = row.text("when")
    if when.startswith(_OWN_FORMS):
        if at is None and not when.startswith("withdrawal "):
            row.fault("an act or a vote needs at: the month in which it falls due")
        if by is None and when.startswith("withdrawal "):
            row.fault("a withdrawal needs by: the last month in which it counts")
        complaint = _misread(when)
        if complaint:
            row.fault(complaint)
    return Question(
        id=row.text("id"),
        text=row.text("text"),
        when=when,
        by=by,
        at=at,
        resolution=row.text("resolution"),
        status_quo=row.choice("status_quo", ANSWERS),
    )


def _misread(when: str) -> str:
    """What is wrong with a question in a form of its own; empty if nothing is."""
    if _WITHDRAWAL.fullmatch(when):
        return ""
    act, vote = _ACT.fullmatch(when), _VOTE.fullmatch(when)
    if act is None and vote is None:
        return (
            f"found «{when}», expected act ACT of MEMBER, vote TEXT of MEMBER is VOTE, or "
            "withdrawal of MEMBER"
        )
    word, known = (
        (act[1], ACT_NAMES) if act else (vote[1], ROLL_CALL_KIND_NAMES) if vote else ("", ())
    )
    if word not in known:
        return f"there is no «{word}»{nearest(word, known)}"
    if vote and vote[3] not in ROLL_CALL_VOTE_NAMES:
        return f"found «{vote[3]}», expected one of {', '.join(ROLL_CALL_VOTE_NAMES)}"
    return ""


def mixture(case: Case) -> tuple[Part, ...]:
    """The scenarios that forecasts are mixed of, from ``questions/mixture.yaml`` of a case.

    Raises:
        FoedusError: It cannot be read, or the weights do not add to 1.
    """
    faults: list[str] = []
    path = case.path("questions", "mixture.yaml")
    rows = read_rows(path, ("scenario", "weight", "why"), (), faults)
    parts = [Part(r.text("scenario"), r.number("weight"), r.text("why")) for r in rows]
    total = sum(part.weight for part in parts)
    if not faults and not math.isclose(total, 1.0):
        faults.append(f"{path.name}: the weights add to {total:g}, not to 1")
    _refuse(faults)
    return tuple(parts)


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _refuse(faults: list[str]) -> None:
    if faults:
        raise FoedusError("; ".join(faults))


def frequencies(found: Ensemble, questions: Sequence[Question]) -> dict[str, tuple[float, float]]:
    """Frequency of each question's event in a run, and its standard error."""
    asked = {question.id: n for n, question in enumerate(found.scenario.questions)}
    result = {}
    for question in questions:
        if withdrawal := _WITHDRAWAL.fullmatch(question.when):
            hits, trials = _withdrawn(found, withdrawal[1], str(question.by)), found.trials
        elif question.has_own_form:
            hits, trials = _in_the_log(found, question), found.sample.shape[0]
        else:
            hits, trials = int(found.questions[:, asked[question.id]].sum()), found.trials
        share = hits / trials
        result[question.id] = (share, math.sqrt(share * (1.0 - share) / trials))
    return result


def _withdrawn(found: Ensemble, code: str, by: str) -> int:
    """Trials in which a member that was active froze or left by some month."""
    last = found.dates.index(by)
    froze, left = (of_member(found, name, code) for name in ("first_freeze", "exit"))
    return int((((froze > 0) & (froze <= last)) | ((left > 0) & (left <= last))).sum())


def _in_the_log(found: Ensemble, question: Question) -> int:
    """Kept trials in which an act was complied with, or a vote cast, in its month."""
    import numpy as np

    act, vote = _ACT.fullmatch(question.when), _VOTE.fullmatch(question.when)
    if act is not None:
        kind, code, who = EventKind.ACT, ACT_NAMES.index(act[1]) + 10, act[2]
    elif vote is not None:
        place = ROLL_CALL_VOTE_NAMES.index(vote[3])
        kind, who = EventKind.ROLL_CALL, vote[2]
        code = place + 10 * ROLL_CALL_KIND_NAMES.index(vote[1])
    else:
        raise FoedusError(_misread(question.when))
    events = found.events
    hits = (
        (events["kind"] == kind.value)
        & (events["code"] == code)
        & (events["actor"] == found.members.index(who))
        & (events["month"] == found.dates.index(str(question.at)))
    )
    return int(np.unique(events["trial"][hits]).size)


def issue(
    case: Case,
    path: Path,
    *,
    parameters: str,
    trials: int,
    seed: int,
    date: str,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Forecast a set of questions.

    Args:
        case: Whose mixture of scenarios is played.
        path: The questions.
        parameters: Name of the parameter set.
        trials: Trials of every scenario.
        seed: Seed of all chance.
        date: Day of the forecast.
        progress: Told of every scenario before it is played.

    Returns:
        What `write` stores: forecasts by question with the frequencies by scenario, and what they
        rest on.
    """
    import foedus

    questions, parts = load(path), mixture(case)
    found = {}
    for part in parts:
        if progress is not None:
            progress(part.scenario)
        found[part.scenario] = _play(case, part.scenario, questions, parameters, trials, seed)
    forecasts = []
    for question in questions:
        own = {part.scenario: found[part.scenario][question.id] for part in parts}
        error = math.sqrt(sum((part.weight * own[part.scenario][1]) ** 2 for part in parts))
        forecasts.append(
            {
                "id": question.id,
                "probability": round(sum(p.weight * own[p.scenario][0] for p in parts), 4),
                "error": round(error, 4),
                "by_scenario": {name: round(share, 4) for name, (share, _) in own.items()},
            }
        )
    content: dict[str, Any] = {
        "questions": path.name,
        "questions_sha256": sha256(path.read_bytes()),
        "issued": date,
        "foedus": foedus.__version__,
        "code": code_revision(),
        "parameters": parameters,
        "trials": trials,
        "seed": seed,
        "inputs": inputs(case, parameters),
        "mixture": {part.scenario: part.weight for part in parts},
        "forecasts": forecasts,
    }
    return {**content, "sha256": digest(content)}


def inputs(case: Case, parameters: str) -> dict[str, str]:
    """SHA-256 of what forecasts rest on beside the code's revision, by file."""
    files = [case.path("parameters.yaml"), case.path("questions", "mixture.yaml")]
    if parameters in case.posteriors:
        files.append(case.path("posterior", f"{parameters}.parquet"))
    files.append(case.alliance_file)
    files += [case.scenario_file(part.scenario) for part in mixture(case)]
    files = [file for file in files if file.is_file()]
    return {file.name: sha256(file.read_bytes()) for file in files}


def _play(
    case: Case,
    scenario: str,
    questions: Sequence[Question],
    parameters: str,
    trials: int,
    seed: int,
) -> dict[str, tuple[float, float]]:
    """Frequencies of all questions in one scenario."""
    import yaml

    from foedus.simulation.ensemble import run_ensemble
    from foedus.simulation.loading import load_setup
    from foedus.validation.patterns.bench import KEPT_TRIALS

    asked = [
        {key: value for key, value in (("id", q.id), ("text", q.text), ("when", q.when),
                                       ("by", q.by), ("at", q.at)) if value is not None}
        for q in questions
        if not q.has_own_form
    ]  # fmt: skip
    content = {
        "name": "questions",
        "title": "Questions",
        "extends": str(case.scenario(scenario)),
        "questions": asked,
    }
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "questions.yaml"
        file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        setup = load_setup(file, parameters, case=case)
    found = run_ensemble(setup, trials=trials, seed=seed, sample=min(trials, KEPT_TRIALS))
    return frequencies(found, questions)


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of forecasts without their own hash."""
    own = {key: value for key, value in content.items() if key != "sha256"}
    return sha256(json.dumps(own, sort_keys=True).encode())


def forecasts_path(path: Path) -> Path:
    """Where the forecasts of a set of questions are stored."""
    return path.with_suffix(".forecasts.json")


def write(path: Path, content: dict[str, Any]) -> Path:
    """Store forecasts beside their questions.

    Raises:
        FoedusError: There are forecasts already, which are never overwritten.
    """
    target = forecasts_path(path)
    try:
        with target.open("x", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.write("\n")
    except FileExistsError:
        raise FoedusError(
            f"{target}: these questions have been forecast already; forecasts are not overwritten"
        ) from None
    except OSError as error:
        raise FoedusError(f"{target}: cannot be written: {error.strerror}") from error
    return target
