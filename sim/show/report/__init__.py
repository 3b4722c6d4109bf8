"""The report of an ensemble, of a comparison, of scores or of one history: one HTML file that needs nothing else."""

from sim.show.report.chronicle import chronicle_html, write_chronicle
from sim.show.report.scoreboard import write_scoreboard
from sim.show.report.write import write_report

__all__ = ["chronicle_html", "write_chronicle", "write_report", "write_scoreboard"]
