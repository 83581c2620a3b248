"""Spearman's rank correlation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def rank_correlation(
    columns: NDArray[np.float64], other: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Spearman's correlation of each column with another; 0 where either does not vary.

    Args:
        columns: Shape ``(observation, column)``.
        other: Shape ``(observation,)``.

    Returns:
        From -1 to 1; shape ``(column,)``.

    Example:
        >>> rank_correlation(np.array([[1.0, 5.0], [2.0, 5.0], [9.0, 5.0]]), np.arange(3.0))
        array([1., 0.])
    """
    ranked, away = _ranks(columns), _ranks(other[:, None])[:, 0]
    centred, away = ranked - ranked.mean(axis=0), away - away.mean()
    # Summed row by row: a matrix product would add up in an order that depends on the processor.
    covariance = (centred * away[:, None]).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = covariance / np.sqrt((centred**2).sum(axis=0) * (away**2).sum())
    return np.asarray(np.nan_to_num(correlation))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks of each column, ties sharing the mean of theirs; shape as given."""
    ranks = np.empty(values.shape)
    for column in range(values.shape[1]):
        _, place, counts = np.unique(values[:, column], return_inverse=True, return_counts=True)
        ranks[:, column] = (np.cumsum(counts) - (counts - 1) / 2.0)[place]
    return ranks
