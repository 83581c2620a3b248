"""Cohesion of a military alliance, month by month.

A scenario is one readable YAML file; a run plays it thousands of times and says how often what
happened. ``foedus run scenarios/baseline.yaml`` is the shortest way in, and from Python:

>>> import foedus as fd
>>> base = fd.Scenario.load("baseline")  # or a path
>>> war = base.but(drivers={"war": {"2027-01": 1.0}})  # a checked copy
>>> run = fd.run(base, trials=20, seed=1)
>>> run.summary.trials, len(run.frame("members"))
(20, 120)
>>> diff = fd.compare(base, war, trials=20, seed=1)
>>> diff.frame()["metric"].nunique() >= 20
True
>>> grid = fd.sweep(base, {"drivers.war": [0, 0.5, 1]}, trials=20)
>>> len(grid.points)
3
>>> why = fd.explain(run, trial=3)
>>> len(why) > 100
True
>>> model = fd.AllianceModel(base, rng=1, trial=0)  # Mesa
>>> model.date
'2026-11'

Everything is loaded when it is first used, so that ``import foedus`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {  # the stub beside this file says the same to type checkers
    "AllianceModel": "foedus.simulation.mesa.alliance_model",
    "Comparison": "foedus.api.comparison",
    "Explanation": "foedus.studies.explain.decisions",
    "FoedusError": "foedus.errors",
    "Run": "foedus.api.running",
    "Scenario": "foedus.api.scenario",
    "Sweep": "foedus.api.sweep",
    "compare": "foedus.api.comparison",
    "explain": "foedus.api.explanation",
    "fork": "foedus.api.comparison",
    "rule": "foedus.simulation.rule_book",
    "run": "foedus.api.running",
    "sweep": "foedus.api.sweep",
}


__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
