"""Live many runs: chunks, executors, parts, and whoever tells how far it is."""
