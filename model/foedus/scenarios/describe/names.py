"""Every name that a scenario file may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foedus.dictionary.alterable import ALTERABLE
from foedus.dictionary.vocabulary import FORCED_NAMES, MECHANISM_NAMES
from foedus.scenarios.language.observed import FORM_OF
from foedus.scenarios.settings.addresses import FORMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foedus.scenarios.resolved import ResolvedScenario


def names_of(resolved: ResolvedScenario, parameters: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Names by kind, in the order of the alliance, of the registry or of the language.

    Args:
        resolved: The scenario, whose alliance says who there is.
        parameters: Names of the registry.
    """
    roster, titles = resolved.roster, dict(resolved.roster.titled)
    by_code = {code: title for title, code in titles.items()}

    def coded(codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(f"{code}  {by_code[code]}" if code in by_code else code for code in codes)

    return {
        "members": coded(roster.members),
        "members that take no part at this start": coded(roster.absent),
        "patron": coded([roster.patron]),
        "partners": coded(roster.partners),
        "threats": roster.threats,
        "drivers": tuple(resolved.drivers),
        "parameters": tuple(parameters),
        "quantities": tuple(
            f"{name}[{','.join(entry.entry.of)}]" if entry.entry.of else name
            for name, entry in resolved.alliance.quantities.items()
        ),
        "numbers that may change at a date": tuple(
            name for name in ALTERABLE if name in resolved.alliance.quantities
        ),
        "acts of decisions": FORCED_NAMES,
        "mechanisms": MECHANISM_NAMES,
        "conditions": tuple(form.shown for form in FORM_OF.values()),
        "addresses": FORMS,
    }
