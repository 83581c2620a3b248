"""The page on calibration says what the kept tables say, and nothing else."""

from __future__ import annotations

import pytest

from command import ROOT
from conftest import CSTO
from foedus.errors import FoedusError
from foedus.validation.hindcasts.rivals import FULL, RIVALS
from foedus.validation.page import readme
from foedus.validation.page.predictive import surprising
from foedus.validation.patterns.rules import load
from foedus.validation.replicas.explained import explanations, surprises

FOLDER = ROOT / "calibration"
TABLES = readme.read(FOLDER / "validation")


def test_every_number_between_the_marks_comes_from_the_kept_tables() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"<!-- {name} -->" in text for name in readme.BLOCKS)
    assert readme.fill(CSTO, text, TABLES) == text


def test_a_number_changed_by_hand_is_noticed() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    mended = text.replace(" of 28 patterns pass", " of 27 patterns pass")
    assert mended != text
    assert readme.fill(CSTO, mended, TABLES) != mended


def test_an_unknown_block_is_refused() -> None:
    with pytest.raises(FoedusError, match="no block «nonsense»"):
        readme.fill(CSTO, "<!-- nonsense -->\n<!-- end of nonsense -->", TABLES)


def test_the_kept_tables_are_whole() -> None:
    verdicts = {row["pattern"]: row for row in TABLES["patterns"]}
    assert set(verdicts) == {rule.id for rule in load(CSTO)}
    hard = [row for row in verdicts.values() if row["hard"] == "True"]
    assert len(hard) == 4
    assert all(row["passed"] == "True" for row in hard)
    assert [row["rival"] for row in TABLES["rivals"]] == [FULL, *RIVALS]
    assert {row["split"] for row in TABLES["scores"]} == {"date", "episode", "member"}


def test_every_failure_is_explained() -> None:
    failed = {row["pattern"] for row in TABLES["patterns"] if row["passed"] != "True"}
    assert failed <= set(explanations(CSTO))


def test_every_extreme_feature_is_explained_and_no_other() -> None:
    assert {name for name, _ in surprising(TABLES["predictive"])} == set(surprises(CSTO))


def test_the_kept_replicas_are_of_both_posteriors_and_the_prior() -> None:
    found = {(row["split"], row["parameters"], row["role"]) for row in TABLES["predictive"]}
    assert found == {
        ("all", "posterior", "in sample"),
        ("fit", "posterior-2019", "in sample"),
        ("test", "posterior-2019", "out of sample"),
        *((split, "prior", "prior") for split in ("all", "fit", "test")),
    }
