"""Chance: the hash against its published answers, and what addresses promise."""

import re
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from command import ROOT
from foedus.dictionary.vocabulary import Purpose
from foedus.simulation.compiled import kernel
from foedus.simulation.distributions import triangular
from foedus.simulation.tape import Tape, luck, threefry, to_unit, uniforms

words = st.integers(0, 2**64 - 1)
parts = st.integers(0, 2**32 - 1)

KNOWN_ANSWERS = [
    ((0, 0), (0, 0), 0xC2B6E3A8C2C69865),
    ((2**64 - 1, 2**64 - 1), (2**64 - 1, 2**64 - 1), 0xE02CB7C4D95D277A),
    (
        (0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x243F6A8885A308D3, 0x13198A2E03707344),
        0x263C7D30BB0F0AF1,
    ),
]
"""First words of the known-answer tests of Random123 for Threefry-2x64 with 20 rounds."""


def as_words(pair: tuple[int, int]) -> tuple[np.uint64, np.uint64]:
    return np.uint64(pair[0]), np.uint64(pair[1])


@pytest.mark.parametrize(("key", "counter", "answer"), KNOWN_ANSWERS)
def test_the_hash_gives_the_published_answers(
    key: tuple[int, int], counter: tuple[int, int], answer: int
) -> None:
    assert int(threefry(as_words(key), as_words(counter))) == answer


@given(words, words, words, words)
def test_the_compiled_hash_equals_the_one_in_arrays(a: int, b: int, c: int, d: int) -> None:
    key, counter = as_words((a, b)), as_words((c, d))
    with np.errstate(over="ignore"):
        plain = kernel.hashed(*key, *counter)
    assert plain == float(to_unit(threefry(key, counter)))


@given(words)
def test_uniforms_lie_strictly_inside_the_unit_interval(word: int) -> None:
    assert 0.0 < float(to_unit(np.array([word], dtype=np.uint64))[0]) < 1.0


def test_the_ends_of_the_unit_interval_are_never_reached() -> None:
    ends = to_unit(np.array([0, 2**64 - 1], dtype=np.uint64))
    assert ends[0] > 0.0
    assert ends[1] < 1.0


@given(st.integers(0, 2**63 - 1), st.integers(0, 10**6), st.integers(0, 600), parts, parts)
def test_the_tape_reads_the_same_however_it_is_asked(
    seed: int, trial: int, month: int, actor: int, other: int
) -> None:
    """First asked for alone, then worked out ahead with others: the same number."""
    tape = Tape(seed, trial)
    tape.turn_to(month)
    alone = tape.uniform(Purpose.INCIDENT, actor, other)
    tape.uniform(Purpose.REQUEST, actor, other)
    tape.turn_to(month + 1)
    later = tape.uniform(Purpose.INCIDENT, actor, other)
    tape.turn_to(month)
    assert tape.uniform(Purpose.INCIDENT, actor, other) == alone
    assert alone != later
    assert alone == float(uniforms(seed, trial, month, Purpose.INCIDENT.value, actor, other))


def test_purposes_have_numbers_of_their_own() -> None:
    assert len({purpose.value for purpose in Purpose}) == len(Purpose.__members__)


def test_luck_depends_on_the_name_alone() -> None:
    assert 0 < luck("ARM") < 2**32
    assert luck("ARM") != luck("BLR")


@pytest.mark.statistical
def test_neighbouring_addresses_are_uncorrelated() -> None:
    """At 20,000 pairs a correlation beyond 0.03 has a false-alarm rate of about 2e-5 a case."""
    n = 20_000
    base = uniforms(1, np.arange(n), 1, 2, 3, 4)
    for shifted in (
        uniforms(1, np.arange(n) + 1, 1, 2, 3, 4),
        uniforms(1, np.arange(n), 2, 2, 3, 4),
        uniforms(1, np.arange(n), 1, 3, 3, 4),
        uniforms(1, np.arange(n), 1, 2, 4, 4),
        uniforms(1, np.arange(n), 1, 2, 3, 5),
        uniforms(2, np.arange(n), 1, 2, 3, 4),
    ):
        assert abs(np.corrcoef(base, shifted)[0, 1]) < 0.03
    assert abs(base.mean() - 0.5) < 0.01


@given(st.floats(0.001, 0.999), st.floats(-5, 5), st.floats(0.01, 5), st.floats(0, 1))
def test_the_triangular_inverse_undoes_its_cdf(
    uniform: float, low: float, width: float, place: float
) -> None:
    high, mode = low + width, low + place * width
    value = float(triangular(*(np.array(x) for x in (uniform, low, mode, high))))
    assert low <= value <= high
    if value <= mode and mode > low:
        cdf = (value - low) ** 2 / (width * (mode - low))
    else:
        cdf = 1.0 - (high - value) ** 2 / (width * (high - mode))
    assert cdf == pytest.approx(uniform, abs=1e-6)


VECTOR = re.compile(
    r"^\| (\d+) \| (\d+) \| (\d+) \| (\d+) \| `([^`]+)` = (\d+) "
    r"\| (?:0|`([^`]+)` = (\d+)) \| `([0-9a-f]{16})` \| (0\.\d+) \|$",
    re.MULTILINE,
)
WHOLE = 2**64 - 1


def threefry_by_hand(key: tuple[int, int], counter: tuple[int, int]) -> int:
    """The first word of Threefry-2x64-20, from the paper, in whole numbers of Python."""
    keys = [*key, key[0] ^ key[1] ^ 0x1BD11BDAA9FC1A22]
    left, right = (counter[0] + keys[0]) & WHOLE, (counter[1] + keys[1]) & WHOLE
    for number in range(20):
        turn = (16, 42, 12, 31, 16, 32, 24, 21)[number % 8]
        left = (left + right) & WHOLE
        right = ((right << turn | right >> 64 - turn) & WHOLE) ^ left
        if number % 4 == 3:
            group = number // 4 + 1
            left = (left + keys[group % 3]) & WHOLE
            right = (right + keys[(group + 1) % 3] + group) & WHOLE
    return left


def test_the_vectors_of_the_model_description_are_those_of_the_tape() -> None:
    text = (ROOT / "model" / "ODD.md").read_text(encoding="utf-8")
    vectors = VECTOR.findall(text)
    assert len(vectors) == 7
    for seed, trial, month, purpose, actor, a, other, b, word, uniform in vectors:
        assert int(a) == max(1, crc32(actor.encode())) == luck(actor)
        assert int(b or 0) == (max(1, crc32(other.encode())) if other else 0)
        counter = (int(month) << 32) + int(purpose), (int(a) << 32) + int(b or 0)
        by_hand = threefry_by_hand((int(seed), int(trial)), counter)
        assert f"{by_hand:016x}" == word
        assert ((by_hand >> 12) + 0.5) * 2.0**-52 == float(uniform)
        drawn = uniforms(int(seed), int(trial), int(month), int(purpose), int(a), int(b or 0))
        assert float(drawn) == float(uniform)


@given(words, words, words, words)
def test_the_hash_is_the_one_worked_out_by_hand(a: int, b: int, c: int, d: int) -> None:
    assert int(threefry(as_words((a, b)), as_words((c, d)))) == threefry_by_hand((a, b), (c, d))
