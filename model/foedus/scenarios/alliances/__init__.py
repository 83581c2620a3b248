"""Alliance files: what they may hold, how they are checked, the numbers that rules read."""
