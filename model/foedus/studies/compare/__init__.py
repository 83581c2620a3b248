"""Scenarios set against each other under common random numbers."""
