"""Custom rules: checked, compiled with the rest, called by the Mesa model, and never confused."""

from __future__ import annotations

import copy
import json
import linecache
import math
import pickle
from dataclasses import replace
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import foedus as fd
from conftest import setup_of
from foedus import cli
from foedus.dictionary.chance import clip
from foedus.rules.crises import answers
from foedus.rules.membership import trust
from foedus.simulation.compiled import native
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.mesa.alliance_model import AllianceModel
from foedus.simulation.rule_book import SHIPPED, CustomRule, book_of, replaceable, rule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHARE = 0.5
FORGIVING = ("baseline", 20)


def forgiven(grievance: float) -> float:
    return clip(SHARE * grievance, 0.0, 1.0)


@rule(replaces="trust.learn")
def learn(me: Any, w: Any, p: Any) -> None:
    """The shipped rule, after which half of the grievance is forgiven."""
    trust.learn(me, w, p)
    me.grievance = forgiven(me.grievance)


@rule(replaces="answers.help_of")
def help_of(code: int, p: Any) -> float:
    """Any help counts for a little more."""
    return min(1.0, math.sqrt(answers.help_of(code, p)))


def a_rule(replaces: str = "trust.learn") -> Callable[[Callable[..., Any]], CustomRule]:
    return rule(replaces=replaces)


@pytest.mark.slow
def test_a_custom_rule_changes_mesa_and_ensemble_equally(tmp_path: Path) -> None:
    custom = fd.run("taliban-spillover", rules=[learn, help_of], trials=20, seed=4)
    shipped = fd.run("taliban-spillover", trials=20, seed=4)
    changed = custom.ensemble.outcomes["cohesion_end"] != shipped.ensemble.outcomes["cohesion_end"]
    assert changed.mean() > 0.5
    for trial in (0, 7):
        model = fd.AllianceModel(
            fd.Scenario.load("taliban-spillover"), rules=[learn, help_of], rng=4, trial=trial
        )
        months = [model.series()]
        for _ in range(60):
            model.step()
            months.append(model.series())
        np.testing.assert_array_equal(custom.ensemble.sample[trial], months)
    assert fd.explain(custom, trial=7).cohesion_end == model.cohesion
    saved = custom.save(tmp_path / "custom", figures=False)
    manifest = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["run"]["rules"]) == {"trust.learn", "answers.help_of"}
    assert (
        manifest["digest"]
        != json.loads(
            (shipped.save(tmp_path / "shipped", figures=False) / "manifest.json").read_text()
        )["digest"]
    )
    sources = {one["replaces"]: one["source"] for one in manifest["custom_rules"]}
    assert "SHARE = 0.5" in sources["trust.learn"]
    assert "def forgiven" in sources["trust.learn"]


def test_no_command_takes_a_run_with_custom_rules_for_one_of_the_shipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = fd.run("baseline", trials=4)
    records = book_of([learn]).records
    played = fd.Run(run.scenario, run.setup, replace(run.ensemble, rules=records))
    saved = str(played.save(tmp_path, figures=False))
    for command in (["rerun", saved], ["explain", saved, "--trial", "0"], ["report", saved]):
        assert cli.main(command) == 2
        told = capsys.readouterr().err
        assert "custom rules (trust.learn)" in told
        assert "Traceback" not in told


@pytest.mark.parametrize("name", sorted(replaceable()))
def test_every_shipped_rule_says_what_a_rule_can_say(name: str) -> None:
    book = book_of([as_custom(name)])
    (record,) = book.records
    assert record.replaces == name
    assert len(book.functions) == len(SHIPPED.functions) + 1


