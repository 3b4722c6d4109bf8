"""Rewrite the generated parts of the pages: of docs/model.md from the code, of the scoreboard from its table.

Usage
-----
python experiments/document.py               schedule and parameters, at once
python experiments/document.py --history     also runs all worlds against history, the Levant for a year (some minutes)
python experiments/document.py --scores      also scores all worlds for the scoreboard (some minutes)
python experiments/document.py --mixes       also learns parameters, each country left out, for the same (some minutes)
python experiments/document.py --theories    also scores every theory on all worlds for the page about them (minutes)
python experiments/document.py --figures     also makes figure and table of the README from the default run (a minute)
python experiments/document.py --examples    also runs what how-to pages show of long commands (a minute)
python experiments/document.py --notebooks   also runs the notebooks, which keep what they show (some minutes)
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from experiments import scoreboard, stored
from sim.core.day import SCHEDULE
from sim.core.engine import simulate
from sim.core.parameters import Parameter, choices, describe, numbers, to_plain
from sim.core.rules import MECHANISMS
from sim.ensemble.estimate.intervals import wilson_interval
from sim.tell.numbers import whole_percent
from sim.world.config import read_config
from sim.world.scenario import Scenario, build_scenario
from sim.world.tables import Tables, load_tables
from sim.world.tilt import Tilt

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "docs" / "model.md"
RUNS = 2000
SURE = 0.95  # of a fall, or that none comes
LEVANT, YEAR, RUNS_OF_A_YEAR = "levant_2024", 365, 400
SOON, LATE = 20, 90  # days
SEEN_BY_THE_PROTOTYPE = {
    "levant_2024",
    "iraq_2014",
    "ethiopia_2021",
    "yemen_2014",
    "car_2013",
    "vietnam_1975",
}
WHOSE = {
    "actor": "each state, then each faction",
    "state": "each state",
    "faction": "each faction",
    "map": "the map",
}


def schedule_table() -> str:
    """Return the schedule as a table."""
    lines = ["| | phase | by | what happens |", "|---|---|---|---|"]
    for number, (phase, whose) in enumerate(SCHEDULE, start=1):
        what = (phase.__doc__ or "").strip().splitlines()[0]
        lines.append(f"| {number} | `{phase.__name__}` | {WHOSE[whose]} | {what} |")
    return "\n".join(lines)


def parameter_table(mechanism: str) -> str:
    """Return one mechanism's parameters as a table."""
    return group_table(f"rules.{mechanism}", MECHANISMS[mechanism])


