"""Figures that set scenarios beside each other."""
