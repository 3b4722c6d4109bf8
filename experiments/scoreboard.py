"""Keep the scoreboard of the documentation: scores of all worlds in a small table, and the pages that tell them.

The table says by digests which rules, inputs, records and definitions it was made with, so that a test can tell when it
is out of date.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.api import score
from sim.study.score.folder import Scored, developed_worlds
from sim.study.score.record import read_record
from sim.study.score.score import left_out_rows
from sim.tell.score_tables import NOTES, board_section, left_out_section, standing_lines
from sim.tell.summary import markdown_table

ROOT = Path(__file__).resolve().parents[1]
TABLE, PAGE, README = ROOT / "docs" / "scoreboard.csv", ROOT / "docs" / "scoreboard.md", ROOT / "README.md"
FIGURE = ROOT / "docs" / "figures" / "skill"
COMMAND = "python experiments/document.py --scores"
DIGESTS = ("rulebook", "scoring", "inputs", "records")
FIGURES = 4  # significant: what differs further down differs by machine


def make_table() -> None:
    """Score all worlds, reading ensembles that are stored, and write the table and its figure."""
    scored = score()
    TABLE.write_text(table_text(scored), encoding="utf-8")
    png, _ = scored.plot("skill").save(FIGURE)
    png.unlink()


def table_text(scored: Scored) -> str:
    """Return the table of some scores as it is stored.

    Parameters
    ----------
    scored
        Scores of the project's worlds.
    """
    runs = max(world["runs"] for world in scored.manifest["worlds"])
    told = {"made by": COMMAND, "runs": runs, "seed": scored.manifest["seed"]}
    told |= {name: scored.manifest[name] for name in DIGESTS}
    head = "".join(f"# {name}: {value}\n" for name, value in told.items())
    return head + scored.scores.board.to_csv(index=False, float_format=f"%.{FIGURES}g", lineterminator="\n")


def read_table() -> tuple[dict[str, str], pd.DataFrame]:
    """Return what the stored table says of itself, and its rows."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    told = dict(line.removeprefix("# ").split(": ", 1) for line in lines if line.startswith("# "))
    return told, pd.read_csv(TABLE, comment="#")


def page_parts() -> dict[str, str]:
    """Return the generated parts of the page; the README has the first of them as well."""
    told, board = read_table()
    made = f"{int(told['runs']):,} runs of each world, seed {told['seed']}, rulebook `{told['rulebook']}`. {NOTES}"
    left_out = left_out_rows((name, read_record(tables)) for name, tables in developed_worlds())
    return {
        "standing": "\n".join(f"- {line}" for line in standing_lines(board)),
        "board": f"{made}\n\n{markdown_table(board_section(board))}",
        "left out": markdown_table(left_out_section(left_out)),
    }
