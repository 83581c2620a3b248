"""Calibration: it learns, it can be killed, and what it leaves behind is what a run draws from."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conftest import CSTO, scenario_file
from faults import ended, kill, start, wait_for
from foedus.errors import FoedusError
from foedus.inference.prior import Prior
from foedus.inference.sampling import diagnose, split_r_hat, walk
from foedus.inference.study import inputs
from foedus.parameters import posterior
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.loading import load_setup
from foedus.simulation.mesa.alliance_model import AllianceModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMES = ("fatigue", "learning", "loss_aversion")
SHIPPED = CSTO.path("posterior")


class Peak:
    """A likelihood with a known answer, and noise if wanted."""

    def __init__(self, prior: Prior, noise: float = 0.0) -> None:
        self.centre = prior.low + 0.5 * (prior.high - prior.low)
        self.width = 0.05 * (prior.high - prior.low)
        self.noise = noise
        self.seeds: list[int] = []

    def __call__(self, thetas: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
        self.seeds.append(seed)
        luck = np.random.default_rng(seed).normal(0.0, self.noise, len(thetas))
        gaps = (thetas - self.centre) / self.width
        found: NDArray[np.float64] = -0.5 * (gaps**2).sum(axis=1) + luck - 0.5 * self.noise**2
        return found


def walk_to(
    path: Path, steps: int, *, noise: float = 0.0, inputs: str = "same"
) -> NDArray[np.float64]:
    prior = Prior.of(NAMES)
    chain = walk(
        Peak(prior, noise),
        prior,
        walkers=16,
        steps=steps,
        seed=5,
        checkpoint=path / "walk.npz",
        inputs=inputs,
    )
    return chain.places


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_the_walk_finds_a_known_posterior_noise_or_none(tmp_path: Path, noise: float) -> None:
    """A peak much narrower than the prior: mean and width are its own, within sampling error."""
    prior = Prior.of(NAMES)
    peak = Peak(prior)
    places = walk_to(tmp_path, 700, noise=noise)[200:].reshape(-1, len(NAMES))
    assert places.mean(axis=0) == pytest.approx(peak.centre, abs=0.4 * peak.width.max())
    gaps = (places - peak.centre) / peak.width
    assert np.abs(gaps.mean(axis=0)).max() < 0.35
    assert gaps.std(axis=0) == pytest.approx(1.0, abs=0.25)


def test_a_walk_that_stopped_anywhere_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    whole = walk_to(tmp_path / "whole", 20)
    for stop in (0, 1, 7, 19):
        walk_to(tmp_path / str(stop), stop)
        assert np.array_equal(walk_to(tmp_path / str(stop), 20), whole)


def test_a_checkpoint_of_another_walk_is_refused(tmp_path: Path) -> None:
    walk_to(tmp_path, 2)
    with pytest.raises(FoedusError, match="other inputs"):
        walk_to(tmp_path, 3, inputs="other")


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped"])
def test_a_damaged_checkpoint_is_refused(damage: str, tmp_path: Path) -> None:
    walk_to(tmp_path, 3)
    path = tmp_path / "walk.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    left = {"cut": len(content) // 2, "empty": 0}.get(damage, len(content))
    path.write_bytes(content[:left])
    with pytest.raises(FoedusError, match=r"walk\.npz: is damaged, or cannot be read"):
        walk_to(tmp_path, 5)


def test_the_prior_is_the_triangle_that_a_run_draws_from() -> None:
    prior = Prior.of(NAMES)
    grid = np.linspace(prior.low, prior.high, 20_001)
    step = (prior.high - prior.low) / 20_000
    for q in range(len(NAMES)):
        one = Prior.of((NAMES[q],))
        density = np.exp(one.log_density(grid[:, [q]]))
        assert density.sum() * step[q] == pytest.approx(1.0, abs=1e-3)
        mean = float((density * grid[:, q]).sum() * step[q])
        assert mean == pytest.approx(one.mean[0], rel=1e-3)
        spread = float((density * (grid[:, q] - mean) ** 2).sum() * step[q])
        assert np.sqrt(spread) == pytest.approx(one.deviation[0], rel=1e-3)
    assert np.isneginf(prior.log_density((prior.low - 1.0)[None]))[0]
    setup = load_setup("baseline", "prior")
    drawn = setup.draw_quantities(3, np.arange(5))
    places = [[each.name for each in setup.uncertain].index(name) for name in NAMES]
    assert np.array_equal(drawn[:, places], prior.draw(3, 5))


def test_r_hat_tells_chains_that_agree_from_chains_that_do_not() -> None:
    luck = np.random.default_rng(1)
    same = luck.normal(size=(400, 20))
    assert split_r_hat(same) < 1.01
    same[:, 10:] += 2.0
    assert split_r_hat(same) > 1.2


def test_what_was_not_moved_is_said(tmp_path: Path) -> None:
    prior = Prior.of(NAMES)

    def flat(thetas: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
        gap = (thetas[:, 0] - prior.low[0]) / (0.05 * (prior.high - prior.low)[0])
        found: NDArray[np.float64] = -0.5 * gap**2
        return found

    chain = walk(
        flat, prior, walkers=20, steps=500, seed=2, checkpoint=tmp_path / "walk.npz", inputs=""
    )
    found = diagnose(chain, prior, burn_in=100)
    assert found.not_moved() == list(NAMES[1:])


ARGUMENTS = ("calibrate", "--reduced", "--only", "posterior-2019", "--threads", "2", "--out")


def command(out: Path) -> list[str]:
    return [sys.executable, "-m", "foedus", *ARGUMENTS, str(out)]


@pytest.mark.slow
def test_a_calibration_killed_in_the_middle_ends_with_the_same_files(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run(command(whole), check=True, capture_output=True)
    checkpoint = killed / "posterior-2019.working" / "walk.npz"
    process = start(*ARGUMENTS, killed)
    assert wait_for(checkpoint.is_file, process), ended(process)
    kill(process)
    assert process.returncode == -signal.SIGKILL
    assert not (killed / "posterior-2019.parquet").exists()
    with np.load(checkpoint) as kept:
        assert 1 <= len(kept["places"]) < 13
    subprocess.run(command(killed), check=True, capture_output=True)
    names = [f"posterior-2019{ending}" for ending in (".parquet", ".json", ".manifest.json")]
    for name in names:
        assert (killed / name).read_bytes() == (whole / name).read_bytes()
    manifest = json.loads((killed / names[2]).read_text(encoding="utf-8"))
    assert manifest["is"][names[0]] == sha256((killed / names[0]).read_bytes()).hexdigest()
    assert "history-2019.yaml" not in manifest["rests_on"]


# --- What is shipped ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CSTO.posteriors)
def test_a_shipped_posterior_is_the_one_that_was_hashed(name: str) -> None:
    manifest = json.loads((SHIPPED / f"{name}.manifest.json").read_text(encoding="utf-8"))
    for file, digest in manifest["is"].items():
        assert sha256((SHIPPED / file).read_bytes()).hexdigest() == digest
    assert ("history-2019.yaml" in manifest["rests_on"]) == (name == "posterior")
    # Code changes without changing a draw; data may not change without a new fit.
    data = {key: value for key, value in inputs(CSTO, name).items() if key != "code"}
    assert data == {key: value for key, value in manifest["rests_on"].items() if key != "code"}


@pytest.mark.parametrize("name", CSTO.posteriors)
def test_a_shipped_posterior_lies_inside_its_prior(name: str) -> None:
    learnt = posterior.load(name)
    assert np.isfinite(Prior.of(learnt.names).log_density(learnt.draws)).all()
    assert len(learnt.draws) >= 500


@pytest.mark.parametrize("name", CSTO.posteriors)
def test_a_run_draws_the_posterior_jointly_and_both_engines_dock(name: str) -> None:
    setup = load_setup("baseline", name)
    learnt = posterior.load(name)
    places = [[each.name for each in setup.uncertain].index(one) for one in learnt.names]
    drawn = setup.draw_quantities(4, np.arange(50))[:, places]
    rows = {tuple(row) for row in learnt.draws.tolist()}
    assert all(tuple(row) in rows for row in drawn.tolist())
    assert np.array_equal(drawn[10:20], setup.draw_quantities(4, np.arange(10, 20))[:, places])
    ensemble = run_ensemble(setup, trials=3, seed=4, sample=3)
    model = AllianceModel.from_setup(setup, seed=4, trial=2)
    while model.running:
        model.step()
    assert model.cohesion == pytest.approx(ensemble.outcomes["cohesion_end"][2], abs=1e-12)


def test_a_scenario_that_sets_a_parameter_keeps_it_under_a_posterior() -> None:
    name = posterior.load("posterior").names[0]
    low = Prior.of((name,)).low[0]
    path = scenario_file(f"parameters: {{{name}: {float(low)}}}\n")
    setup = load_setup(path, "posterior")
    assert float(setup.parameters[name][0]) == low
    assert name not in {each.name for each in setup.uncertain}
