"""Set panels that share their rows: names at the left of each line of panels, a number at the right of each row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from sim.show.kit.page import Page, room_mm, strip
from sim.show.kit.panels import BOLD
from sim.show.kit.theme import GRID, INK, SMALL_PT, TINY_PT
from sim.show.kit.typeset import LEADING, MM_PER_PT, shorten, text_width, wrap

ROW_MM, SCALE_MM, GAP_MM = 4.2, 5.5, 4.0  # of a row, below a panel, between panels
LINE_MM = LEADING * TINY_PT * MM_PER_PT
MOST_NAME_MM, NAME_GAP_MM = 42.0, 3.0
LEAST_MM = 55.0  # for a panel with names and numbers


@dataclass(frozen=True)
class RowPanels:
    """Hold how panels of rows are set.

    Parameters
    ----------
    names
        What the rows are, downwards, short enough.
    names_mm
        Room for them.
    heads
        What each panel shows, wrapped to its width.
    n_columns
        How many panels stand in a line.
    numbers_mm
        Room for numbers at the right of each panel.
    """

    names: tuple[str, ...]
    names_mm: float
    heads: tuple[str, ...]
    n_columns: int
    numbers_mm: float

    @property
    def width(self) -> float:
        """Return the width of a panel without its numbers, mm."""
        return _widths(self.names_mm, self.n_columns) - self.numbers_mm

    @property
    def height(self) -> float:
        """Return the height of a panel, mm."""
        return ROW_MM * len(self.names)

    @property
    def head_mm(self) -> float:
        """Return the height of the words above a panel, mm."""
        return 1.8 + LINE_MM * max(head.count("\n") + bool(head) for head in self.heads)

    @property
    def total_mm(self) -> float:
        """Return the height of all lines of panels with what is written around them, mm."""
        n_lines = -(-len(self.heads) // self.n_columns)
        return n_lines * (self.head_mm + self.height + SCALE_MM)

    def corner(self, i: int) -> tuple[float, float]:
        """Return the upper left corner of a panel, mm from that of all panels."""
        line, column = divmod(i, self.n_columns)
        left = self.names_mm + column * (_widths(self.names_mm, self.n_columns) + GAP_MM)
        return left, self.head_mm + line * (self.head_mm + self.height + SCALE_MM)


def set_rows(
    names: Sequence[str], heads: Sequence[str], n_columns: int, numbers_mm: float, most_name_mm: float = MOST_NAME_MM
) -> RowPanels:
    """Return panels of rows.

    Parameters
    ----------
    names
        What the rows are, downwards.
    heads
        What each panel shows.
    n_columns
        How many panels stand in a line, if there is room.
    numbers_mm
        Room for numbers at the right of each panel.
    most_name_mm
        The most room that names take; longer ones are cut.
    """
    n_columns = max(min(n_columns, int(room_mm() / LEAST_MM)), 1)
    short = tuple(shorten(name, BOLD * most_name_mm, size=SMALL_PT) for name in names)
    names_mm = max(text_width(name, size=SMALL_PT, weight="bold") for name in short) + NAME_GAP_MM
    room = _widths(names_mm, n_columns) + 0.5 * GAP_MM
    wrapped = (wrap(head, room, size=TINY_PT, weight="bold") for head in heads)
    return RowPanels(short, names_mm, tuple(wrapped), n_columns, numbers_mm)


def draw_rows(page: Page, panels: RowPanels, i: int, scale: Mapping[float, str], bold: int = -1) -> Axes:
    """Return the axes of a panel, a unit a row, downwards; its head and the names of its rows are written.

    Parameters
    ----------
    page, panels
        Where: panels begin at the top of the room.
    i
        Which panel.
    scale
        What is written at which number, from one end of the panel to the other.
    bold
        Which name stands out; -1 for none.
    """
    left, top = panels.corner(i)
    ax = page.axes(left, top, panels.width, panels.height)
    ax.set_xlim(min(scale), max(scale))
    ax.set_ylim(len(panels.names), 0)
    ax.set_xticks(list(scale), list(scale.values()), fontsize=TINY_PT)
    ax.set_yticks([])
    ax.tick_params(axis="x", length=0, pad=2)
    ax.grid(visible=True, axis="x")
    strip(ax)
    for row in range(len(panels.names) + 1):
        ax.axhline(row, color=GRID, linewidth=0.4, zorder=0.5)
    head = page.write(left, top - 1.8, panels.heads[i], size=TINY_PT)
    head.set(va="baseline", fontweight="bold")
    if i % panels.n_columns == 0:
        for row, name in enumerate(panels.names):
            text = page.write(0.0, top + (row + 0.5) * ROW_MM, name, size=SMALL_PT)
            text.set(va="center_baseline", linespacing=1.0, fontweight="bold" if row == bold else "normal")
    return ax


def write_number(ax: Axes, panels: RowPanels, row: int, text: str, ink: str = INK) -> None:
    """Write a number at the right of a row.

    Parameters
    ----------
    ax, panels
        Of which panel.
    row
        Which row.
    text
        What to write.
    ink
        Its colour.
    """
    right = 1.0 + panels.numbers_mm / panels.width
    number = ax.text(right, row + 0.5, text, transform=ax.get_yaxis_transform(), fontsize=TINY_PT, color=ink)
    number.set(ha="right", va="center_baseline")


def _widths(names_mm: float, n_columns: int) -> float:
    """Return the width of a panel with its numbers, mm."""
    return (room_mm() - names_mm - (n_columns - 1) * GAP_MM) / n_columns
