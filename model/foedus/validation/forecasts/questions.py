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
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from foedus.dictionary.vocabulary import (
    ACT_NAMES,
    ROLL_CALL_KIND_NAMES,
    ROLL_CALL_VOTE_NAMES,
    EventKind,
)
from foedus.errors import FoedusError
from foedus.files.dates import Month
from foedus.files.entries import Entry, read_entries, refuse_repeated
from foedus.files.faults import Faults, Misread, curly, printable, unknown
from foedus.files.models import Closed, Name, Number, Text
from foedus.files.yaml_reader import YES_OR_NO, Node
from foedus.runs.provenance import code_revision, sha256
from foedus.scenarios.language import months
from foedus.simulation.ensemble import check_size
from foedus.validation.patterns.reading import of_member

if TYPE_CHECKING:
    from foedus.cases import Case
    from foedus.scenarios.resolved import ResolvedScenario
    from foedus.simulation.outcome import Ensemble

_ACT: Final = re.compile(r"act (\w+) of ([A-Z]{3})")
_VOTE: Final = re.compile(r"vote (\w+) of ([A-Z]{3}) is (.+)")
_WITHDRAWAL: Final = re.compile(r"withdrawal of ([A-Z]{3})")
_OWN_FORMS: Final = ("act ", "vote ", "withdrawal ")
_ASKED: Final = ("id", "text", "when", "by", "at")
"""Keys of a question that a scenario takes."""
VOID: Final = "void"


class Question(Closed):
    """A dated event, and how people will tell whether it happened."""

    id: Name
    """Short, unique in the file."""
    text: Text
    """The event as a sentence."""
    when: Text
    """The event in the model: a condition of the scenario language, `act ACT of MEMBER`,
    `vote TEXT of MEMBER is VOTE`, or `withdrawal of MEMBER` by freezing or leaving."""
    by: Month | None = None
    """Last month in which it may come true."""
    at: Month | None = None
    """The month in which it must be true, instead of `by`."""
    resolution: Text
    """What exactly makes it true in the world, and what makes it void."""
    status_quo: Literal["yes", "no"]
    """The answer if nothing changes, `yes` or `no`."""

    @property
    def has_own_form(self) -> bool:
        """Whether it is read from a run instead of asked in the scenario language."""
        return self.when.startswith(_OWN_FORMS)


class Part(Closed):
    """A scenario and its weight in the mixture."""

    scenario: Text
    """Its name."""
    weight: Number
    """Its weight."""
    why: Text
    """Why this weight."""


def load(path: Path) -> tuple[Question, ...]:
    """Read a set of questions.

    Raises:
        FoedusError: It cannot be read, or a question is malformed; all faults are named.
    """
    return tuple(entry.whole for entry in read(path))


def read(path: Path) -> list[Entry[Question]]:
    """A set of questions, each with its place in the file.

    Raises:
        FoedusError: As for `load`.
    """
    faults = Faults()
    entries = read_entries(path, Question, faults, words=YES_OR_NO)
    refuse_repeated(entries, faults, "id")
    for entry in entries:
        _check(entry, faults)
    faults.check()
    return entries


def _check(entry: Entry[Question], faults: Faults) -> None:
    """Note what is wrong with a question by itself."""
    question = entry.value
    if question is None:
        return
    if (question.by is None) == (question.at is None):
        entry.fault(faults, "", "expected either «by» or «at»")
    if not question.has_own_form:
        return
    withdrawal = question.when.startswith("withdrawal ")
    if question.at is None and not withdrawal:
        message = "an act or a vote needs «at»: the month in which it falls due"
        entry.fault(faults, "when", message)
    if question.by is None and withdrawal:
        message = "a withdrawal needs «by»: the last month in which it counts"
        entry.fault(faults, "when", message)
    if complaint := _misread(question.when):
        entry.fault(faults, "when", complaint)


def _misread(when: str) -> str:
    """What is wrong with a question in a form of its own; empty if nothing is."""
    if _WITHDRAWAL.fullmatch(when):
        return ""
    act, vote = _ACT.fullmatch(when), _VOTE.fullmatch(when)
    if act is None and vote is None:
        return (
            f"found «{printable(when)}», expected act ACT of MEMBER, vote TEXT of MEMBER is VOTE, "
            f"or withdrawal of MEMBER{curly(when)}"
        )
    word, known = (
        (act[1], ACT_NAMES) if act else (vote[1], ROLL_CALL_KIND_NAMES) if vote else ("", ())
    )
    if word not in known:
        return unknown("act" if act else "vote", word, known)
    if vote and vote[3] not in ROLL_CALL_VOTE_NAMES:
        return unknown("answer to a vote", vote[3], ROLL_CALL_VOTE_NAMES)
    return ""


