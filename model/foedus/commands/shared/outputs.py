"""Options that say where results go, and with how much work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from foedus.commands.shared import kinds

if TYPE_CHECKING:
    import argparse


def add_threads(parser: argparse.ArgumentParser) -> None:
    """How many threads to use."""
    parser.add_argument(
        "--threads",
        type=kinds.whole,
        metavar="N",
        help="threads to use (as many as there are cores)",
    )


def add_out(parser: argparse.ArgumentParser) -> None:
    """Where results go."""
    parser.add_argument(
        "--out",
        type=kinds.folder,
        default=Path("runs"),
        metavar="DIR",
        help="folder in which the run's own folder is made (%(default)s)",
    )


def add_place(parser: argparse.ArgumentParser) -> None:
    """Where runs go, which may be elsewhere."""
    parser.add_argument(
        "--out",
        type=kinds.place,
        default="runs",
        metavar="DIR",
        help="folder in which the run's own folder is made, or an address for fsspec such as "
        "s3://bucket/runs (%(default)s)",
    )


def add_no_figures(parser: argparse.ArgumentParser) -> None:
    """Whether to draw."""
    parser.add_argument("--no-figures", action="store_true", help="tables and text only; faster")
