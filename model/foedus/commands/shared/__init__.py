"""Words, progress and refusals that several commands share."""
