"""Learning parameters from the record of a case."""
