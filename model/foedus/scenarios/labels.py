"""What several things are called side by side, so that no two are called the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count


def distinct(titles: Sequence[str], *details: Sequence[str]) -> list[str]:
    """Titles, each with as many details as it takes to tell it from the others.

    Args:
        titles: What the things are called; shape ``(thing,)``.
        details: What else tells them apart, the most telling first; each of shape ``(thing,)``.
            Things that are equal in all of it are numbered.

    Example:
        >>> distinct(["War", "Peace", "War"], ["seed 1", "seed 1", "seed 2"])
        ['War (seed 1)', 'Peace', 'War (seed 2)']
        >>> distinct(["War", "War"], ["seed 1", "seed 1"], ["10 trials", "20 trials"])
        ['War (10 trials)', 'War (20 trials)']
        >>> distinct(["War", "War (1)", "War"])
        ['War (2)', 'War (1)', 'War (3)']
    """
    keys: list[tuple[str, ...]] = [(title,) for title in titles]
    for detail in details:
        values: dict[tuple[str, ...], set[str]] = {}
        for key, value in zip(keys, detail, strict=True):
            values.setdefault(key, set()).add(value)
        keys = [
            (*key, value) if len(values[key]) > 1 else key
            for key, value in zip(keys, detail, strict=True)
        ]
    labels = [_label(*key) for key in keys]
    times = Counter(labels)
    taken = {label for label in labels if times[label] == 1}
    for place, label in enumerate(labels):
        if times[label] > 1:
            numbered = (_label(*keys[place], str(number)) for number in count(1))
            labels[place] = next(each for each in numbered if each not in taken)
            taken.add(labels[place])
    return labels


def _label(title: str, *details: str) -> str:
    return f"{title} ({', '.join(details)})" if details else title
