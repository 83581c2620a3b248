"""Scenarios in words: shown with sources, compared, annotated, begun."""
