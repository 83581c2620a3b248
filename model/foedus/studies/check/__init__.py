"""What a scenario says in vain."""
