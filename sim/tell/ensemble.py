"""Run ensembles with a summary in words beside their tables, and words for those who wait."""

from __future__ import annotations

from pathlib import Path

from sim.ensemble.run import runner
from sim.ensemble.run.branches import Futures
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.store.results import Results
from sim.tell.branch import branch_answer
from sim.tell.precision import look_line
from sim.tell.summary import summary_markdown
from sim.world.scenario import Scenario


def run_ensemble(scenario: Scenario, folder: Path, command: str, reporter: Reporter | None = None) -> Results:
    """Return an ensemble's results; see `sim.ensemble.run.runner.run_ensemble`.

    Parameters
    ----------
    scenario, folder, command, reporter
        As there.
    """
    return runner.run_ensemble(scenario, folder, command, runner.Words(page_of, look_line), reporter)


def page_of(results: Results, scenario: Scenario) -> str:
    """Return the page that stands beside the tables: what could still happen, or the summary of an ensemble."""
    if isinstance(scenario.living, Futures):
        return branch_answer(results, scenario, scenario.living).markdown(str(results.manifest["command"]))
    return summary_markdown(results, scenario)
