"""List the result folders that lie in a place, the latest first."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, main, told
from experiments.options import ListOptions, take_options
from experiments.present import print_wide
from sim.ensemble.run.reporter import Reporter
from sim.study.listing import list_results
from sim.tell.listing import listing_section
from sim.tell.summary import terminal_table
from sim.world.text import place


def job(point: Point) -> None:
    """List the folders of one place."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter):
        output = check(point.values)
        table = list_results(output)
        if len(table):
            print_wide(terminal_table(listing_section(table)))
        print(f"{len(table):,} result folders in {output.resolve()}")


def check(values: dict[str, Any]) -> Path:
    """Return where results lie."""
    options, _ = take_options(values, ListOptions)
    return place(options.output)


SCRIPT = Script("list", ListOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
