"""Hindcasts of the record and their scores, beside simple references and rivals."""
