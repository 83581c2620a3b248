"""The language of scenario files: keys, names, dates, conditions, uncertain numbers."""
