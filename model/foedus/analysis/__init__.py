"""What several ensembles say together: paired differences, forks of a past, sweeps of designs."""
