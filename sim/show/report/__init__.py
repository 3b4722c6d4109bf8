"""The report of an ensemble or of a comparison: one HTML file that needs nothing else to be read or printed."""

from sim.show.report.write import write_report

__all__ = ["write_report"]
