"""Scenario and alliance files: read, checked, and resolved into everything a run needs.

From a file to a run: `yaml_reader` keeps the place of every value, `schema` and `alliance` say what
a file may hold, `inheritance` merges a scenario with its parents, and `resolve` checks the whole
against the alliance and compiles it. Nothing here knows how the alliance behaves.
"""
