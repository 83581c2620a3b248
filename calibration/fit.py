"""Learn the parameters from the record before the split, and print what moved.

Call it as ``python calibration/fit.py FOLDER [reduced]``; the posterior goes to the folder, where
an interrupted fit goes on. `foedus calibrate` makes both posteriors.
"""

import sys
from pathlib import Path

from foedus import cases
from foedus.inference.study import REDUCED, Settings, calibrate
from foedus.simulation.ensemble import available_cores


def main(folder: Path, settings: Settings) -> None:
    """Fit the held-out posterior; print each parameter's prior and posterior mean.

    Args:
        folder: Where the posterior goes.
        settings: How much work to do; `REDUCED` tests the machinery and means nothing.
    """
    case = cases.load("csto")
    diagnostics = calibrate(
        case, case.held_out, folder, settings, threads=available_cores(), say=print
    )
    for row in diagnostics.table():
        numbers = ", ".join(f"{name} {value}" for name, value in row.items() if name != "name")
        print(f"{row['name']:24} {numbers}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), REDUCED if "reduced" in sys.argv[2:] else Settings())
