"""Hold what makes many runs out of one: executors, stored tables, manifest, estimates with intervals."""
