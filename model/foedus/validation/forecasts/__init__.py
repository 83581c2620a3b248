"""Forecasts of the true future, and their scores once resolved."""
