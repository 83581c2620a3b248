"""What can be counted in the record: votes with the patron, and answers to requests."""

from collections.abc import Iterable

from foedus.evidence.records import Request, Vote

# A vote with the patron counts in full, standing aside for half.
LOYALTY = {"N": 1.0, "A": 0.5, "X": 0.5, "Y": 0.0}


def loyalty(vote: Vote, states: Iterable[str]) -> float | None:
    """Mean share of the patron's position that `states` took in `vote`.

    Returns:
        From 0 to 1; None if nobody's vote is known.
    """
    known = [LOYALTY[vote.votes[state]] for state in states if vote.votes[state] in LOYALTY]
    return sum(known) / len(known) if known else None


def answered(requests: Iterable[Request], at_least: int) -> tuple[int, int]:
    """How many of `requests` got the answer code `at_least` or a better one, and of how many."""
    answers = [request.answer for request in requests]
    return sum(answer >= at_least for answer in answers), len(answers)
