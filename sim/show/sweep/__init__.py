"""Figures of sweeps: what a number does to the answer."""
