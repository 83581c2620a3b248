"""What the page shows: its tabs, its sidebar, its tables."""
