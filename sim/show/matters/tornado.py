"""Draw what levers, scenarios or parameters change in an outcome, the largest change first."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.show.compare.marks import signed
from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.page import Words
from sim.show.kit.panels import MANY
from sim.show.kit.rows import draw_rows, set_rows, write_number
from sim.show.kit.theme import BLUE, FAINT_INK, INK, ORANGE, SOFT_INK
from sim.show.kit.typeset import NO_BREAK
from sim.show.kit.wording import count, footer
from sim.study.matters.screening import PARAMETER
from sim.study.matters.variants import Tornado, named
from sim.tell.certainty import OVER_SAME_RUNS
from sim.tell.estimate import alike
from sim.tell.inputs import outcome_label, value_text
from sim.tell.tornado import Blade, blades_of, gap_unit, sentences

MOST_ROWS = 20
NAMES_MM, NUMBERS_MM = 62.0, 52.0
APART, BAR, MARK = 0.16, 3.0, 4.0  # of two values from the middle of their row; points
MOST_STEPS = 5
LOWER, HIGHER, ALONE = ORANGE, BLUE, INK


def draw_tornado(found: Tornado, outcome: str) -> Figure:
    """Return the figure of what changes an outcome most."""
    every = blades_of(found, outcome)
    shown = every[:MOST_ROWS]
    panels = set_rows([blade.label for blade in shown], [_head(found, outcome)], 1, NUMBERS_MM, NAMES_MM)
    page = keyed_page(_words(found, outcome, every), _handles(shown), panels.total_mm)
    ax = draw_rows(page, panels, 0, _scale(shown))
    ax.axvline(0.0, color=SOFT_INK, linewidth=0.8, zorder=1)
    told = alike([blade.changes[blade.largest] for blade in shown])
    for row, (blade, number) in enumerate(zip(shown, told, strict=True)):
        _draw_blade(ax, row, blade)
        at = "" if len(blade.values) == 1 else f" at {value_text(blade.values[blade.largest])}"
        write_number(ax, panels, row, f"{number}{at}", INK if blade.is_clear else FAINT_INK)
    return page.figure


def _draw_blade(ax: Axes, row: int, blade: Blade) -> None:
    """Draw what each value of a lever or parameter changes, as bars from 0 with intervals."""
    n = len(blade.changes)
    for i, change in enumerate(blade.changes):
        colour = ALONE if n == 1 else (LOWER, HIGHER)[i]
        middle = row + 0.5 + (0.0 if n == 1 else APART * (2 * i - 1))
        ax.plot(
            [0.0, change.point], [middle] * 2, color=colour, linewidth=BAR, alpha=0.35, solid_capstyle="butt", zorder=2
        )
        ax.plot([change.low, change.high], [middle] * 2, color=colour, linewidth=0.9, zorder=3)
        mark = _mark(colour, is_filled=change.is_clear)
        mark.set_data([change.point], [middle])
        ax.add_line(mark)


def _scale(shown: Sequence[Blade]) -> dict[float, str]:
    """Return what is written on a scale that holds all changes with their intervals."""
    ends = np.array([(change.low, change.high) for blade in shown for change in blade.changes])
    low, high = float(np.nanmin(ends, initial=0.0)), float(np.nanmax(ends, initial=0.0))
    ticks = MaxNLocator(MOST_STEPS, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high if high > low else low + 1.0)
    largest = max(abs(float(tick)) for tick in ticks)
    text = (lambda tick: f"{tick:+,.0f}".replace("-", "−") if tick else "0") if largest >= MANY else signed
    return {float(tick): text(float(tick)) for tick in ticks}


def _mark(colour: str, *, is_filled: bool) -> Line2D:
    """Return the mark of a change, hollow where it is not clear."""
    mark = Line2D([], [], linewidth=0, marker="o", markersize=MARK, color=colour, clip_on=False, zorder=4)
    mark.set_markerfacecolor(colour if is_filled else "white")
    return mark


def _handles(shown: Sequence[Blade]) -> Handles:
    """Return the marks by their meaning."""
    handles = {"lower value": _mark(LOWER, is_filled=True), "higher value": _mark(HIGHER, is_filled=True)}
    alone = {"scenario": _mark(ALONE, is_filled=True)} if any(len(b.values) == 1 for b in shown) else {}
    return handles | alone | {"hollow: not clear, interval holds 0": _mark(SOFT_INK, is_filled=False)}


def _head(found: Tornado, outcome: str) -> str:
    """Return what the axis shows."""
    return f"Difference from {found.scenario.config.scenario.name}, {gap_unit(found, outcome)}"


def _words(found: Tornado, outcome: str, every: Sequence[Blade]) -> Words:
    """Return what the figure says."""
    config = found.scenario.config
    left_out = len(every) - min(len(every), MOST_ROWS)
    more = f"; {left_out:,} more change less" if left_out else ""
    label = outcome_label(named(outcome, found.scenario), found.scenario)
    is_screening = any(blade.kind == PARAMETER for blade in every)
    what = (
        "parameter at the ends of its range, the others held"
        if is_screening
        else "lever at two strengths, each scenario"
    )
    where = f"{config.scenario.name} in {config.world.name}, {count(found.runs, 'run')} each, with the same draws"
    warning = (
        " Chance and parameter are mixed: a ranking of what to look at, not of what matters." if is_screening else ""
    )
    subtitle = f"{label[0].upper()}{label[1:]}: each {what}{more}. {where}; {OVER_SAME_RUNS}.{warning}"
    *first, last = sentences(found, outcome)
    title = " ".join(first or [last]).rstrip(".").replace(" %", f"{NO_BREAK}%")
    digest = str(found.manifest["config_digest"])
    return Words(
        title.replace(" %", f"{NO_BREAK}%"),
        subtitle.replace(" %", f"{NO_BREAK}%"),
        footer(found.scenario, found.manifest, "variants", digest),
    )
