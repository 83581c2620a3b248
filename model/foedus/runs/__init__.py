"""Runs on disk: resumable, sealed, repeatable."""
