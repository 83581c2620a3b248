"""The same rules as a Mesa model: one trial, agent by agent."""
