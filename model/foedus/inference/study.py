"""A calibration from beginning to end: screen, walk, keep the posterior and what speaks for it.

Two posteriors are kept. One rests on the record before the split `test` alone and is named after
its last year (`Case.held_out`); its files are hashed before anything is scored against what came
later. `posterior` rests on the whole record and is for questions about what has not happened yet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from foedus.errors import FoedusError
from foedus.files.atomic import write_whole
from foedus.inference import record, targets
from foedus.inference.likelihood import RecordLikelihood, Screening, screen, seed_of
from foedus.inference.prior import Prior
from foedus.inference.sampling import Chain, Diagnostics, diagnose, walk
from foedus.parameters import posterior as kept
from foedus.simulation.compiled import cache

if TYPE_CHECKING:
    from foedus.cases import Case

OTHERS: Final = {"fit": "prior", "all": "record"}
"""Where parameters that are not fitted come from, in the fit as in a run, by how much of the record
a posterior rests on: the prior owes nothing to the split `test`; the intervals of the record were
set by hand with all of it in view."""


@dataclass(frozen=True)
class Settings:
    """How much work a calibration does.

    Attributes:
        seed: Seed of everything.
        sets: Parameter sets of the screening.
        screening_particles: Particles of its filters.
        parameters: The most parameters that are fitted; those that move the likelihood most.
        particles: Particles of the filters of the walk.
        walkers: Walkers, even.
        steps: Steps.
        burn_in: Steps that are thrown away.
        draws: Draws that are kept.
    """

    seed: int = 2019
    sets: int = 3000
    screening_particles: int = 8
    parameters: int = 16
    particles: int = 32
    walkers: int = 32
    steps: int = 150
    burn_in: int = 50
    draws: int = 1000

    @property
    def of_the_walk(self) -> dict[str, int]:
        """What decides where the walk goes; how far, and what is kept of it, does not."""
        later = ("steps", "burn_in", "draws")
        return {name: value for name, value in asdict(self).items() if name not in later}


REDUCED: Final = Settings(
    sets=300, screening_particles=4, parameters=4, particles=4, walkers=12, steps=12, burn_in=4,
    draws=40,
)  # fmt: skip
"""So little work that it tests the machinery and means nothing."""


def calibrate(
    case: Case,
    name: str,
    out: Path,
    settings: Settings,
    *,
    threads: int,
    say: Callable[[str], None],
    progress: Callable[[Chain], None] | None = None,
) -> Diagnostics:
    """Fit one posterior and write its files.

    Args:
        case: The case.
        name: One of its `posteriors`.
        out: Folder of the files; what an interruption leaves lies in a folder of that name in it.
        settings: How much work to do.
        threads: Threads to use.
        say: Told what is being done.
        progress: Told after every step.

    Raises:
        FoedusError: The targets, the scenarios or the registry are not valid, or an interrupted
            walk rests on other inputs.
    """
    upto = case.posteriors[name]
    stretches = record.stretches(case, targets.load(case), upto=upto, parameters=OTHERS[upto])
    digests = inputs(case, name)
    digest = _digest({"settings": settings.of_the_walk, "inputs": digests, "name": name})
    working = out / f"{name}.working"
    seed = seed_of(settings.seed, name)
    screening = _screened(case, working, digest, stretches, settings, seed, threads, say)
    chosen = screening.moving(settings.parameters)
    say(f"{name}: {len(chosen)} parameters move the record's likelihood: {', '.join(chosen)}")
    prior = Prior.of(chosen, case)
    likelihood = RecordLikelihood(chosen, stretches, particles=settings.particles, threads=threads)
    chain = walk(
        likelihood,
        prior,
        walkers=settings.walkers,
        steps=settings.steps,
        seed=seed,
        checkpoint=working / "walk.npz",
        inputs=digest,
        progress=progress,
    )
    diagnostics = diagnose(chain, prior, burn_in=settings.burn_in)
    names = learnt(upto, chosen, diagnostics)
    columns = [chosen.index(each) for each in names]
    kept.write(out / f"{name}.parquet", names, thin(chain, settings)[:, columns])
    write_json(out / f"{name}.json", _report(name, settings, screening, diagnostics))
    write_json(out / f"{name}.manifest.json", _manifest(name, out, digests))
    return diagnostics


def learnt(upto: str, chosen: Sequence[str], diagnostics: Diagnostics) -> list[str]:
    """Parameters whose draws are kept, by how much of the record was fitted.

    What the record leaves where it was is drawn like what was not fitted. Where only the split
    `fit` was heard that is the prior either way, so that all are kept; after all of the record it
    is the interval of the record.
    """
    still = diagnostics.not_moved() if OTHERS[upto] != "prior" else []
    return [each for each in chosen if each not in still]


def thin(chain: Chain, settings: Settings) -> NDArray[np.float64]:
    """Draws evenly spaced over the steps after the burn-in and over all walkers."""
    after = chain.places[settings.burn_in + 1 :]
    every = after.reshape(-1, after.shape[-1])
    places = np.linspace(0, len(every) - 1, min(settings.draws, len(every))).astype(np.int64)
    return every[places]


def inputs(case: Case, name: str) -> dict[str, str]:
    """SHA-256 of all that a posterior rests on, by file; of the code, one digest."""
    files = sorted(case.path("targets").glob("*.csv"))
    files += [path for path in (case.path("parameters.yaml"), case.alliance_file) if path.is_file()]
    last = None if case.posteriors[name] == "all" else -1
    files += [case.scenario_file(each) for each in case.history.stretches[:last]]
    digests = {path.name: sha256(path.read_bytes()).hexdigest() for path in files}
    return digests | {"code": cache.digest()}


def _screened(
    case: Case,
    working: Path,
    digest: str,
    stretches: Any,
    settings: Settings,
    seed: int,
    threads: int,
    say: Callable[[str], None],
) -> Screening:
    """The screening, done or read again."""
    path = working / "screening.json"
    with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        found = json.loads(path.read_bytes())
        # What is damaged is made again.
        if found["inputs"] == digest and found["sha256"] == _digest_of_screening(found):
            shares = np.array(found["shares"])
            return Screening(tuple(found["names"]), shares, found["threshold"])
    say(f"screening with {settings.sets:,} parameter sets ...")
    screening = screen(
        stretches,
        Prior.of(case=case),
        sets=settings.sets,
        particles=settings.screening_particles,
        threads=threads,
        seed=seed,
    )
    content = {
        "inputs": digest,
        "names": screening.names,
        "shares": screening.shares.tolist(),
        "threshold": screening.threshold,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, content | {"sha256": _digest_of_screening(content)})
    return screening


def _digest_of_screening(content: dict[str, Any]) -> str:
    """Digest of a screening on disk, its own left out."""
    return _digest(
        {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in content.items()
            if key != "sha256"
        }
    )


def _report(
    name: str, settings: Settings, screening: Screening, diagnostics: Diagnostics
) -> dict[str, Any]:
    shares = dict(zip(screening.names, np.round(screening.shares, 5).tolist(), strict=True))
    return {
        "name": name,
        "settings": asdict(settings),
        "judgement": {
            "misreading": record.SLIP,
            "reading_error": record.READING_ERROR,
            "poll_error": record.POLL_ERROR,
        },
        "diagnostics": diagnostics.summary(),
        "parameters": diagnostics.table(),
        "not_moved": diagnostics.not_moved(),
        "screening": {"threshold": round(screening.threshold, 5), "shares": shares},
    }


def _manifest(name: str, out: Path, digests: dict[str, str]) -> dict[str, Any]:
    """What the posterior rests on and what it is, by hash: written before any score."""
    written = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in (out / f"{name}.parquet", out / f"{name}.json")
    }
    return {"posterior": name, "rests_on": digests, "is": written}


def most_moving(case: Case, out: Path, count: int) -> tuple[str, ...]:
    """The parameters that moved the likelihood most when the held-out posterior was made.

    Raises:
        FoedusError: There is no such posterior in the folder.
    """
    path = out / f"{case.held_out}.json"
    try:
        shares = json.loads(path.read_bytes())["screening"]["shares"]
        return tuple(sorted(shares, key=lambda name: -shares[name])[:count])
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        raise FoedusError(
            f"{path}: cannot be read, or is damaged; make the posterior with «foedus calibrate»"
        ) from None


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a file of our own, all of it or nothing."""
    write_whole(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _digest(content: dict[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
