"""From which interval each set of parameters draws what it was not fitted for."""

from __future__ import annotations

import numpy as np
import pytest

from foedus.parameters import posterior, registry
from foedus.simulation.loading import load_setup
from foedus.simulation.world import Setup


def interval(setup: Setup, name: str) -> tuple[float, float, float]:
    (found,) = (each for each in setup.uncertain if each.name == name)
    return found.low, found.mode, found.high


@pytest.mark.parametrize(("which", "base"), [("posterior", "record"), ("posterior-2019", "prior")])
def test_what_a_posterior_leaves_unfitted_comes_from_its_base(which: str, base: str) -> None:
    setup, fitted = load_setup("baseline", which), posterior.load(which)
    assert fitted.names
    for parameter in registry.load().parameters:
        expected = parameter.triple(base)
        if parameter.name in fitted.names:
            values = fitted.draws[:, fitted.names.index(parameter.name)]
            ends = (values.min(), float(np.median(values)), values.max())
            assert interval(setup, parameter.name) == ends
        elif expected.low < expected.high:
            assert interval(setup, parameter.name) == expected


@pytest.mark.parametrize("name", ["freeze_rate", "precedent", "ritual_share"])
def test_the_posterior_of_2019_owes_nothing_to_intervals_that_know_more(name: str) -> None:
    """A parameter whose interval was narrowed by hand with the years since in view."""
    parameter = registry.load().get(name)
    assert parameter is not None
    wide, narrow = parameter.triple("posterior-2019"), parameter.triple("record")
    assert wide == parameter.triple("prior")
    assert wide.low < narrow.low
    assert wide.high > narrow.high
