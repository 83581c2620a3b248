"""Files that people write: read with the place of every value, and refused in one line."""
