"""Learn parameters from history, one fold left out at a time: from a design over their ranges to a mix of vectors."""
