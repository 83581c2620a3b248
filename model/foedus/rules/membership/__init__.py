"""What members make of it: trust, engagement, acts and exits, ties, votes at the UN."""
