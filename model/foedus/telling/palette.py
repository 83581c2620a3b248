"""Colours, the same on every surface: figures, drawings, page and report."""

from typing import Final

ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
INK: Final = "#222222"
FAINT: Final = "#6B6B6B"
PALE: Final = "#D9D9D9"
"""Okabe and Ito's palette, which people with any colour vision can tell apart, and three greys."""

STATUS_COLOURS: Final = {"active": BLUE, "frozen": ORANGE, "out": "#4D4D4D"}
PARTNER_COLOURS: Final = (VERMILLION, GREEN, PURPLE, SKY, YELLOW, ORANGE)
