"""Reports of an ensemble, a comparison, scores or one history, and briefs: each an HTML file that needs no other."""

from sim.show.report.brief import write_brief
from sim.show.report.chronicle import chronicle_html, write_chronicle
from sim.show.report.scoreboard import write_scoreboard
from sim.show.report.write import write_report

__all__ = ["chronicle_html", "write_brief", "write_chronicle", "write_report", "write_scoreboard"]
