"""Draw how often what was given some chance came to pass."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from sim.ensemble.estimate.intervals import wilson_interval
from sim.show.kit.page import new_page
from sim.show.kit.panels import Panels, keep_within, percent_scale, scale_up, write_head
from sim.show.kit.theme import BLUE, FAINT_INK, RULE, TINY_PT
from sim.show.score.words import words_of
from sim.study.score.board import MODEL
from sim.study.score.folder import Scored
from sim.tell.estimate import Estimate, Kind

Floats = npt.NDArray[np.float64]
FAMILIES = {"fall": "the regime collapses", "seat_falls": "a seat is lost", "incident": "a border incident"}
LEAST, MOST_GROUPS = 6, 5  # outcomes of a group, and groups of a panel
FEW, MANY = 0.1, 0.9  # chances that sound like an answer
HEIGHT_MM, BELOW_MM = 44.0, 9.0


@dataclass(frozen=True)
class Cases:
    """Hold chances, and whether what they were given to came to pass."""

    chance: Floats
    happened: Floats

    def among(self, is_in: npt.NDArray[np.bool_]) -> str:
        """Return how often it happened among some, with the interval."""
        n, hits = int(is_in.sum()), int(self.happened[is_in].sum())
        return f"{Estimate(hits / n, *wilson_interval(hits, n), Kind.SHARE)} of {n:,}" if n else "none"


def draw_reliability(scored: Scored) -> Figure:
    """Return the figure of chances."""
    found = {name: cases for name in FAMILIES if len((cases := cases_of(scored, [name])).chance)}
    every = cases_of(scored, list(FAMILIES))
    low, high = every.among(every.chance < FEW), every.among(every.chance > MANY)
    title = f"What was given less than 10 % happened in {low} cases, what was given more than 90 % in {high}"
    shown = "How often it happened among outcomes that were given some chance, in groups of equal size"
    note = "95 % Wilson intervals, which take outcomes of one war for independent; on the line chances are right"
    panels = Panels(len(found), len(found), HEIGHT_MM)
    page = new_page(words_of(scored, title, shown, note), panels.total_mm + BELOW_MM - 4.0)
    for i, (name, cases) in enumerate(found.items()):
        left, top = panels.corner(i)
        write_head(page, (left, top), panels.width, (FAMILIES[name], f"{len(cases.chance):,}"))
        ax = page.axes(left, top, panels.width, panels.height)
        scale = percent_scale()
        scale_up(ax, scale, TINY_PT)
        ax.set_xlim(0.0, 1.0)
        ax.set_xticks(scale.ticks, scale.labels, fontsize=TINY_PT)
        keep_within(ax)
        if i:
            ax.set_yticklabels([])
        ax.plot([0.0, 1.0], [0.0, 1.0], color=RULE, linewidth=0.8, zorder=1)
        for group in groups_of(cases):
            n, hits = len(group), int(cases.happened[group].sum())
            bottom, up = wilson_interval(hits, n)
            at = float(cases.chance[group].mean())
            ax.plot([at, at], [bottom, up], color=BLUE, linewidth=1.2, zorder=2, clip_on=False)
            ax.plot([at], [hits / n], "o", color=BLUE, markersize=4.0, zorder=3, clip_on=False)
    page.write(12.0, panels.total_mm - 2.0, "chance that the model gave", size=TINY_PT, ink=FAINT_INK)
    return page.figure


def cases_of(scored: Scored, families: list[str]) -> Cases:
    """Return the chances of some families."""
    table = scored.scores.table
    rows = table[table["family"].isin(families) & (table["forecast"] == MODEL) & (table["rule"] == "brier")]
    return Cases(rows["median"].to_numpy(np.float64), rows["observed"].to_numpy(np.float64))


def groups_of(cases: Cases) -> list[npt.NDArray[np.int64]]:
    """Return groups of outcomes, of equal size, by their chances."""
    order = np.argsort(cases.chance, kind="stable")
    return [np.asarray(group) for group in np.array_split(order, min(max(len(order) // LEAST, 1), MOST_GROUPS))]
