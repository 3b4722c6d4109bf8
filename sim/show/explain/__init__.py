"""Figures of one history."""
