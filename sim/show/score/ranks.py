"""Draw where in its forecast each outcome lies (PIT): evenly spread where forecasts are as wide as they should be."""

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.show.kit.key import keyed_page
from sim.show.kit.panels import Panels, keep_within, scale_to, scale_up, write_head
from sim.show.kit.theme import BLUE, RULE, TINY_PT, VERMILLION
from sim.show.score.words import words_of
from sim.study.score.board import MODEL
from sim.study.score.folder import Scored
from sim.tell.numbers import whole_percent
from sim.tell.score_tables import TITLES, short_title

Floats = npt.NDArray[np.float64]
BINS, FEWEST, COLUMNS = 10, 10, 3
TAIL, TICKS = 0.05, (0.0, 0.5, 1.0)
HEIGHT_MM = 20.0


def draw_ranks(scored: Scored) -> Figure:
    """Return the figure of ranks, of families with ten outcomes or more."""
    found = ranks_of(scored)
    every = np.concatenate(list(found.values()))
    outside = whole_percent(float(((every < TAIL) | (every > 1.0 - TAIL)).mean()))
    below = whole_percent(float((every < TAIL).mean()))
    title = f"{outside} of {len(every):,} outcomes lie outside the 90 % interval of their forecast, {below} below it"
    shown = "Share of the forecast below what happened, in tenths; the line is what a right forecast gives"
    note = "10 % would lie outside; of ties, as of what never happens in many runs, the middle counts"
    panels = Panels(len(found), COLUMNS, HEIGHT_MM, own_scales=True)
    handles = {"tenths of the forecast": Patch(color=BLUE), "its ends": Patch(color=VERMILLION)}
    page = keyed_page(words_of(scored, title, shown, note), handles, panels.total_mm)
    for i, (name, ranks) in enumerate(found.items()):
        left, top = panels.corner(i)
        write_head(page, (left, top), panels.width, (short_title(name), f"{len(ranks):,}"))
        ax = page.axes(left, top, panels.width, panels.height)
        counts, edges = np.histogram(ranks, BINS, (0.0, 1.0))
        scale_up(ax, scale_to(float(counts.max())), TINY_PT)
        ends = [VERMILLION if end in (0, BINS - 1) else BLUE for end in range(BINS)]
        ax.bar(edges[:-1], counts, width=0.9 / BINS, align="edge", color=ends)
        ax.axhline(len(ranks) / BINS, color=RULE, linewidth=1.0, zorder=3)
        ax.set_xlim(0.0, 1.0)
        is_last = i + COLUMNS >= len(found)
        ax.set_xticks(TICKS, [whole_percent(tick) if is_last else "" for tick in TICKS], fontsize=TINY_PT)
        keep_within(ax)
    return page.figure


def ranks_of(scored: Scored) -> dict[str, Floats]:
    """Return the ranks of outcomes by family."""
    table = scored.scores.table
    rows = table[(table["forecast"] == MODEL) & table["pit"].notna()]
    found = {name: rows.loc[rows["family"] == name, "pit"].to_numpy(np.float64) for name in TITLES}
    return {name: ranks for name, ranks in found.items() if len(ranks) >= FEWEST}
