"""Setting something in a scenario: levers, uncertainties, addresses and sweeps."""
