"""Show one history as Mesa agents: views of the same records, calling the same phases in the same order."""
