"""The registry of parameters."""
