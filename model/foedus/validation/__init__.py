"""Confronting the model with the record: targets, inference, patterns, scores, rivals."""
