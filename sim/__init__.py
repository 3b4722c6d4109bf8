"""Monte Carlo of regime collapse and regional spillover."""
