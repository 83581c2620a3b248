"""A design of points, played under common random numbers."""
