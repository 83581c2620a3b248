"""Where the bundled scenarios and the usual case lie, and what they are called.

An installed package carries them in ``foedus/data``. A checkout, and an editable install of one,
keeps them in ``scenarios/`` and ``calibration/`` beside ``model/``, where people edit them.
"""

from pathlib import Path
from typing import Final

from foedus.errors import FoedusError

USUAL_CASE: Final = "csto"
"""The case that is meant where none is named; it lies in the folder ``calibration``."""
USUAL_SCENARIO: Final = "baseline"
"""The scenario that others are compared with and extend where none is named."""

_PACKAGE = Path(__file__).resolve().parent


def scenarios_folder() -> Path:
    """The folder of the bundled scenarios and of ``alliances/``.

    Raises:
        FoedusError: Neither the package nor the checkout has it.
    """
    return _bundled("scenarios")


def calibration_folder() -> Path:
    """The folder of the usual case: its evidence, its registry of parameters, and the rest.

    Raises:
        FoedusError: Neither the package nor the checkout has it.
    """
    return _bundled("calibration")


def _bundled(name: str, package: Path = _PACKAGE) -> Path:
    """The folder `name` of the installed package, or else of the checkout around it."""
    installed = package / "data" / name
    if installed.is_dir():
        return installed
    checkout = package.parents[1]
    in_checkout = checkout / name
    # Beside an installed package may lie a folder of the same name that is not ours.
    if (checkout / "pyproject.toml").is_file() and in_checkout.is_dir():
        return in_checkout
    raise FoedusError(
        f"the bundled folder «{name}» is missing: looked for {installed} and {in_checkout}; "
        "install foedus again, or restore the folder in the checkout"
    )
