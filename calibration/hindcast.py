"""Score hindcasts of what came after the fit against simple references, and print the scores.

Call it as ``python calibration/hindcast.py [TRIALS] [SEED]``. `foedus validate` does the same and
writes a page.
"""

import sys

from foedus import cases
from foedus.validation.hindcasts import scorecard
from foedus.validation.patterns.bench import Bench


def main(trials: int = 200, seed: int = 1) -> None:
    """Print mean bits by kind of case and forecaster; fewer are better.

    Args:
        trials: Trials of every historical scenario.
        seed: Seed of all chance.
    """
    case = cases.load("csto")
    card = scorecard.by_date(Bench(case, trials, seed, case.held_out), case.held_out)
    for score in card.scores:
        if score.score == "bits":
            low, mean, high = score.mean.low, score.mean.mean, score.mean.high
            interval = f"{mean:.2f} bits ({low:.2f} to {high:.2f})"
            print(f"{score.kind:8} {score.forecaster:24} {interval}, {score.cases} cases")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
