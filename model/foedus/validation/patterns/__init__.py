"""The pattern battery: runs, figures and pass rules."""
