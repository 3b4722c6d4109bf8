"""Keep the scoreboard of the documentation: scores of all worlds in a small table, and the pages that tell them.

The table says by digests which rules, inputs, records and definitions it was made with, so that a test can tell when it
is out of date.
"""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from experiments import launch
from experiments.score import SCRIPT
from sim.api import calibrate, score
from sim.ensemble.store.results import read_table as read_parquet
from sim.study.score.board import TILTED
from sim.study.score.coverage import coverage, reliability
from sim.study.score.folder import Scored, developed_worlds, provenance
from sim.study.score.record import read_record
from sim.study.score.score import left_out_rows
from sim.study.score.theories import SCHEMA, WORTH
from sim.study.score.tilt import COLUMNS, FALL_DAY
from sim.tell.calibration import kept_section, mixes_section
from sim.tell.coverage import coverage_section, reliability_section
from sim.tell.score_tables import NOTES, board_section, left_out_section, standing_lines, tilted_section
from sim.tell.summary import markdown_table
from sim.tell.theories import NOTES as THEORY_NOTES
from sim.tell.theories import gains_section, theories_sentences, weights_section
from sim.world.tilt import ERRORS_OF_90

ROOT = Path(__file__).resolve().parents[1]
KNOWN, GROUPED = ROOT / "docs" / "scoreboard_known.csv", ROOT / "docs" / "scoreboard_groups.csv"
MIXES, KEPT = ROOT / "docs" / "scoreboard_mixes.csv", ROOT / "docs" / "scoreboard_kept.csv"
TABLE, PAGE, README = ROOT / "docs" / "scoreboard.csv", ROOT / "docs" / "scoreboard.md", ROOT / "README.md"
SHIPPED = ROOT / "sim" / "tell" / "record.csv"  # the same, for pages whose readers have no documentation
HOWTO = ROOT / "docs" / "howto" / "score.md"
FIGURE = ROOT / "docs" / "figures" / "skill"
COMMAND = "python experiments/document.py --scores"
MIXES_COMMAND = "python experiments/document.py --mixes"
THEORIES, THEORIES_PAGE = ROOT / "docs" / "theories.csv", ROOT / "docs" / "theories.md"
THEORIES_COMMAND = "python experiments/document.py --theories"
THEORY_RUNS = 200  # of each world under each theory
VECTORS = 512
DIGESTS = ("rulebook", "scoring", "inputs", "records")
EXAMPLE = ("killed", "level")  # families that the how-to page shows
IN_80 = {
    "collapse_day": "day of the collapse",
    FALL_DAY: "of a collapse that came",
    "capital_day": "day the capital falls",
    "seat_day": "day a seat is lost",
    "seats_lost": "share of the seats",
}
"""Families of which the page tells how often 80 % ranges held what happened."""

FIGURES = 4  # significant: what differs further down differs by machine


def make_table() -> None:
    """Score all worlds, reading ensembles that are stored, and write the table and its figure."""
    scored = score()
    for path in (TABLE, SHIPPED):
        path.write_text(table_text(scored), encoding="utf-8")
    known = scored.scores.known
    for path, table in ((KNOWN, coverage(known)), (GROUPED, reliability(known))):
        path.write_text(_stored(COMMAND, _provenance(scored), table), encoding="utf-8")
    png, _ = scored.plot("skill").save(FIGURE)
    png.unlink()


def make_mixes() -> None:
    """Learn the parameters, each country left out, going on where it was stopped, and write the tables of the mixes."""
    found = calibrate(vectors=VECTORS)
    effort = found.manifest["effort"]
    told = {name: effort[name] for name in ("vectors", "runs", "fresh")} | {"seed": found.manifest["seed"]}
    told |= {"failed": found.manifest["vectors_failed"]} | provenance(developed_worlds())
    for path, table in ((MIXES, found.board), (KEPT, found.curve)):
        path.write_text(_stored(MIXES_COMMAND, told, table), encoding="utf-8")


