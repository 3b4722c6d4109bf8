"""Compare scenarios run by run: differences with paired intervals, figures, and the folder as the last line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main, told
from experiments.options import CompareOptions, take_options
from experiments.present import Showing
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import held
from sim.ensemble.store.files import locked_for_reading, write_text
from sim.ensemble.store.folders import result_folder
from sim.show.figures import of_comparison
from sim.show.report import write_report
from sim.study.cases import Case, of_equal_runs, open_case
from sim.study.compare import check_comparable, compare, digest_of, store_comparison
from sim.tell.comparison_summary import comparison_markdown, comparison_table
from sim.tell.ensemble import run_ensemble
from sim.world.catalogue import USUAL_SCENARIO, choice
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from sim.world.text import place

OWN = ("scenarios=", "theories=", "results=", "report=", "figures=")  # settings of the comparison, not of an ensemble
