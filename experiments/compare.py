"""Compare scenarios run by run: differences with paired intervals, figures, and the folder as the last line."""

from __future__ import annotations

OWN = ("scenarios=", "theories=", "results=", "report=", "figures=")  # settings of the comparison, not of an ensemble
