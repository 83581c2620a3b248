"""What runs say beyond their own numbers: differences, forks, sweeps, and single decisions."""
