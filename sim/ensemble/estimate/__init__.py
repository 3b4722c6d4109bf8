"""Estimate from runs: shares, days and amounts, each with its interval and its n."""