def mixture(case: Case) -> tuple[Part, ...]:
    """The scenarios that forecasts are mixed of, from ``questions/mixture.yaml`` of a case.

    Raises:
        FoedusError: It cannot be read, or the weights do not add to 1.
    """
    path, faults = case.path("questions", "mixture.yaml"), Faults()
    entries = read_entries(path, Part, faults, by="scenario")
    refuse_repeated(entries, faults, "scenario")
    faults.check()
    parts = tuple(entry.whole for entry in entries)
    total = sum(part.weight for part in parts)
    if not math.isclose(total, 1.0):
        raise FoedusError(f"{path}: found weights that add to {total:g}, expected 1")
    return parts


def frequencies(run: Ensemble, questions: Sequence[Question]) -> dict[str, tuple[float, float]]:
    """Frequency of each question's event in a run, and its standard error."""
    asked = {question.id: n for n, question in enumerate(run.scenario.questions)}
    result = {}
    for question in questions:
        if withdrawal := _WITHDRAWAL.fullmatch(question.when):
            hits, trials = _withdrawn(run, withdrawal[1], str(question.by)), run.trials
        elif question.has_own_form:
            hits, trials = _in_the_log(run, question), run.sample.shape[0]
        else:
            hits, trials = int(run.questions[:, asked[question.id]].sum()), run.trials
        share = hits / trials
        result[question.id] = (share, math.sqrt(share * (1.0 - share) / trials))
    return result


def _withdrawn(run: Ensemble, code: str, by: str) -> int:
    """Trials in which a member that was active froze or left by some month."""
    last = run.dates.index(by)
    froze, left = (of_member(run, name, code) for name in ("first_freeze", "exit"))
    return int((((froze > 0) & (froze <= last)) | ((left > 0) & (left <= last))).sum())


def _in_the_log(run: Ensemble, question: Question) -> int:
    """Kept trials in which an act was complied with, or a vote cast, in its month."""
    import numpy as np

    act, vote = _ACT.fullmatch(question.when), _VOTE.fullmatch(question.when)
    if act is not None:
        kind, who = EventKind.ACT, act[2]
        details = {"act": ACT_NAMES.index(act[1]), "complied": 1}
    elif vote is not None:
        kind, who = EventKind.ROLL_CALL, vote[2]
        details = {
            "text": ROLL_CALL_KIND_NAMES.index(vote[1]),
            "ballot": ROLL_CALL_VOTE_NAMES.index(vote[3]),
        }
    else:
        raise FoedusError(_misread(question.when))
    events = run.events
    hits = (
        (events["kind"] == kind.value)
        & (events["actor"] == run.members.index(who))
        & (events["month"] == run.dates.index(str(question.at)))
    )
    for name, code in details.items():
        hits &= events[name] == code
    return int(np.unique(events["trial"][hits]).size)


def forecast(
    case: Case, path: Path, *, trials: int, seed: int, **how: Any
) -> tuple[dict[str, Any], Path]:
    """Forecast a set of questions once and for all, and store the forecasts beside them.

    Args:
        case: As for `issue`, like all others.
        path: The questions.
        trials: Trials of every scenario.
        seed: Seed of all chance.
        how: Parameters, date and progress.

    Returns:
        What was stored, and where.

    Raises:
        FoedusError: They have been forecast already, or cannot be.
    """
    check_size(trials, seed)
    target = forecasts_path(path)
    if target.exists():
        raise FoedusError(f"{target}: these questions have been forecast already")
    content = issue(case, path, trials=trials, seed=seed, **how)
    return content, write(path, content)


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

    entries, parts = read(path), mixture(case)
    questions = [entry.whole for entry in entries]
    asked = {part.scenario: _asked(case, part.scenario, entries) for part in parts}
    _check_open(entries, list(asked.values()))
    by_scenario = {}
    for part in parts:
        if progress is not None:
            progress(part.scenario)
        by_scenario[part.scenario] = _play(
            case, asked[part.scenario], questions, parameters, trials, seed
        )
    forecasts = []
    for question in questions:
        own = {part.scenario: by_scenario[part.scenario][question.id] for part in parts}
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


