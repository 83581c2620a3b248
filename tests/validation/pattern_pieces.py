"""What the made-up runs of all patterns are built from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from made_runs import TRIALS, made, member

type Runs = dict[str, Any]
type Breaker = Callable[[Runs], None]

HALF: Final = range(TRIALS // 2)


def several(*names: str, **kwargs: Any) -> Runs:
    return {name: made(**kwargs) for name in names}


def outcome(run: Any, name: str, code: str | None, value: Any) -> None:
    place = (slice(None),) if code is None else (slice(None), member(code))
    run.outcomes[name][place] = value


def set_outcome(run: str, name: str, code: str, value: float) -> Breaker:
    return lambda runs: outcome(runs[run], name, code, value)
