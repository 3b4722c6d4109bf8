"""Set small multiples: panels of one size in rows, a name above each, numbers only at the left and the bottom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.show.kit.days import label_days
from sim.show.kit.page import Page, room_mm
from sim.show.kit.theme import SMALL_PT, SOFT_INK, TINY_PT
from sim.show.kit.turns import draw_turns
from sim.show.kit.typeset import shorten, text_width
from sim.tell.numbers import whole_percent
from sim.world.scenario import Scenario

SCALE_MM, GAP_MM, RIGHT_MM = 12.0, 6.0, 3.0  # left of a row, between panels, right of a row
HEAD_MM, ROW_GAP_MM, DAYS_MM = 5.5, 3.0, 9.0  # above a panel, between rows, below the last panel of a column
TICK_MM = 16.0  # room for the label of a day
MOST_COLUMNS, LEAST_MM = 3, 42.0  # in a row, and width of each
MANY = 10_000  # people; from here on a scale counts thousands
BOLD = 0.88  # bold letters are wider than `shorten` measures
NEAR_END = 0.86  # a label beyond this share of the days stands left of its end


@dataclass(frozen=True)
class Panels:
    """Hold how panels are set.

    Parameters
    ----------
    n
        How many there are.
    n_columns
        How many stand in a row, if there is room.
    height
        Of each panel, mm.
    own_scales
        Whether each panel has a scale of its own, for which there is room at its left.
    """

    n: int
    n_columns: int
    height: float
    own_scales: bool = False

    def __post_init__(self) -> None:
        """Let no more stand in a row than the page has room for."""
        fitting = int((room_mm() - SCALE_MM - RIGHT_MM) / LEAST_MM)
        object.__setattr__(self, "n_columns", max(min(self.n_columns, fitting), 1))

    @property
    def width(self) -> float:
        """Return the width of a panel, mm."""
        gaps = (self.n_columns - 1) * (SCALE_MM if self.own_scales else GAP_MM)
        return (room_mm() - SCALE_MM - RIGHT_MM - gaps) / self.n_columns

    @property
    def n_rows(self) -> int:
        """Return how many rows there are."""
        return -(-self.n // self.n_columns)

    @property
    def total_mm(self) -> float:
        """Return the height of all rows with what is written around them, mm."""
        return self.n_rows * (HEAD_MM + self.height + ROW_GAP_MM) - ROW_GAP_MM + DAYS_MM

    def corner(self, i: int) -> tuple[float, float]:
        """Return the upper left corner of a panel, mm from that of all panels."""
        row, column = divmod(i, self.n_columns)
        gap = SCALE_MM if self.own_scales else GAP_MM
        return SCALE_MM + column * (self.width + gap), HEAD_MM + row * (HEAD_MM + self.height + ROW_GAP_MM)


@dataclass(frozen=True)
class Scale:
    """Hold a scale of amounts.

    Parameters
    ----------
    ticks
        From 0 to the top of the scale.
    labels
        What is written at each.
    """

    ticks: Sequence[float]
    labels: Sequence[str]


def set_panels(n: int, height: float) -> Panels:
    """Return panels in as even rows as there can be.

    Parameters
    ----------
    n
        How many, at least one.
    height
        Of each, mm.
    """
    n_rows = -(-n // MOST_COLUMNS)
    return Panels(n, -(-n // n_rows), height)


def scale_to(highest: float, text: Callable[[float], str] = "{:g}".format) -> Scale:
    """Return a scale in round steps that holds an amount.

    Parameters
    ----------
    highest
        The largest amount that is drawn, >= 0.
    text
        What to write at a number.
    """
    ticks = MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, highest or 1.0)
    used = [float(tick) for tick in ticks if tick >= 0.0]
    return Scale(used, [text(tick) for tick in used])


def people_scale(highest: float) -> tuple[Scale, str]:
    """Return a scale of people and its unit, thousands where there are many.

    Parameters
    ----------
    highest
        The largest number that is drawn, >= 0.
    """
    if highest < MANY:
        return scale_to(highest, "{:,g}".format), "persons"
    return scale_to(highest, lambda people: f"{people / 1000.0:,g}"), "thousands"


def percent_scale() -> Scale:
    """Return the scale of all probabilities."""
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    return Scale(ticks, [whole_percent(tick) for tick in ticks])


def draw_panel(
    page: Page, panels: Panels, i: int, scale: Scale, head: tuple[str, str], days: tuple[Scenario, int]
) -> Axes:
    """Return the axes of a panel, its name and a note written above.

    Parameters
    ----------
    page, panels
        Where: panels begin at the top of the room.
    i
        Which panel.
    scale
        Of amounts.
    head
        Its name, and what stands beside it at the right.
    days
        Whose days, with a line at each of its levers and events, and the last of them.
    """
    left, top = panels.corner(i)
    ax = page.axes(left, top, panels.width, panels.height)
    write_head(page, (left, top), panels.width, head)
    is_first = i % panels.n_columns == 0 or panels.own_scales
    scale_up(ax, scale if is_first else Scale(scale.ticks, [""] * len(scale.ticks)), TINY_PT)
    _label_days(ax, panels, days, is_last=i + panels.n_columns >= panels.n)
    return ax


def scale_up(ax: Axes, scale: Scale, size: float = SMALL_PT) -> None:
    """Give axes an upright scale with level lines."""
    ax.set_ylim(scale.ticks[0], scale.ticks[-1])
    ax.set_yticks(scale.ticks, scale.labels, fontsize=size)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=True, axis="y")
    ax.spines["left"].set_visible(False)


def write_head(page: Page, corner: tuple[float, float], width: float, head: tuple[str, str]) -> None:
    """Write above a panel its name, cut where it is long, and a note."""
    left, top = corner
    name, note = head
    room = width - (text_width(note, size=TINY_PT) + 2.0 if note else 0.0)
    words = shorten(name, BOLD * room, size=SMALL_PT)
    page.write(left, top - 1.4, words, size=SMALL_PT).set(fontweight="bold", va="baseline")
    if note:
        page.write(left + width, top - 1.4, note, size=TINY_PT, ink=SOFT_INK).set(ha="right", va="baseline")


def keep_within(ax: Axes) -> None:
    """Have the first and the last label below axes end with them."""
    first, *_, last = ax.get_xticklabels()
    first.set(ha="left")
    last.set(ha="right")


def _label_days(ax: Axes, panels: Panels, days: tuple[Scenario, int], *, is_last: bool) -> None:
    """Label the days below the last panel of a column; words at the ends stay within the panel."""
    scenario, last_day = days
    label_days(ax, scenario.tables.header.day0, last_day, max(2, int(panels.width / TICK_MM)))
    draw_turns(ax, scenario)
    if not is_last:
        ax.set_xticklabels([])
        return
    for label, day in zip(ax.get_xticklabels(), ax.get_xticks(), strict=True):
        place = "left" if day == 0 else "right" if day > NEAR_END * last_day else "center"
        label.set(fontsize=TINY_PT, ha=place, multialignment=place)
