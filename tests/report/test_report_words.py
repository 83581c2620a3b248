"""What the report says: words that fit their intervals, sentences that claim no more."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import CSTO
from foedus.errors import FoedusError
from foedus.report import answer, validated
from foedus.report.gather import Contrast, Findings
from foedus.report.verbal import in_words, scale, word_for
from foedus.statistics.quantiles import Band, Frequency, wilson
from foedus.studies.influential_inputs import influential_inputs
from foedus.telling.difference import VERDICTS, Difference, Measure, Verdict
from foedus.telling.summary import summarize
from small_runs import small_run

if TYPE_CHECKING:
    from foedus.telling.summary import Summary

NOTHING = Findings((), (), 0, ())


@st.composite
def frequencies(draw: st.DrawFn) -> Frequency:
    trials = draw(st.integers(1, 5000))
    count = draw(st.integers(0, trials))
    low, high = wilson(count, trials)
    return Frequency(count, trials, count / trials, low, high)


def words_in(sentence: str) -> list[str]:
    """Words of the scale that a sentence uses, the longest first where one holds another."""
    names = sorted((one.word for one in scale().words), key=len, reverse=True)
    return re.findall("|".join(map(re.escape, [scale().open, *names])), sentence)


def range_of(word: str) -> tuple[float, float]:
    if word == scale().open:
        return 0.0, 1.0
    return next((one.low, one.high) for one in scale().words if one.word == word)


@given(frequencies())
def test_a_word_never_claims_more_than_its_interval(found: Frequency) -> None:
    low, high = range_of(word_for(found))
    assert low <= found.low
    assert found.high <= high


@given(frequencies())
def test_no_narrower_word_would_have_done(found: Frequency) -> None:
    chosen = word_for(found)
    for one in scale().words:
        if one.word == chosen:
            return
        assert not (one.low <= found.low and found.high <= one.high)


def test_few_trials_leave_it_open_and_many_sharpen_it() -> None:
    open_, sharp = (Frequency(round(0.7 * n), n, 0.7, *wilson(0.7 * n, n)) for n in (10, 5000))
    assert word_for(open_) == "about as likely as not, or likely"
    assert word_for(Frequency(1, 2, 0.5, *wilson(1, 2))) == scale().open
    assert word_for(sharp) == "likely"
    assert in_words(sharp) == "likely (70 % of trials, interval 69 to 71 %)"


def test_the_scale_is_ordered_from_the_narrowest() -> None:
    widths = [round(one.high - one.low, 9) for one in scale().words]
    assert widths == sorted(widths)
    assert "Mastrandrea" in scale().source


@cache
def summarized() -> Summary:
    """What a small run comes to."""
    return summarize(small_run())


@given(frequencies(), st.floats(-0.5, 0.5), st.floats(0.0, 0.2))
def test_the_sentence_on_cohesion_follows_the_intervals(
    lower: Frequency, mean: float, half: float
) -> None:
    summary = replace(
        summarized(),
        ends_lower=lower,
        cohesion_mean_change=(mean, mean - half, mean + half),
    )
    sentence = answer.cohesion_sentence(summary)
    assert words_in(sentence) == [word_for(lower)]
    assert (" falls by " in sentence) == (mean + half < 0.0)
    assert (" rises by " in sentence) == (mean - half > 0.0)
    # The word says the direction: «falls by 0.005 (-0.007 to -0.004)» would say it twice.
    assert (" by " in sentence and "0.000 on" in sentence) is False


@given(st.sampled_from(VERDICTS))
def test_the_sentence_on_differences_is_that_of_every_surface(verdict: Verdict) -> None:
    end = Difference(
        Measure("cohesion", None, 60, "2031-11"),
        base_title="A",
        other_title="B",
        trials=400,
        base=0.5,
        other=0.48,
        mean=-0.02,
        low=-0.03,
        high=-0.01,
        spread=Band(-0.02, -0.1, 0.1),
        below=Frequency(300, 400, 0.75, 0.71, 0.79),
        above=Frequency(100, 400, 0.25, 0.21, 0.29),
        chance=0.01,
        verdict=verdict,
        needed=None,
        gain=3.0,
    )
    one, two = Contrast("A", "B", (end,)), Contrast("A", "C", (replace(end, other_title="C"),))
    assert answer.difference_sentence([one]) == f"{end.sentence()}."
    assert "«C»" in answer.difference_sentence([one, two])
    assert "no other scenario" in answer.difference_sentence([])


def test_every_word_in_the_answer_is_backed_by_a_frequency() -> None:
    summary = summarized()
    sentence = answer.help_sentence(summary)
    assert words_in(sentence) == [word_for(summary.deployments)]
    assert "no single assumption stands out" in answer.assumptions_sentence(
        summary, NOTHING, None, "none validated"
    )


def test_nothing_is_validated_unless_a_file_says_so(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("calibration")
    case = CSTO.model_copy(update={"folder": folder})
    found = validated.validation(case)
    assert {row.status for row in found.rows} == {"not validated"}
    assert "none of these quantities" in found.clause
    path = folder / validated.VALIDATION
    path.parent.mkdir()
    path.write_text(
        "quantity,status,score,note\nFreezes,validated,Brier .1,\nVotes,failed,,worse than last\n",
        encoding="utf-8",
    )
    with pytest.raises(FoedusError, match=r"origin\.json: expected .* key «frozen»"):
        validated.validation(case)
    (folder / validated.ORIGIN).write_text('{"frozen": "posterior-1999"}', encoding="utf-8")
    found = validated.validation(case)
    assert found.frozen == "posterior-1999"
    assert "freezes" in found.clause
    assert "votes" not in found.clause
    path.write_text("what,status\nFreezes,validated\n", encoding="utf-8")
    with pytest.raises(FoedusError, match="expected the columns quantity, status, score, note"):
        validated.validation(case)


def test_the_assumption_that_carries_a_result_is_found_and_noise_is_not() -> None:
    rng = np.random.default_rng(5)
    drawn = rng.uniform(size=(300, 40))
    outcome = np.repeat(drawn[:, 7] - 0.3 * drawn[:, 11], 2) + 0.2 * rng.normal(size=600)
    names = tuple(f"q{n}" for n in range(40))
    found = influential_inputs(names, drawn, outcome)
    assert [one.name for one in found[:2]] == ["q7", "q11"]
    assert found[0].correlation > 0.0 > found[1].correlation
    assert all(one.low < one.correlation < one.high for one in found)
    assert len(influential_inputs(names, drawn, rng.normal(size=600))) <= 2
    assert influential_inputs(names, drawn[:5], outcome[:10]) == ()
    assert influential_inputs(names, drawn, np.zeros(600)) == ()