def make_theories() -> None:
    """Score every theory on all worlds, reading ensembles that are stored, and write what each is worth."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        if status := launch.main(SCRIPT, ["theories=[all]", f"ensemble.runs={THEORY_RUNS}"]):
            raise SystemExit(status)
    found = Path(printed.getvalue().splitlines()[-1])
    told = {"runs": THEORY_RUNS} | provenance(developed_worlds())
    table = read_parquet(found / f"{WORTH}.parquet", SCHEMA)
    THEORIES.write_text(_stored(THEORIES_COMMAND, told, table), encoding="utf-8")


def theories_parts() -> dict[str, str]:
    """Return the generated parts of the page about theories."""
    told, table = read_table(THEORIES)
    made = f"{int(told['runs']):,} runs of each world under each theory, rulebook `{told['rulebook']}`. {THEORY_NOTES}"
    weights, gained = (markdown_table(section(table)) for section in (weights_section, gains_section))
    told_in_words = " ".join(theories_sentences(table))
    return {"in short": told_in_words, "theories": f"{made}\n\n{weights}", "gains": gained}


def _stored(command: str, told: Mapping[str, object], table: pd.DataFrame) -> str:
    """Return a table as it is stored, below what it says of itself."""
    head = "".join(f"# {name}: {value}\n" for name, value in {"made by": command, **told}.items())
    return head + table.to_csv(index=False, float_format=f"%.{FIGURES}g", lineterminator="\n")


def table_text(scored: Scored) -> str:
    """Return the table of some scores as it is stored.

    Parameters
    ----------
    scored
        Scores of the project's worlds.
    """
    told = _provenance(scored)
    told |= {f"tilt {name}": value for name, value in scored.scores.tilts.iloc[0].drop("fold").items()}
    return _stored(COMMAND, {**told, **ranked_and_held(scored.scores.table)}, scored.scores.board)


def ranked_and_held(table: pd.DataFrame) -> dict[str, float]:
    """Return how weighed runs rank the days of falls that came, and how often their 80 % ranges held what happened.

    Parameters
    ----------
    table
        Scores by item; see `sim.study.score.score.Scores`.
    """
    weighed = table[(table["forecast"] == TILTED) & (table["rule"] == "crps")]
    fell = weighed[weighed["family"] == FALL_DAY]
    ranks = fell["median"].corr(fell["observed"], method="spearman")
    held = weighed.groupby("family")["pit"].agg(lambda pit: pit.between(0.1, 0.9).mean())
    return {"rank correlation": ranks, "wars with a fall": len(fell)} | {f"held {name}": held[name] for name in IN_80}


def _provenance(scored: Scored) -> dict[str, object]:
    """Return what some scores were made from."""
    runs = max(world["runs"] for world in scored.manifest["worlds"])
    return {"runs": runs, "seed": scored.manifest["seed"]} | {name: scored.manifest[name] for name in DIGESTS}


def read_table(path: Path = TABLE) -> tuple[dict[str, str], pd.DataFrame]:
    """Return what a stored table says of itself, and its rows."""
    lines = path.read_text(encoding="utf-8").splitlines()
    told = dict(line.removeprefix("# ").split(": ", 1) for line in lines if line.startswith("# "))
    return told, pd.read_csv(path, comment="#")


def page_parts() -> dict[str, str]:
    """Return the generated parts of the page; the README has the first of them as well."""
    told, board = read_table()
    made = f"{int(told['runs']):,} runs of each world, seed {told['seed']}, rulebook `{told['rulebook']}`. {NOTES}"
    left_out = left_out_rows((name, read_record(tables)) for name, tables in developed_worlds())
    return {
        "standing": "\n".join(f"- {line}" for line in standing_lines(board)),
        "board": f"{made}\n\n{markdown_table(board_section(board))}",
        "tilted": _tilted(told, board),
        "known": f"{markdown_table(coverage_section(read_table(KNOWN)[1]))}\n\n{_days(told)}",
        "groups": markdown_table(reliability_section(read_table(GROUPED)[1])),
        "mixes": f"{_effort()}\n\n{markdown_table(mixes_section(read_table(MIXES)[1]))}",
        "kept": markdown_table(kept_section(read_table(KEPT)[1])),
        "left out": markdown_table(left_out_section(left_out)),
    }


def _tilted(told: Mapping[str, str], board: pd.DataFrame) -> str:
    """Return how far the share of falls may be trusted, and what weighed runs score; as far as the table tells it."""
    names = [f"tilt {name}" for name in COLUMNS[1:]]
    if not all(name in told for name in names):
        return f"`{COMMAND}` tells it here."
    *numbers, worlds = (float(told[name]) for name in names)
    each = zip((*"abc", "k"), numbers[::2], numbers[1::2], strict=True)
    line = f"Learnt from all {worlds:.0f} worlds: {', '.join(f'{k} = {v:+.2f} ± {error:.2f}' for k, v, error in each)}."
    return f"{line}\n\n{markdown_table(tilted_section(board))}"


def _days(told: Mapping[str, str]) -> str:
    """Return how days of falls are ranked, with a 90 % interval (Bonett & Wright 2000), and what 80 % ranges held."""
    if "rank correlation" not in told:
        return f"`{COMMAND}` tells here how days are ranked."
    r, n = float(told["rank correlation"]), int(told["wars with a fall"])
    half = ERRORS_OF_90 * math.sqrt((1.0 + r * r / 2.0) / (n - 3))
    low, high = (math.tanh(math.atanh(r) + sign * half) for sign in (-1.0, 1.0))
    held = ", ".join(f"{title} {100.0 * float(told[f'held {name}']):.0f} %" for name, title in IN_80.items())
    return (
        f"Over the {n} wars whose regime fell, the day that is told (median) and the day that came have a rank "
        f"correlation of {r:.2f} [{low:.2f}, {high:.2f}] (90 %, Bonett & Wright 2000). 80 % ranges of weighed runs "
        f"held: {held}."
    )


def example() -> str:
    """Return a part of the board, for the page that tells how to read it."""
    _, board = read_table()
    return markdown_table(board_section(board[board["family"].isin(EXAMPLE)]))


def _effort() -> str:
    """Return how the mixes were learnt."""
    told, _ = read_table(MIXES)
    return (
        f"{told['vectors']} vectors (Sobol'), {told['failed']} of which failed; {told['runs']} runs each to choose and "
        f"{told['fresh']} to score, in each world; seed {told['seed']}, rulebook `{told['rulebook']}`."
    )
