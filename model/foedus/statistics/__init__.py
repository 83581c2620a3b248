"""Quantiles, intervals and scores of arrays; nothing here knows of alliances."""
