"""Gather the figures of an ensemble into chapters, each figure with the tables that hold its numbers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from sim.ensemble.store.results import Results
from sim.show.ensemble.tables import histories, incidents_by_place, pressure
from sim.show.figures import drawable
from sim.show.kit.theme import styled
from sim.show.report.inline import Picture, picture_of
from sim.tell import sections
from sim.tell.asked import variance
from sim.tell.section import Section
from sim.world.scenario import Scenario

MAP = "fall_map"  # its place is taken by the map that a slider moves through days
Table: TypeAlias = Callable[[Results, Scenario], Section | None]

TABLES: dict[str, tuple[Table, ...]] = {
    "incidence": (sections.regime, sections.ends, sections.day_by_day),
    "order_of_falls": (sections.days_of_loss,),
    "fall_map": (sections.seats,),
    "displaced_and_killed": (sections.people, sections.tolls),
    "histories": (histories,),
    "level_by_neighbour": (sections.levels_by_day,),
    "highest_level": (sections.spillover,),
    "refugees_by_destination": (sections.refugees,),
    "incident_map": (incidents_by_place,),
    "pressure_by_channel": (pressure,),
    "influence": (sections.influence,),
    "extremists": (sections.extremists,),
}
"""The tables that hold the numbers of each figure."""


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


CHAPTERS = (
    (
        "unfolds",
        "How it unfolds",
        "When the regime gives way, where, and what the war costs.",
        ("incidence", "order_of_falls", "displaced_and_killed", "histories"),
    ),
    (
        "neighbours",
        "What reaches the neighbours",
        "How far each is drawn in, who flees where, and where people die at the border.",
        ("level_by_neighbour", "highest_level", "refugees_by_destination", "incident_map"),
    ),
    (
        "drives",
        "What drives it",
        "What carries the war across borders, who gains from it inside, and what becomes of extremists.",
        ("pressure_by_channel", "influence", "extremists"),
    ),
)


def chapters_of(results: Results, scenario: Scenario) -> list[Chapter]:
    """Return the chapters of an ensemble that have something to show."""
    draws, found = drawable(results, scenario), []
    more = {"drives": tables_of((variance,), results, scenario)}
    for key, name, lead, figures in CHAPTERS:
        with styled():
            drawings = tuple(
                Drawing(
                    figure,
                    picture_of(figure, draws[figure](results, scenario)),
                    tables_of(TABLES[figure], results, scenario),
                )
                for figure in figures
                if figure in draws
            )
        found.append(Chapter(key, name, lead, drawings, more.get(key, ())))
    return [chapter for chapter in found if chapter.drawings or chapter.tables]


def tables_of(tables: Iterable[Table], results: Results, scenario: Scenario) -> tuple[Section, ...]:
    """Return the tables that have something to tell."""
    return tuple(found for found in (table(results, scenario) for table in tables) if found)
