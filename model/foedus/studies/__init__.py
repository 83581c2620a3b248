"""What several runs say together, and why a trial went as it did."""
