"""Judge the patterns of the record on simulated runs, and print the verdicts.

Call it as ``python calibration/patterns.py [TRIALS] [SEED]``. `foedus validate` does the same and
writes a page.
"""

import sys

from foedus import cases
from foedus.validation.patterns.battery import run_battery
from foedus.validation.patterns.bench import Bench


def main(trials: int = 200, seed: int = 1) -> None:
    """Print one line per pattern: its verdict, and the check that is nearest to failing.

    Args:
        trials: Trials of every run.
        seed: Seed of all chance.
    """
    verdicts = run_battery(Bench(cases.load("csto"), trials, seed, "posterior"))
    for verdict in verdicts:
        nearest = verdict.weakest
        word = "passes" if verdict.passed else "FAILS"
        found = f"{nearest.figure.value:.3f} (standard error {nearest.figure.error:.3f})"
        print(f"{verdict.rule.id}  {word:6}  {nearest.check.sentence}; found {found}")
    print(f"{sum(verdict.passed for verdict in verdicts)} of {len(verdicts)} patterns pass.")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
