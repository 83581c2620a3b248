"""The page of a validation, and the figures in the README of a case."""
