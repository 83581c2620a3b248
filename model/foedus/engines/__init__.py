"""Two ways to run the rules: a Mesa model for one trial, a compiled ensemble for many."""
