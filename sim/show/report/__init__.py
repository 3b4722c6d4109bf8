"""The report of an ensemble, of a comparison or of scores: one HTML file that needs nothing else to be read."""

from sim.show.report.scoreboard import write_scoreboard
from sim.show.report.write import write_report

__all__ = ["write_report", "write_scoreboard"]
