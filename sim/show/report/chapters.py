"""Gather the figures of an ensemble into chapters, each figure with the tables that hold its numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

from sim.ensemble.estimate.variance import QUANTITY
from sim.ensemble.store.results import Results
from sim.show import figures
from sim.show.figures import Sheet
from sim.show.report.inline import Picture, picture_of
from sim.tell.labels import outcome_labels
from sim.tell.numbers import percent
from sim.tell.sections import Section
from sim.world.scenario import Scenario

MAP = "fall_map"  # its place is taken by the map that a slider moves through days


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
    """

    name: str
    picture: Picture
    tables: tuple[Section, ...]


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
    more = {figures.Chapter.DRIVES: _variance(results, scenario)}
    found = [
        Chapter(
            chapter.name.lower(),
            *chapter.value,
            tuple(drawing for where, drawing in drawn if where is chapter),
            tuple(more.get(chapter, ())),
        )
        for chapter in figures.Chapter
    ]
    return [chapter for chapter in found if chapter.drawings or chapter.tables]


def drawing_of(name: str, sheet: Sheet) -> Drawing:
    """Return a figure with its tables under a name that no other on the page has."""
    return Drawing(name, picture_of(name, sheet.draw()), sheet.tables())


def _variance(results: Results, scenario: Scenario) -> list[Section]:
    """Return how much of what differs between runs is due to uncertain parameters, nothing where they are certain."""
    rows, labels = results.estimates[results.estimates["quantity"] == QUANTITY], outcome_labels(scenario)
    cells = tuple(
        (labels[row["entity"]], percent(row["estimate"], row["low"], row["high"])) for row in rows.to_dict("records")
    )
    title = "Share of the variance between runs that uncertain parameters explain; the rest is chance"
    return [Section(title, ("outcome", "share"), cells)] if cells else []
