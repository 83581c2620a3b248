"""The tables of a run, each a function from an ensemble to an Arrow table."""
