"""Files that survive whatever ends a process: stores, locks, seals, and unfinished work."""
