"""Gather the figures of an ensemble into chapters, each figure with the tables that hold its numbers."""

from dataclasses import dataclass

from sim.ensemble.estimate.variance import QUANTITY
from sim.ensemble.store.results import Results
from sim.show.figures import drawable
from sim.show.kit.theme import styled
from sim.show.report.inline import Picture, picture_of
from sim.show.report.tables import days_table, estimated_tables
from sim.show.report.traced_tables import histories_table, incidents_table, pressure_table
from sim.tell.labels import outcome_labels
from sim.tell.numbers import percent
from sim.tell.sections import Section
from sim.world.scenario import Scenario

MAP = "fall_map"  # its place is taken by the map that a slider moves through days
TRACED = {"pressure_by_channel": pressure_table, "incident_map": incidents_table, "histories": histories_table}


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
    """Return the chapters of an ensemble that have something to show.

    Parameters
    ----------
    results, scenario
        An ensemble with at least one usable run.
    """
    draws, tables = drawable(results, scenario), estimated_tables(results, scenario)
    tables["incidence"].append(days_table(results, scenario))
    tables |= {name: [table(results, scenario)] for name, table in TRACED.items() if name in draws}
    more = {"drives": _variance(results, scenario)}
    found = []
    for key, name, lead, figures in CHAPTERS:
        with styled():
            drawings = tuple(
                Drawing(figure, picture_of(figure, draws[figure](results, scenario)), tuple(tables[figure]))
                for figure in figures
                if figure in draws
            )
        found.append(Chapter(key, name, lead, drawings, tuple(more.get(key, ()))))
    return [chapter for chapter in found if chapter.drawings or chapter.tables]


def _variance(results: Results, scenario: Scenario) -> list[Section]:
    """Return how much of what differs between runs is due to uncertain parameters, nothing where they are certain."""
    rows, labels = results.estimates[results.estimates["quantity"] == QUANTITY], outcome_labels(scenario)
    cells = tuple(
        (labels[row["entity"]], percent(row["estimate"], row["low"], row["high"])) for row in rows.to_dict("records")
    )
    title = "Share of the variance between runs that uncertain parameters explain; the rest is chance"
    return [Section(title, ("outcome", "share"), cells)] if cells else []
