"""List the result folders that there are: what each asked, what differs from the usual, runs, date and state."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from experiments.arguments import Point
from experiments.launch import Script, main, told
from experiments.options import ListOptions, take_options
from experiments.present import print_tables
from sim.ensemble.run.reporter import Reporter
from sim.study.listing import list_results
from sim.world.text import place


def job(point: Point) -> None:
    """Print the list; its folders can be given to compare.py and report.py."""
    with told(Reporter(Console(stderr=True))):
        rows = list_results(check(point.values)).astype(object).fillna("").astype(str).to_dict("records")
        table = Table("what was asked", "what differs", "runs", "date and state", title=f"{len(rows):,} result folders")
        table.add_column("folder", overflow="fold")
        for row in rows:
            asked, state = f"{row['name']}\n{row['question']}", f"{row['date']}\n{row['state']}"
            table.add_row(asked.strip(), row["differs"], row["runs"], state, row["folder"])
        print_tables(table)


def check(values: dict[str, Any]) -> Path:
    """Return the folder to look into; raise where composed values name none."""
    return place(take_options(values, ListOptions)[0].output)


SCRIPT = Script("list", ListOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
