"""What several things are called side by side, so that no two are called the same."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def distinct(titles: Sequence[str], *details: Sequence[str]) -> list[str]:
    """Titles, each with as many details as it takes to tell it from the others.

    Args:
        titles: What the things are called; shape ``(thing,)``.
        details: What else tells them apart, the most telling first; each of shape ``(thing,)``. If
            all of it is equal, they are numbered.

    Example:
        >>> distinct(["War", "Peace", "War"], ["seed 1", "seed 1", "seed 2"])
        ['War, seed 1', 'Peace', 'War, seed 2']
        >>> distinct(["War", "War"], ["seed 1", "seed 1"], ["10 trials", "20 trials"])
        ['War, 10 trials', 'War, 20 trials']
        >>> distinct(["War", "War (1)", "War"])
        ['War (2)', 'War (1)', 'War (3)']
    """
    labels = list(titles)
    for detail in details:
        values: dict[str, set[str]] = {}
        for label, value in zip(labels, detail, strict=True):
            values.setdefault(label, set()).add(value)
        labels = [
            f"{label}, {value}" if len(values[label]) > 1 else label
            for label, value in zip(labels, detail, strict=True)
        ]
    times = Counter(labels)
    taken = {label for label in labels if times[label] == 1}
    numbered = []
    for label in labels:
        number = 1
        free = label
        while times[label] > 1 and free in {label, *taken}:
            free, number = f"{label} ({number})", number + 1
        taken.add(free)
        numbered.append(free)
    return numbered
