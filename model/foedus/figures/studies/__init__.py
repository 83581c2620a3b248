"""Figures of comparisons, sweeps, the library and explanations."""
