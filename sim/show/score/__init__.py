"""Draw how the model scores: skill by family, each war's outcomes beside its forecast, probabilities, and ranks."""
