"""Every decision of a trial with its reasons, and what would have changed it."""
