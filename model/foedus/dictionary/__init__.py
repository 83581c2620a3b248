"""The data dictionary: every field, word, parameter and event that rules read or write."""
