"""Draw skill by family with its interval, beside the best rival; and what a variant gains, beside its base."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.page import Words
from sim.show.kit.rows import draw_rows, set_rows, write_number
from sim.show.kit.theme import BLUE, FAINT_INK, INK, SOFT_INK, VERMILLION
from sim.show.score.words import footer, words_of
from sim.study.score.folder import Scored
from sim.study.score.versus import Versus
from sim.tell.score_tables import BEATS, LOSES, TIES, as_told, gain_line, rival_title, rule_title, skill, standing

SCALE = {-200.0: "−200 %", -100.0: "−100 %", 0.0: "0", 100.0: "+100 %"}
COLOURS = {1: BLUE, 0: SOFT_INK, -1: VERMILLION}
NAME_MM, NUMBER_MM = 72.0, 60.0
MARK, LINE = 3.6, 1.8  # points


@dataclass(frozen=True)
class Bar:
    """Hold a row: its name, a number with its interval in percent, and what stands at its right."""

    name: str
    value: float
    low: float
    high: float
    text: str

    @property
    def sign(self) -> int:
        """Return 1 or -1 where the interval excludes 0, else 0."""
        return int(self.low > 0.0) - int(self.high < 0.0)


def draw_skill(scored: Scored) -> Figure:
    """Return the figure of skill by family."""
    board = scored.scores.board
    rows = board[board["skill"].notna()].to_dict("records")
    bars = [
        _bar(row["family"], row["rule"], _in_percent(as_told(row)), f"against {rival_title(row['rival'])}")
        for row in rows
    ]
    found = {told: len(families) for told, families in standing(board).items()}
    title = f"The model beats the best rival in {found[BEATS]} of {sum(found.values())} families"
    title += f", ties in {found[TIES]}, loses in {found[LOSES]}"
    shown = "Skill: 1 - score of the model / that of the best rival, who knows day 0 and other countries' wars alone"
    note = "90 % intervals over resampled worlds; of the war, of runs as they weigh by other countries' falls"
    return _draw(words_of(scored, title, shown, note), bars, ("beats", "loses"))


def draw_gains(found: Versus) -> Figure:
    """Return the figure of what a variant gains by family."""
    rows = found.table[found.table["gain"].notna()].to_dict("records")
    bars = [
        _bar(
            *(row["family"], row["rule"], _in_percent((row["gain"], row["gain_low"], row["gain_high"]))),
            f"{row['worlds_better']} worlds better, {row['worlds_worse']} worse",
        )
        for row in rows
    ]
    base, variant = found.names
    shown = f"Gain: 1 - score of the variant / that of the base, on the same outcomes. {variant} against {base}"
    subtitle = f"{shown}; 90 % intervals over resampled worlds."
    return _draw(Words(gain_line(found.table), subtitle, footer(found.variant)), bars, ("helps", "hurts"))


def has_skill(scored: Scored) -> bool:
    """Tell whether there is any skill with an interval to draw."""
    return bool(scored.scores.board["skill_low"].notna().any())


def _in_percent(numbers: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return a number with its interval in percent."""
    point, low, high = (100.0 * number for number in numbers)
    return point, low, high


def _bar(family: str, rule: str, numbers: tuple[float, float, float], note: str) -> Bar:
    """Return a row."""
    text = str(skill(*(number / 100.0 for number in numbers)))
    return Bar(rule_title(family, rule), *numbers, f"{text}  {note}")


def _draw(words: Words, bars: Sequence[Bar], ends: tuple[str, str]) -> Figure:
    """Return the figure of some rows."""
    panels = set_rows([bar.name for bar in bars], [""], 1, NUMBER_MM, NAME_MM)
    page = keyed_page(words, _handles(*ends), panels.total_mm)
    ax = draw_rows(page, panels, 0, SCALE)
    ax.axvline(0.0, color=SOFT_INK, linewidth=0.8, zorder=1)
    for row, bar in enumerate(bars):
        _draw_bar(ax, row + 0.5, bar)
        write_number(ax, panels, row, bar.text, INK if bar.sign else FAINT_INK)
    return page.figure


def _draw_bar(ax: Axes, at: float, bar: Bar) -> None:
    """Draw a number with its interval; an arrow where it lies beyond the scale."""
    left, right = min(SCALE), max(SCALE)
    ends = [bar.value if math.isnan(end) else end for end in (bar.low, bar.high)]
    ax.plot([max(ends[0], left), min(ends[1], right)], [at, at], color=COLOURS[bar.sign], linewidth=LINE, zorder=3)
    mark = _mark(bar.sign, "o" if left <= bar.value <= right else "<")
    mark.set_data([min(max(bar.value, left), right)], [at])
    ax.add_line(mark)


def _mark(sign: int, marker: str = "o") -> Line2D:
    """Return a mark, filled where the interval excludes 0."""
    mark = Line2D([], [], linewidth=0, marker=marker, markersize=MARK, clip_on=False, zorder=4)
    mark.set(markerfacecolor=COLOURS[sign] if sign else "white", markeredgecolor=COLOURS[sign], markeredgewidth=0.9)
    return mark


def _handles(better: str, worse: str) -> Handles:
    """Return the marks by their meaning."""
    line = Line2D([], [], color=SOFT_INK, linewidth=LINE)
    return {
        f"{better}: interval above 0": _mark(1),
        "either": _mark(0),
        f"{worse}: below 0": _mark(-1),
        "90 % interval": line,
    }


def has_gains(found: Versus) -> bool:
    """Tell whether there is any gain to draw."""
    return bool(pd.notna(found.table["gain"]).any())
