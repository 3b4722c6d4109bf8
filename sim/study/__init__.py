"""Questions over ensembles: what a lever changes, and what a parameter does."""
