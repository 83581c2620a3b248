"""Figures of the inference and the validation."""
