"""Gather the figures of an ensemble into chapters, each figure with the tables that hold its numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

from sim.ensemble.store.results import Results
from sim.show import figures
from sim.show.figures import Sheet
from sim.show.kit.page import narrow_pages
from sim.show.report.inline import Picture, picture_of
from sim.tell.asked import variance
from sim.tell.section import Section
from sim.world.scenario import Scenario

MAP = "fall_map"  # its place is taken by the map that a slider moves through days
PHONE_MM = 92.0  # width of pages whose words a phone shows in a size that can be read
FOR_PHONES = (
    "incidence",
    "level_by_neighbour",
    "displaced_and_killed",
    "refugees_by_destination",
    "extremists",
    "carried_by_channel",
    "compare_incidence",
    "compare_levels",
)
"""Figures that are drawn a second time for phones; others are shown as a whole, and enlarged when they are touched."""
FOLDED = ("holders_map", "histories", "highest_level", "incident_map", "extremists")
FOLDED_COMPARED = ("compare_fall_differences", "compare_refugees", "compare_influence")
"""Figures that show more of what others of their chapter say first: a reader unfolds them, and paper is saved."""


@dataclass(frozen=True)
class Drawing:
    """Hold a figure of the page.

    Parameters
    ----------
    name
        Short name, also its anchor.
    picture
        What is drawn, with title and note.
    tables
        The numbers behind it.
    narrow
        What is drawn for phones, None where they show the same.
    """

    name: str
    picture: Picture
    tables: tuple[Section, ...]
    narrow: Picture | None = None

    @property
    def is_folded(self) -> bool:
        """Tell whether a reader unfolds it."""
        return self.name in (*FOLDED, *FOLDED_COMPARED)


@dataclass(frozen=True)
class Chapter:
    """Hold what is shown about one question.

    Parameters
    ----------
    key, name
        Its anchor, and its heading.
    lead
        What it is about.
    drawings
        Its figures.
    tables
        Numbers without a figure.
    """

    key: str
    name: str
    lead: str
    drawings: tuple[Drawing, ...]
    tables: tuple[Section, ...] = ()


def chapters_of(sheets: Iterable[Sheet], results: Results, scenario: Scenario) -> list[Chapter]:
    """Return the chapters of an ensemble that have something to show.

    Parameters
    ----------
    sheets
        The figures of the ensemble that have.
    results, scenario
        The ensemble, with at least one usable run.
    """
    drawn = [(sheet.chapter, drawing_of(sheet.name, sheet)) for sheet in sheets if sheet.name != MAP]
    split = variance(results, scenario)
    more = {figures.Chapter.DRIVES: (split,) if split else ()}
    found = [
        Chapter(
            chapter.name.lower(),
            *chapter.value,
            tuple(drawing for where, drawing in drawn if where is chapter),
            more.get(chapter, ()),
        )
        for chapter in figures.Chapter
    ]
    return [chapter for chapter in found if chapter.drawings or chapter.tables]


def drawing_of(name: str, sheet: Sheet) -> Drawing:
    """Return a figure with its tables under a name that no other on the page has."""
    return Drawing(name, picture_of(name, sheet.draw()), sheet.tables(), _narrow(name, sheet))


def _narrow(name: str, sheet: Sheet) -> Picture | None:
    """Return a figure as it is drawn for phones."""
    if name not in FOR_PHONES:
        return None
    with narrow_pages(PHONE_MM):
        return picture_of(f"{name}-narrow", sheet.draw())
