"""Write scores as one HTML file that fetches nothing: by family, by war, what is left out, where they come from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.show.figures import HISTORY, Sheet, drawable, left_out, of_scores
from sim.show.report.chapters import Drawing, drawing_of
from sim.show.report.write import look_and_script, write_page
from sim.show.score.words import CAVEAT
from sim.study.score.folder import Scored
from sim.tell.score_tables import (
    NOTES,
    board_section,
    left_out_section,
    scored_of,
    standing_lines,
    tilt_section,
    tilted_section,
)

TEMPLATE = "scoreboard.html.jinja"
FACTS = ("rulebook", "scoring", "inputs", "records", "config_digest", "seed", "scenario")


def write_scoreboard(scored: Scored, path: Path) -> Path:
    """Write the page of scores and return its path.

    Parameters
    ----------
    scored
        Scores of some worlds.
    path
        Where to write it.
    """
    return write_page(path, TEMPLATE, _content(scored))


def _content(scored: Scored) -> dict[str, Any]:
    """Return what the template fills in."""
    sheets, found = of_scores(scored), scored.scores
    is_war = _begins_with(f"{HISTORY.name}_")
    drawings = [drawing_of(name, sheet) for name, sheet in drawable(sheets).items()]
    return {
        "of": scored_of(scored),
        "lines": standing_lines(found.board) if len(scored.worlds) > 1 else [],
        "board": board_section(found.board),
        "tilts": (tilted_section(found.board), tilt_section(found.tilts)),
        "notes": NOTES,
        "drawings": [drawing for drawing in drawings if not is_war(drawing)],
        "worlds": [drawing for drawing in drawings if is_war(drawing)],
        "not_drawn": left_out(sheets),
        "left_out": left_out_section(found.left_out) if len(found.left_out) else None,
        "facts": [(name.replace("_", " "), scored.manifest[name]) for name in FACTS],
        "command": scored.manifest["command"],
        "caveat": CAVEAT,
        **look_and_script(),
    }


def _begins_with(beginning: str) -> Callable[[Drawing | Sheet], bool]:
    """Return whether the name of a figure begins so."""
    return lambda drawing: drawing.name.startswith(beginning)
