"""A crisis: threats arise, members ask, the council votes, the patron answers."""
