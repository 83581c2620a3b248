"""Claims as contrasts: what each claim of the evidence says must move what, and whether it does."""
