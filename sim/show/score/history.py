"""Draw one war's outcomes on what the model said of them, every outcome that the model misses named in the title."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.core.codes import Level
from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.rows import RowPanels, draw_rows, set_rows, write_number
from sim.show.kit.theme import BLUE, INK, VERMILLION
from sim.show.kit.typeset import NO_BREAK
from sim.show.kit.wording import count
from sim.show.score.words import words_of
from sim.study.score.board import MODEL
from sim.study.score.folder import Scored
from sim.tell.numbers import to_figures, whole_percent

AMOUNTS, CHANCES, STEPS = "Amounts", "Chances and shares", "Highest level of neighbours"
DAYS = "Days: the collapse, the fall of the capital, and the first loss of each seat"
BLOCKS = {  # by block and family: what a row is called, and what a miss is called
    AMOUNTS: {
        "killed": ("killed", "killed"),
        "civilians_killed": ("civilians killed", "civilians killed"),
        "displaced": ("newly displaced", "displaced"),
        "arrivals": ("refugees who arrived", "refugees"),
        "arrivals_by_neighbour": ("arrived in {}", "arrivals in {}"),
        "incidents": ("incidents, {}", "incidents in {}"),
    },
    DAYS: {
        "collapse_day": ("collapse", "day of the collapse"),
        "capital_day": ("the capital falls", "day the capital falls"),
        "seat_day": ("{}", "loss of {}"),
    },
    CHANCES: {
        "fall": ("the regime collapses", "whether the regime falls"),
        "seats_lost": ("seats lost", "share of seats lost"),
        "incident": ("an incident, {}", "whether {} has an incident"),
    },
    STEPS: {"level": ("{}", "level of {}")},
}
NAMES = {family: (block, *words) for block, families in BLOCKS.items() for family, words in families.items()}
UNLIKELY = 0.05  # a chance misses where it gave this or less to what happened: as much as each tail of an interval
BLOCK_GAP_MM, NAME_MM, NUMBER_MM = 0.5, 46.0, 58.0
TOP_DECADE, MANY, MILLION = 8, 10_000, 1_000_000
Scale = Mapping[float, str]


@dataclass(frozen=True)
class Line:
    """Hold an outcome and what was said of it.

    Parameters
    ----------
    block, name, miss
        Where it stands, what it is called, and what its miss is called, both with `{}` filled.
    family
        What is told by it.
    low, middle, high
        Of the forecast; both ends NaN for a chance.
    seen, least, most
        What happened, with its range.
    """

    block: str
    name: str
    miss: tuple[str, str]
    family: str
    low: float
    middle: float
    high: float
    seen: float
    least: float
    most: float

    @property
    def is_miss(self) -> bool:
        """Tell whether what happened lies outside the 90 % interval, or had a chance of 5 % or less."""
        if math.isnan(self.low):
            return (self.middle if self.seen else 1.0 - self.middle) <= UNLIKELY
        return not self.low - 1e-9 <= self.seen <= self.high + 1e-9


def draw_history(scored: Scored, world: str) -> Figure:
    """Return the figure of one war."""
    lines, told = lines_of(scored, world), scored.worlds[world]
    blocks = {
        name: rows
        for name in (CHANCES, DAYS, AMOUNTS, STEPS)
        if (rows := [line for line in lines if line.block == name])
    }
    panels = {
        name: set_rows([line.name for line in rows], [name], 1, NUMBER_MM, NAME_MM) for name, rows in blocks.items()
    }
    widest = max(each.names_mm for each in panels.values())
    panels = {
        name: RowPanels(each.names, widest, each.heads, each.n_columns, each.numbers_mm)
        for name, each in panels.items()
    }
    height = sum(each.total_mm + BLOCK_GAP_MM for each in panels.values()) - BLOCK_GAP_MM
    of = f"{world}, {count(told['runs'], 'run')} over {told['horizon_days']} days from {told['day0']}"
    note = f"a chance misses where it gave what happened {whole_percent(UNLIKELY)} or less"
    page = keyed_page(
        words_of(scored, title_of(scored, world), "What happened, on what the model said", note, of), _key(), height
    )
    room = page
    for name, rows in blocks.items():
        ax = draw_rows(room, panels[name], 0, _scale(name, rows, told["horizon_days"]))
        for row, line in enumerate(rows):
            _draw_line(ax, row + 0.5, line)
            write_number(ax, panels[name], row, _text(line, told["horizon_days"]), VERMILLION if line.is_miss else INK)
        room = room.below(panels[name].total_mm + BLOCK_GAP_MM)
    return page.figure


def lines_of(scored: Scored, world: str) -> list[Line]:
    """Return the outcomes of a war that are drawn, in the order of families; the seats by the day of their loss."""
    table, names = scored.scores.table, scored.worlds[world]["names"]
    own = table[(table["world"] == world) & (table["forecast"] == MODEL)].drop_duplicates(["family", "item"])
    found = [_line(row, names) for row in own.to_dict("records") if row["family"] in NAMES]
    return sorted(found, key=lambda line: (list(NAMES).index(line.family), line.seen * (line.family == "seat_day")))


def title_of(scored: Scored, world: str) -> str:
    """Return how many outcomes the model misses, each named."""
    lines = lines_of(scored, world)
    missed = [line for line in lines if line.is_miss]
    groups: dict[str, list[str]] = {}
    for line in missed:
        groups.setdefault(line.miss[0], []).append(line.miss[1])
    told = [form.format(", ".join(map(_plain, items))) for form, items in groups.items()]
    counted = f"{scored.worlds[world]['title']}: the model misses {len(missed)} of {len(lines)} outcomes"
    return f"{counted}: {'; '.join(told)}" if told else counted


def _plain(name: str) -> str:
    """Return a name without what stands in brackets behind it."""
    return name.partition(" (")[0]


def _line(row: Mapping[Any, Any], names: Mapping[str, str]) -> Line:
    """Return an outcome from its row of the scores."""
    block, form, miss = NAMES[row["family"]]
    item = names.get(row["item"], row["item"])
    numbers = (row[name] for name in ("low_90", "median", "high_90", "observed", "low", "high"))
    return Line(block, form.format(item), (miss, item), row["family"], *numbers)


def _scale(block: str, rows: list[Line], horizon: int) -> Scale:
    """Return what is written at which number of a block."""
    if block == CHANCES:
        return {share: whole_percent(share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)}
    if block == STEPS:
        return {float(level): f"{level.value} {level.name.lower().replace('_', ' ')}" for level in Level}
    if block == DAYS:
        days = [day for day in MaxNLocator(5, integer=True).tick_values(0, horizon) if 0 <= day < 0.88 * horizon]
        return {day / horizon: f"day {day:.0f}" for day in days} | {1.0: "never"}
    most = max(end for line in rows for end in (line.high, line.seen, line.most))
    decades = range(1, min(max(math.ceil(math.log10(1.0 + most)), 1), TOP_DECADE) + 1)
    return {0.0: "0"} | {_log(10.0**decade): _short(10**decade) for decade in decades}


def _draw_line(ax: Axes, at: float, line: Line) -> None:
    """Draw what was said of an outcome, and what happened."""
    place = _log if line.block == AMOUNTS else float
    if not math.isnan(line.low):
        ax.plot([place(line.low), place(line.high)], [at, at], color=BLUE, linewidth=3.0, alpha=0.45, zorder=2)
    middle = _middle()
    middle.set_data([place(line.middle)], [at])
    ax.add_line(middle)
    if line.least < line.most:
        ax.plot([place(line.least), place(line.most)], [at, at], color=INK, linewidth=0.9, zorder=4)
    mark = _mark(is_miss=line.is_miss)
    mark.set_data([place(line.seen)], [at])
    ax.add_line(mark)


def _text(line: Line, horizon: int) -> str:
    """Return what happened, and what was said."""
    ends = [_number(line, end, horizon) for end in (line.low, line.high) if not math.isnan(end)]
    interval = f" [{', '.join(ends)}]" if ends else ""
    return f"{_happened(line, horizon)}; model {_number(line, line.middle, horizon)}{interval}".replace(" ", NO_BREAK)


def _happened(line: Line, horizon: int) -> str:
    """Return what happened."""
    if line.family in ("fall", "incident"):
        return "yes" if line.seen else "no"
    return _number(line, line.seen, horizon)


def _number(line: Line, value: float, horizon: int) -> str:
    """Return a number of a block as text, such as `never`, `12 %`, `940` or `5.5 m`."""
    if line.block == DAYS:
        return "never" if value >= 1.0 else f"{value * horizon:.0f}"
    if line.block == CHANCES:
        return whole_percent(value)
    if line.block == STEPS:
        return f"{value:.0f}"
    return f"{to_figures(value / MILLION, 2):g} m" if value >= MILLION else f"{to_figures(value, 2):,.0f}"


def _key() -> Handles:
    """Return the marks by their meaning."""
    return {
        "model: median, or chance": _middle(),
        "its 90 % interval": Line2D([], [], color=BLUE, linewidth=3.0, alpha=0.45),
        "what happened": _mark(is_miss=False),
        "a miss": _mark(is_miss=True),
        "range of the record": Line2D([], [], color=INK, linewidth=0.9),
    }


def _middle() -> Line2D:
    """Return the mark of the middle of a forecast."""
    mark = Line2D([], [], linewidth=0, marker="|", markersize=6.5, clip_on=False, zorder=3)
    mark.set(color=BLUE, markeredgewidth=1.6)
    return mark


def _mark(*, is_miss: bool) -> Line2D:
    """Return the mark of what happened, hollow where the model allowed it."""
    mark = Line2D([], [], linewidth=0, marker="D" if is_miss else "o", markersize=3.8, clip_on=False, zorder=5)
    colour = VERMILLION if is_miss else INK
    mark.set(markerfacecolor=colour if is_miss else "white", markeredgecolor=colour, markeredgewidth=0.9)
    return mark


def _log(value: float) -> float:
    """Return a place on the scale of amounts."""
    return float(np.log10(1.0 + value))


def _short(number: int) -> str:
    """Return a power of ten as text."""
    return f"{number // MILLION} m" if number >= MILLION else f"{number // 1000} k" if number >= MANY else f"{number:,}"