def group_table(key: str, group: type) -> str:
    """Return a group of parameters as a table, by the key under which they are set."""
    plain, defaults = to_plain(group()), numbers(group())
    lines = [
        f"| `{key}.` | symbol | default | plausible | learnt within | unit | meaning | source |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, told in choices(group).items():
        theories = "; ".join(f"`{each}`: {told.theories[theory]}" for each, theory in told.names.items())
        lines.append(
            f"| `{name}` | | `{plain[name]}` | {', '.join(told.names)} | | theory | {told.meaning} | {theories} |"
        )
    for name, p in describe(group).items():
        cells = (f"`{name}`", p.symbol, f"{defaults[name]:g}", *_ranges(p), p.unit, p.meaning, p.source)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _ranges(parameter: Parameter) -> tuple[str, str]:
    """Return the plausible range of a number, and that within which it is learnt, if it is."""
    both = (parameter.prior, parameter.calibrated)
    plausible, learnt = ("" if ends is None else f"{ends[0]:g} to {ends[1]:g}" for ends in both)
    return plausible, learnt


def observed_end(tables: Tables) -> str:
    """Return what happened, from the observed table."""
    if tables.observed is None:
        return ""
    observed = dict(tables.observed[["name", "value"]].tolist())
    if not observed.get("regime_falls", 0):
        return "held"
    days = [observed.get(name) for name in ("regime_fall_day", "capital_fall_day")]
    known = [int(d) for d in days if d is not None and not np.isnan(d)]
    return f"fell, day {min(known)}"


@dataclass(frozen=True)
class Verdict:
    """What the default parameters give for one world, beside what happened."""

    name: str
    observed: str
    horizon_days: int
    n_fallen: int
    days: str

    @property
    def has_fallen(self) -> bool:
        """Tell whether the regime fell in history."""
        return self.observed != "held"

    @property
    def log_loss(self) -> float:
        """Return -log of the probability of what happened, with one pseudo-count."""
        hits = self.n_fallen if self.has_fallen else RUNS - self.n_fallen
        return -math.log((hits + 0.5) / (RUNS + 1))

    def row(self) -> str:
        """Return the world's row of the table."""
        low, high = wilson_interval(self.n_fallen, RUNS)
        mark = " *" if self.name in SEEN_BY_THE_PROTOTYPE else ""
        return (
            f"| `{self.name}`{mark} | {self.horizon_days} | {self.observed} | {self.n_fallen / RUNS:.3f} "
            f"[{low:.3f}, {high:.3f}] | {self.days} | {self.log_loss:.2f} |"
        )


def plain_scenario(name: str, horizon_days: int | None = None) -> Scenario:
    """Return a world with the default parameters, by default over its own horizon."""
    tables = load_tables(ROOT / "conf" / "world" / name)
    frame = {"scenario": {"name": "history", "question": "What does it give?"}, "world": {"name": name}}
    return build_scenario(tables, read_config(frame | {"horizon_days": horizon_days}))


def judge(name: str) -> Verdict:
    """Run one world with the default parameters."""
    scenario = plain_scenario(name)
    days = simulate(scenario.world, scenario.rules, 1, 0, RUNS).runs["collapse_day"]
    never = np.iinfo(np.int64).max
    ordered = np.sort(np.where(days < 0, never, days))
    middle = [ordered[int(q * (RUNS - 1))] for q in (0.1, 0.5, 0.9)]
    spread = " / ".join("never" if d == never else str(d) for d in middle)
    return Verdict(name, observed_end(scenario.tables), scenario.horizon_days, int((days >= 0).sum()), spread)


def base_rate_loss(verdicts: list[Verdict]) -> float:
    """Return the mean log loss of the share of falls among the other worlds, with one pseudo-count."""
    falls = [verdict.has_fallen for verdict in verdicts]
    others = len(falls) - 1
    losses = []
    for fell in falls:
        like_it = falls.count(fell) - 1
        losses.append(-math.log((like_it + 0.5) / (others + 1)))
    return sum(losses) / len(losses)


def history_table() -> str:
    """Return the table of all worlds against history, and what it scores."""
    names = sorted(path.stem for path in (ROOT / "conf" / "world").glob("*.yaml"))
    verdicts = [judge(name) for name in names]
    seen = [verdict for verdict in verdicts if verdict.name in SEEN_BY_THE_PROTOTYPE]
    fresh = [verdict for verdict in verdicts if verdict.name not in SEEN_BY_THE_PROTOTYPE]
    lines = [
        f"{RUNS} runs each, seed 1, 95 % Wilson interval; day of collapse in the 10 / 50 / 90 % run; log loss.",
        "",
        "| world | horizon | observed | P(fall) | day of collapse | log loss |",
        "|---|---|---|---|---|---|",
        *(verdict.row() for verdict in verdicts),
        "",
        "| mean log loss | worlds | this table | base rate of the other worlds |",
        "|---|---|---|---|",
    ]
    for label, part in (("seen by the prototype *", seen), ("never looked at", fresh), ("all", verdicts)):
        score = sum(verdict.log_loss for verdict in part) / len(part)
        lines.append(f"| {label} | {len(part)} | {score:.2f} | {base_rate_loss(part):.2f} |")
    return "\n".join([*lines, "", sure_errors(verdicts)])


def sure_errors(verdicts: list[Verdict]) -> str:
    """Return in a sentence how often the table is almost sure, and wrong."""
    falls = [verdict for verdict in verdicts if verdict.n_fallen > SURE * RUNS]
    holds = [verdict for verdict in verdicts if verdict.n_fallen < (1.0 - SURE) * RUNS]
    held, fell = sum(not v.has_fallen for v in falls), sum(v.has_fallen for v in holds)
    return (
        f"Almost sure, and wrong: {held} of the {len(falls)} regimes with P(fall) over {SURE:g} held, "
        f"{fell} of the {len(holds)} with less than {1 - SURE:.2g} fell."
    )


def year_table() -> str:
    """Return how the first patterns show in a year of the Levant."""
    scenario = plain_scenario(LEVANT, YEAR)
    runs = simulate(scenario.world, scenario.rules, 1, 0, RUNS_OF_A_YEAR).runs
    day, flight, capital = (runs[f"{event}_day"] for event in ("collapse", "flight", "capital_fall"))
    falls = day >= 0
    army = scenario.world[0]["fighters_central"][scenario.world[0]["regime"]]
    killed = np.median(runs["fatalities_combatants"][falls]) / army
    lag = np.median((capital - flight)[(flight >= 0) & (capital >= 0)])
    lost = [_share(runs["first_fall_day"][those] >= 0) for those in (falls, ~falls)]
    rows = {
        "the regime holds": _share(~falls),
        f"it collapses on days {SOON + 1} to {LATE}": _share((day > SOON) & (day <= LATE)),
        "where it falls: fighters killed within the year, of all sides, against its army": whole_percent(killed),
        "days from the flight of its leader to the fall of the capital": f"{lag:g}",
        "a first seat is lost: where it falls; where it holds": "; ".join(lost),
    }
    lines = [f"| the Levant, {RUNS_OF_A_YEAR} runs of {YEAR} days, seed 1 | share of runs, or median |", "|---|---|"]
    return "\n".join([*lines, *(f"| {what} | {told} |" for what, told in rows.items())])


def _share(those: npt.NDArray[np.bool_]) -> str:
    """Return in which share of runs something is so."""
    return whole_percent(float(those.mean()))


def rewritten(text: str, parts: dict[str, str]) -> str:
    """Return the page with its generated parts replaced."""
    for name, part in parts.items():
        start, end = f"<!-- generated: {name} -->\n", "<!-- end -->"
        before, rest = text.split(start, 1)
        text = before + start + part + "\n" + end + rest.split(end, 1)[1]
    return text


def quick_parts() -> dict[str, str]:
    """Return the parts that need no runs."""
    tables = {name: parameter_table(name) for name in MECHANISMS}
    return {"schedule": schedule_table(), **tables, "tilt": group_table("ensemble.tilt", Tilt)}


def rewrite(page: Path, parts: dict[str, str]) -> None:
    """Replace the generated parts of a page."""
    page.write_text(rewritten(page.read_text(encoding="utf-8"), parts), encoding="utf-8")
    print(page)


def main() -> None:
    """Rewrite the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--history", action="store_true", help="run all worlds against history")
    parser.add_argument("--scores", action="store_true", help="score all worlds for the scoreboard")
    parser.add_argument("--mixes", action="store_true", help="learn parameters, each country left out")
    parser.add_argument("--theories", action="store_true", help="score every theory on all worlds")
    parser.add_argument("--figures", action="store_true", help="draw the figure of the README")
    parser.add_argument("--examples", action="store_true", help="run the examples of how-to pages")
    parser.add_argument("--notebooks", action="store_true", help="run the notebooks and keep what they show")
    asked = parser.parse_args()
    rewrite(MODEL, quick_parts() | ({"history": history_table(), "year": year_table()} if asked.history else {}))
    if asked.scores:
        scoreboard.make_table()
    if asked.mixes:
        scoreboard.make_mixes()
    if asked.theories:
        scoreboard.make_theories()
    if asked.figures:
        rewrite(scoreboard.README, stored.draw_figures())
    for page, parts in (stored.examples() if asked.examples else {}).items():
        rewrite(page, parts)
    if asked.notebooks:
        stored.run_notebooks()
    told = scoreboard.page_parts()
    rewrite(scoreboard.PAGE, told)
    rewrite(scoreboard.THEORIES_PAGE, scoreboard.theories_parts())
    rewrite(scoreboard.README, {"standing": told["standing"]})
    rewrite(scoreboard.HOWTO, {"example": scoreboard.example()})


if __name__ == "__main__":
    main()
