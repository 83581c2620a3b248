"""Replicated histories held against the record."""
