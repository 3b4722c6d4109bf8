"""Hold the scripts: short, the only callers of Hydra; what they do is in `sim`."""
