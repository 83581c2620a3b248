"""Every bundled scenario side by side."""
