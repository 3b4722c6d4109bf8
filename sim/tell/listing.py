"""Tell which result folders there are, as a table for a terminal and a notebook."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.tell.section import Cell, Section

HEADER = ("folder", "name", "question", "differs in", "runs", "date", "state")


def listing_section(table: pd.DataFrame) -> Section:
    """Return the table of result folders.

    Parameters
    ----------
    table
        As `sim.study.listing.list_results` returns it.
    """
    return Section.of_rows("Result folders", HEADER, [_row(row) for row in table.to_dict("records")])


def _row(row: Mapping[Hashable, Any]) -> list[Cell]:
    """Return one folder, named within the folder for all results, its date to the minute."""
    folder = "/".join(Path(str(row["folder"])).parts[-2:])
    runs = row["runs"]
    date = str(row["date"])[:16].replace("T", " ")
    words = [str(row[key]) for key in ("name", "question", "differs")]
    return [folder, *words, runs if isinstance(runs, int) else "", date, str(row["state"])]