@pytest.mark.slow
def test_copies_of_all_rules_change_nothing() -> None:
    setup = setup_of("taliban-spillover")
    copied = replace(setup, rules=book_of([as_custom(name) for name in replaceable()]))
    first, second = (run_ensemble(each, trials=40, seed=3) for each in (setup, copied))
    for name in ("outcomes", "sample", "questions", "histograms", "alignment", "events"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    models = [AllianceModel.from_setup(each, seed=3, trial=5) for each in (setup, copied)]
    for _ in range(24):
        for model in models:
            model.step()
    assert models[0].series() == models[1].series()


def test_the_shipped_rules_stay_as_they_are() -> None:
    before = dict(vars(trust))
    book = book_of([learn, help_of])
    assert vars(trust) == before
    assert book.modules.trust.learn is not trust.learn
    # What others call is replaced, wherever they call it.
    called = book.modules.month.deal_with.__globals__["learn"]
    assert called is book.modules.trust.learn
    assert called.__globals__["trust"].learn.__code__ is trust.learn.__code__
    inner = called.__globals__["trust"].learn.__globals__["help_of"]
    assert inner is book.modules.answers.help_of
    assert inner.__code__ is help_of.function.__code__


def test_a_digest_covers_source_helpers_and_constants_and_nothing_else() -> None:
    def made(share: float, body: str = "me.fear = share") -> str:
        names: dict[str, Any] = {"share": share, "rule": rule}
        path = f"<made {share} {body}>"
        text = f"@rule(replaces='trust.drift')\ndef drift(me, w, p):\n    {body}\n"
        remember(path, text)
        exec(compile(text, path, "exec"), names)
        return book_of([names["drift"]]).digest

    assert made(0.5) == made(0.5) == made(0.5, "me.fear = share  # the same")
    assert len({made(0.5), made(0.6), made(0.5, "me.fear = 2.0 * share"), ""}) == 4


def test_the_name_of_the_compiled_code_tells_rules_apart() -> None:
    types = {"world": np.dtype([("x", "f8")])}
    names = {native._key(types, book) for book in (SHIPPED, book_of([learn]), book_of([help_of]))}
    assert len(names) == 3


def test_rules_and_what_holds_them_can_be_pickled_and_copied() -> None:
    assert pickle.loads(pickle.dumps(learn)) is learn
    setup = replace(setup_of("baseline"), rules=book_of([learn]))
    again = pickle.loads(pickle.dumps(setup))
    assert again.rules.digest == setup.rules.digest
    assert copy.deepcopy(setup).rules is setup.rules
    assert pickle.loads(pickle.dumps(setup_of("baseline"))).rules.custom == ()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("trust.lern", "unknown rule «trust.lern».*did you mean «trust.learn»"),
        ("learn", "unknown rule «learn».*did you mean «trust.learn»"),
        ("month.advance", "is the order in which rules are called"),
        ("month.fall_due", "is the order in which rules are called"),
        ("chance.clip", "arithmetic of the data dictionary"),
        ("", "unknown rule «»"),
    ],
)
def test_an_unknown_name_finds_the_nearest(name: str, told: str) -> None:
    with pytest.raises(fd.FoedusError, match=told) as caught:
        a_rule(name)
    assert "\n" not in str(caught.value)


LISTED = [1.0, 2.0]
LAMBDA = lambda me, w, p: me + w * p  # noqa: E731


def wrong_order(me: Any, p: Any, w: Any) -> None: ...
def too_few(me: Any, w: Any) -> None: ...
def with_default(me: Any, w: Any, p: Any = None) -> None: ...
def raises(me: Any, w: Any, p: Any) -> None:
    raise ValueError


def with_list(me: Any, w: Any, p: Any) -> None:
    me.fear = LISTED[0]


def with_text(me: Any, w: Any, p: Any) -> None:
    me.fear = float("0.5")


def with_numpy(me: Any, w: Any, p: Any) -> None:
    me.fear = np.exp(me.fear)


def undefined(me: Any, w: Any, p: Any) -> None:
    me.fear = nothing_of_that_name  # type: ignore[name-defined] # noqa: F821


def comprehends(me: Any, w: Any, p: Any) -> None:
    me.fear = sum([2.0 * x for x in (1.0, 2.0)])


def hashes(me: Any, w: Any, p: Any) -> None:
    me.fear = float(hash(me))


def worse_helper(me: Any, w: Any, p: Any) -> None:
    raises(me, w, p)


def lists_in_text(me: Any, w: Any, p: Any) -> None:
    me.fear = [0.0][0]


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (wrong_order, r"expected the arguments \(me, w, p\), found \(me, p, w\)"),
        (too_few, r"expected the arguments \(me, w, p\), found \(me, w\)"),
        (with_default, r"found \(me, w, p=None\)"),
        (raises, "test_custom_rules.py:[0-9]+: found raise"),
        (with_list, "with_list uses «LISTED», which is a list of 2"),
        (with_text, "found text"),
        (with_numpy, "uses «np», which is module"),
        (undefined, "uses «nothing_of_that_name», which is not defined"),
        (comprehends, "found listcomp"),
        (hashes, "uses «hash»"),
        (worse_helper, "found raise"),
        (lists_in_text, "found list"),
        (LAMBDA, "expected a function made with `def`"),
        (len, "expected a function"),
        (3, "expected a function"),
        (eval("lambda me, w, p: None"), "cannot be found|made with `def`"),
    ],
)
def test_what_a_rule_cannot_say_is_refused_in_a_line(function: Any, told: str) -> None:
    with pytest.raises(fd.FoedusError, match=told) as caught:
        a_rule()(function)
    assert "\n" not in str(caught.value)


def test_what_is_no_rule_or_there_twice_is_refused() -> None:
    with pytest.raises(fd.FoedusError, match="functions marked with @foedus"):
        book_of([raises])  # type: ignore[list-item]
    with pytest.raises(fd.FoedusError, match="is replaced twice"):
        book_of([learn, learn])


def test_a_function_whose_file_has_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def learn(me, w, p):\n    me.fear = 0.5\n", encoding="utf-8")
    names: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    assert a_rule()(names["learn"]).replaces == "trust.learn"
    path.write_text("def learn(me, w, p):\n    me.fear = 0.625\n", encoding="utf-8")
    with pytest.raises(fd.FoedusError, match="has changed since learn was loaded"):
        a_rule()(names["learn"])


def as_custom(name: str) -> CustomRule:
    """A copy of a shipped rule, as if a user had written it."""
    one = replaceable()[name]
    copied = FunctionType(one.__code__, one.__globals__, one.__name__)
    copied.__module__ = "mine"
    return rule(replaces=name)(copied)


def remember(path: str, text: str) -> None:
    """Let Python know the source of a text, as notebooks do with cells."""
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
