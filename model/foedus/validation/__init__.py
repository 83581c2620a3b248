"""Confronting the model with the record: patterns, hindcasts, scores, rivals, questions."""
