"""Draw the figures of one ensemble."""