def _asked(case: Case, scenario: str, questions: Sequence[Entry[Question]]) -> ResolvedScenario:
    """A scenario that asks those of the questions that are conditions; the others are checked.

    Raises:
        FileError: A question cannot be asked of it; the place is the question's own.
    """
    from foedus.parameters import registry
    from foedus.scenarios import inheritance
    from foedus.scenarios.resolve import lineage, resolve_document

    conditions = [
        Node(node.place, {key: node.mapping()[key] for key in _ASKED if key in node.mapping()},
             node.key_place)
        for entry in questions
        for node in (entry.node,)
        if not entry.whole.has_own_form
    ]  # fmt: skip
    place = questions[0].node.place
    content = {
        "name": Node(place, "questions", place),
        "title": Node(place, "Questions", place),
        "questions": Node(place, conditions, place),
    }
    root = inheritance.merge(
        [Node(place, content, place), *lineage(case.scenario(scenario))], Faults()
    )
    resolved = resolve_document(root, parameters=registry.load(case).ranges)
    faults = Faults()
    for entry in questions:
        if entry.whole.has_own_form:
            _check_own_form(entry, resolved, faults)
    faults.check()
    return resolved


def _check_own_form(entry: Entry[Question], resolved: ResolvedScenario, faults: Faults) -> None:
    """Note a member that a run has not, and a month in which nothing can come true."""
    question = entry.whole
    key = "at" if question.at else "by"
    date = str(question.at or question.by)
    act, vote = _ACT.fullmatch(question.when), _VOTE.fullmatch(question.when)
    withdrawal = _WITHDRAWAL.fullmatch(question.when)
    code = act[2] if act else vote[2] if vote else withdrawal[1] if withdrawal else ""

    try:
        resolved.roster.member(code)
    except Misread as error:
        entry.fault(faults, "when", str(error))
        return
    if withdrawal and resolved.initial_status.get(code) == "out":
        message = f"{code} is out at the start, expected a member that can freeze or leave"
        entry.fault(faults, "when", message)
    first, last = months.after(resolved.start, 1), months.after(resolved.start, resolved.horizon)
    if not first <= date <= last:
        message = f"found {date}, expected from {first} to {last}, within the run"
        entry.fault(faults, key, message)
    elif act or vote:
        what = act[1] if act else vote[1] if vote else ""
        alliance = resolved.alliance
        due = {each.month for each in alliance.calendar if act and each.act == what}
        due |= {each.month for each in alliance.votes if vote and each.kind == what}
        if int(date[5:]) not in due:
            when = " or ".join(f"{date[:4]}-{month:02d}" for month in sorted(due))
            expected = f"expected {when}" if due else "and no calendar of the alliance has it"
            message = f"found {date}, in which {what} never falls due, {expected}"
            entry.fault(faults, key, message)


def _check_open(
    questions: Sequence[Entry[Question]], scenarios: Sequence[ResolvedScenario]
) -> None:
    """Refuse questions whose answer is known beforehand in every scenario.

    Raises:
        FileError: There is one.
    """
    from foedus.scenarios.describe.notes import certainty

    faults = Faults()
    for entry in questions:
        if entry.whole.has_own_form:
            continue
        known = {
            certainty(next(q.condition for q in each.questions if q.id == entry.name), each)
            for each in scenarios
        }
        if len(known) == 1 and (answer := known.pop()) is not None:
            message = f"is {answer} true, whatever happens, expected an open question"
            entry.fault(faults, "when", message)
    faults.check()


def _play(
    case: Case,
    resolved: ResolvedScenario,
    questions: Sequence[Question],
    parameters: str,
    trials: int,
    seed: int,
) -> dict[str, tuple[float, float]]:
    """Frequencies of all questions in one scenario."""
    from foedus.parameters import registry
    from foedus.simulation.ensemble import run_ensemble
    from foedus.simulation.world import build
    from foedus.validation.patterns.bench import KEPT_TRIALS

    setup = build(resolved, registry.load(case), parameters)
    run = run_ensemble(setup, trials=trials, seed=seed, sample=min(trials, KEPT_TRIALS))
    return frequencies(run, questions)


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
