"""Draw differences from the base, sorted, with both their intervals.

One scenario beside the base gets a row for each outcome, all on one scale; several get a panel with a scale of its own
for each outcome, and a row each.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from matplotlib.figure import Figure

from sim.show.compare.differences import Difference, told_of
from sim.show.compare.marks import FARTHEST, Look, draw_difference, draw_zero, looks_of, mark_handles, scale_around_0
from sim.show.compare.outcomes import Group, amounts_of, probabilities_of
from sim.show.compare.words import acting, finding, idle_note, others_of, words_of
from sim.show.kit.key import keyed_page
from sim.show.kit.page import Page
from sim.show.kit.rows import RowPanels, draw_rows, set_rows, write_number
from sim.show.kit.theme import FAINT_INK, INK, SMALL_PT
from sim.show.kit.typeset import NO_BREAK
from sim.study.compare import Comparison
from sim.tell.certainty import OVER_SAME_RUNS

TITLE_MM, KEY_GAP_MM, GROUP_GAP_MM = 4.5, 3.5, 1.5
MOST_COLUMNS = 3
NUMBER_MM, INTERVAL_MM, LABEL_MM = 10.0, 30.0, 92.0  # for a difference, one with its interval, and a long name
MOST_STEPS, FEW_STEPS = 6, 3  # of a scale, in a wide panel and in a narrow one
Texts = dict[Difference, str]


@dataclass(frozen=True)
class Block:
    """Hold a group of outcomes as it is drawn.

    Parameters
    ----------
    title
        What its outcomes have in common, empty if it stands alone.
    panels
        How it is set.
    cells
        Differences by panel and row.
    """

    title: str
    panels: RowPanels
    cells: tuple[tuple[Difference, ...], ...]

    @property
    def title_mm(self) -> float:
        """Return the height of the title, mm."""
        return TITLE_MM if self.title else 0.0

    @property
    def total_mm(self) -> float:
        """Return the height of everything, mm."""
        return self.title_mm + self.panels.total_mm + GROUP_GAP_MM


def draw_compare_probabilities(comparison: Comparison) -> Figure:
    """Return the figure of differences of probability, where some event happens in a scenario."""
    horizon = comparison.cases[0].scenario.horizon_days
    shown = f"Differences in the share of runs in which it happens by day {horizon}, percentage points"
    return _draw_forest(comparison, probabilities_of(comparison), "how likely any of this is", shown)


def draw_compare_amounts(comparison: Comparison) -> Figure:
    """Return the figure of differences of amounts, where the base has any."""
    shown = "Differences of means over runs, in % of the base's mean"
    return _draw_forest(comparison, amounts_of(comparison), "any of these amounts", shown)


def _draw_forest(comparison: Comparison, groups: Sequence[Group], what: str, shown: str) -> Figure:
    """Return a figure of differences."""
    others, looks = others_of(comparison), looks_of(case.name for case in comparison.cases)
    is_one = len(others) == 1
    shown_here = acting(comparison, [found for group in groups for found in group.differences.values()])
    blocks = _of_one(groups) if is_one else _of_several(groups, shown_here)
    scales = "" if is_one else "; each panel has its own scale"
    note = f"{OVER_SAME_RUNS}, 1 in 20 misses by chance{scales}{_beyond(blocks)}{idle_note(comparison, shown_here)}"
    page = keyed_page(
        words_of(comparison, _title(comparison, groups, what), shown, note),
        mark_handles(looks[others[0]] if is_one else Look(INK, "-", "o")),
        sum(block.total_mm for block in blocks) - GROUP_GAP_MM,
        KEY_GAP_MM,
    )
    shared, texts = scale_around_0(_cells(blocks), MOST_STEPS) if is_one else {}, _texts(blocks, is_one=is_one)
    room = page
    for block in blocks:
        _draw_block(room, block, looks, shared, texts)
        room = room.below(block.total_mm)
    return page.figure


def _of_one(groups: Sequence[Group]) -> list[Block]:
    """Return groups as rows, the largest rise first, with names as wide as the widest of all."""
    blocks = []
    for group in groups:
        ranked = sorted(group.differences.values(), key=lambda difference: -difference.value)
        names = [_name(group, difference) for difference in ranked]
        blocks.append(Block(group.title, set_rows(names, [""], 1, INTERVAL_MM, LABEL_MM), (tuple(ranked),)))
    widest = max(block.panels.names_mm for block in blocks)
    return [replace(block, panels=replace(block.panels, names_mm=widest)) for block in blocks]


def _of_several(groups: Sequence[Group], others: Sequence[str]) -> list[Block]:
    """Return groups as panels, in all of which scenarios stand in the order of what they do to the first outcome."""
    first, *_ = groups[0].labels
    ranked = sorted(others, key=lambda name: -groups[0].differences[name, first].value)
    n_columns = min(MOST_COLUMNS, max(len(group.labels) for group in groups))
    return [
        Block(
            group.title,
            set_rows(
                ranked,
                [_name(group, group.differences[others[0], outcome]) for outcome in group.labels],
                n_columns,
                NUMBER_MM,
            ),
            tuple(tuple(group.differences[name, outcome] for name in ranked) for outcome in group.labels),
        )
        for group in groups
    ]


def _name(group: Group, difference: Difference) -> str:
    """Return what an outcome is, and its mean in the base."""
    base = f"from {difference.base_text}".replace(" ", NO_BREAK)
    return f"{group.labels[difference.outcome]}, {base}"


def _cells(blocks: Iterable[Block]) -> list[Difference]:
    """Return all differences."""
    return [cell for block in blocks for cells in block.cells for cell in cells]


def _texts(blocks: Sequence[Block], *, is_one: bool) -> Texts:
    """Return what stands at the right of each row: in the one column with intervals, or in a column of each panel."""
    if is_one:
        return {cell: str(told) for cell, told in zip(_cells(blocks), told_of(_cells(blocks)), strict=True)}
    columns = [cells for block in blocks for cells in block.cells]
    return {cell: told.number for cells in columns for cell, told in zip(cells, told_of(cells), strict=True)}


def _draw_block(page: Page, block: Block, looks: dict[str, Look], shared: dict[float, str], texts: Texts) -> None:
    """Draw a group of outcomes, all on a shared scale or each panel on its own."""
    if block.title:
        page.write(0.0, 0.0, block.title, size=SMALL_PT).set_fontweight("bold")
    for i, cells in enumerate(block.cells):
        scale = shared or scale_around_0(cells, FEW_STEPS)
        ax = draw_rows(page.below(block.title_mm), block.panels, i, scale)
        draw_zero(ax)
        for row, cell in enumerate(cells):
            draw_difference(ax, row, cell, looks[cell.scenario])
            write_number(ax, block.panels, row, texts[cell], INK if cell.is_clear else FAINT_INK)


def _title(comparison: Comparison, groups: Sequence[Group], what: str) -> str:
    """Return the finding: the largest clear difference, and how much else is clear."""
    found = [difference for group in groups for difference in group.differences.values()]
    clear, others = [difference for difference in found if difference.is_clear], others_of(comparison)
    if len(others) == 1:
        more = f"{len(clear)} of {len(found)} outcomes change clearly"
    else:
        more = f"{len({cell.scenario for cell in clear})} of {len(others)} scenarios clearly change some outcome"
    return finding(comparison, found, what, f"; {more}".replace(" of ", f"{NO_BREAK}of{NO_BREAK}"))


def _beyond(blocks: Sequence[Block]) -> str:
    """Return what an arrow means, where there is one."""
    return "; arrows: beyond the scale" if any(abs(cell.value) > FARTHEST for cell in _cells(blocks)) else ""
