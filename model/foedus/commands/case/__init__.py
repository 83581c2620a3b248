"""Commands about a case: its evidence, calibration, validation and forecasts."""
