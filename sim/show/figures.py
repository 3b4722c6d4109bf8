"""List every figure once: its name, how it is drawn, what it needs, its chapter in a report, the tables of its numbers.

Figures of an ensemble, of a comparison, of scores and of one outcome of a sweep are entries of one kind. A new one is
a file that draws it, and an entry here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVarTuple

from matplotlib.figure import Figure

from sim.ensemble.estimate.losses import regime_places
from sim.ensemble.estimate.rows import usable
from sim.ensemble.run.branches import Futures
from sim.ensemble.store.files import check_no_link
from sim.ensemble.store.results import Results
from sim.show.compare.arranged import arranged
from sim.show.compare.fall_differences import draw_compare_falls
from sim.show.compare.forest import draw_compare_amounts, draw_compare_probabilities
from sim.show.compare.incidence import draw_compare_incidence
from sim.show.compare.levels import draw_compare_levels
from sim.show.compare.outcomes import amounts_of, probabilities_of
from sim.show.compare.ranges import amounts_by_state, draw_compare_influence, draw_compare_refugees
from sim.show.ensemble.carried_by_channel import draw_carried_by_channel
from sim.show.ensemble.displaced_and_killed import draw_displaced_and_killed
from sim.show.ensemble.extremists import draw_extremists
from sim.show.ensemble.fall_map import draw_fall_map
from sim.show.ensemble.highest_level import draw_highest_level
from sim.show.ensemble.histories import draw_histories, histories_table
from sim.show.ensemble.holders_map import draw_holders_map
from sim.show.ensemble.incidence import draw_incidence
from sim.show.ensemble.incident_map import draw_incident_map, incidents, incidents_table
from sim.show.ensemble.influence import draw_influence, influence_by_day
from sim.show.ensemble.level_by_neighbour import draw_level_by_neighbour
from sim.show.ensemble.order_of_falls import draw_order_of_falls
from sim.show.ensemble.refugees_by_destination import destinations, draw_refugees_by_destination
from sim.show.explain.evening import draw_evening
from sim.show.explain.timeline import draw_timeline
from sim.show.kit.page import save
from sim.show.kit.plot import Plot
from sim.show.kit.series import by_day, traced_runs
from sim.show.kit.theme import styled
from sim.show.matters.discovery import draw_discovery
from sim.show.matters.futures import draw_futures
from sim.show.matters.rare import draw_rare
from sim.show.matters.sensitivity import draw_sensitivity
from sim.show.matters.tornado import draw_tornado
from sim.show.score.forest import draw_gains, draw_skill, has_gains, has_skill
from sim.show.score.history import draw_history, lines_of
from sim.show.score.ranks import draw_ranks, ranks_of
from sim.show.score.reliability import FAMILIES as CHANCES
from sim.show.score.reliability import cases_of, draw_reliability
from sim.show.sweep.curve import draw_curve, has_curve
from sim.show.sweep.effects import draw_effects, has_effects
from sim.show.sweep.plane import draw_map, has_map
from sim.show.sweep.points import draw_points
from sim.show.sweep.scatter import draw_scatter, has_scatter
from sim.show.sweep.view import View, view_of
from sim.study.compare import Comparison
from sim.study.explain.chronicle import Chronicle
from sim.study.matters.discovery import Discovery
from sim.study.matters.sensitivity import Sensitivity
from sim.study.matters.variants import Tornado, named
from sim.study.rare.rare import Rare
from sim.study.score.folder import Scored
from sim.study.score.versus import Versus
from sim.study.sweep import Sweep
from sim.tell import holders, sections
from sim.tell.section import Section
from sim.world.faults import suggestion
from sim.world.scenario import Scenario

if TYPE_CHECKING:
    from sim.agents.model import SpilloverModel

FOLDER = "figures"
MOST_DRAWN = 10_000  # first runs that scripts draw, each figure with its n: bands are thin by then
Of = TypeVarTuple("Of")


class Chapter(Enum):
    """Name the chapters of a report, each with its heading and what it is about."""

    UNFOLDS = ("How it unfolds", "When the regime gives way, where, and what the war costs.")
    NEIGHBOURS = (
        "What reaches the neighbours",
        "How far each is drawn in, who flees where, and where people die at the border.",
    )
    DRIVES = (
        "What drives it",
        "What carries the war across borders, who gains from it inside, and what becomes of extremists.",
    )


@dataclass(frozen=True)
class Entry(Generic[*Of]):
    """Hold a figure.

    Parameters
    ----------
    name
        Its name, also that of its files.
    draw
        Draws it.
    needs
        Each returns why there is nothing to show, or nothing; the first reason counts.
    chapter
        Where a report shows it; None for a figure of a comparison or a sweep.
    tables
        Each returns a table of the numbers behind it, or None where there are none.
    """

    name: str
    draw: Callable[[*Of], Figure]
    needs: tuple[Callable[[*Of], str], ...] = ()
    chapter: Chapter | None = None
    tables: tuple[Callable[[*Of], Section | None], ...] = ()

    def of(self, *of: *Of) -> "Sheet":
        """Return the figure of something, such as of the results of a scenario."""
        why_not = next((reason for need in self.needs if (reason := need(*of))), "")
        return Sheet(self.name, self.chapter, why_not, partial(self.draw, *of), [partial(t, *of) for t in self.tables])


@dataclass(frozen=True)
class Sheet:
    """Hold a figure of something, not drawn yet.

    Parameters
    ----------
    name, chapter
        As of its entry.
    why_not
        Why there is nothing to show, empty where there is something.
    drawing, telling
        Draw the figure, and make its tables.
    """

    name: str
    chapter: Chapter | None
    why_not: str
    drawing: Callable[[], Figure]
    telling: Sequence[Callable[[], Section | None]]

    def draw(self) -> Figure:
        """Return the figure."""
        with styled():
            return self.drawing()

    def tables(self) -> tuple[Section, ...]:
        """Return the numbers behind it."""
        return tuple(found for tell in self.telling if (found := tell()))


def _unless(holds: Callable[[*Of], object], why_not: str) -> Callable[[*Of], str]:
    """Return a need: the reason why not, unless something holds."""
    return lambda *of: "" if holds(*of) else why_not


RUNS = _unless(lambda results, _: len(usable(results.runs)), "every run failed")
PLACES = _unless(lambda _, scenario: regime_places(scenario), "the regime's side holds no place on day 0")
NEIGHBOURS = _unless(lambda _, scenario: scenario.tables.header.neighbours, "the world has no neighbours")
INCIDENTS = _unless(
    lambda results, scenario: incidents(results, scenario).to_numpy().any(),
    "no run has an incident at a neighbour's place",
)
SERIES = _unless(lambda results, _: len(traced_runs(results)), "no run left a day series (ensemble.traces)")
REFUGEES = _unless(destinations, "nobody leaves the contested state")
INFLUENCE = _unless(
    lambda results, scenario: any(series.any() for series in influence_by_day(results, scenario).values()),
    "no state has influence",
)
EXTREMISTS = _unless(
    lambda results, _: (by_day(results, "extremists")[:, 0] > 0.0).any(),
    "there are no extremists on day 0",
)

ENSEMBLE: tuple[Entry[Results, Scenario], ...] = (
    Entry("incidence", draw_incidence, (RUNS,), Chapter.UNFOLDS, (sections.regime, sections.ends, sections.day_by_day)),
    Entry("order_of_falls", draw_order_of_falls, (RUNS, PLACES), Chapter.UNFOLDS, (sections.days_of_loss,)),
    Entry("fall_map", draw_fall_map, (RUNS, PLACES), Chapter.UNFOLDS, (sections.seats,)),
    Entry("holders_map", draw_holders_map, (RUNS,), Chapter.UNFOLDS, (holders.holders,)),
    Entry(
        "displaced_and_killed",
        draw_displaced_and_killed,
        (RUNS, SERIES),
        Chapter.UNFOLDS,
        (sections.people, sections.tolls),
    ),
    Entry("histories", draw_histories, (RUNS,), Chapter.UNFOLDS, (histories_table,)),
    Entry(
        "level_by_neighbour",
        draw_level_by_neighbour,
        (RUNS, NEIGHBOURS),
        Chapter.NEIGHBOURS,
        (sections.spillover, sections.causes, sections.levels_by_day),
    ),
    Entry("highest_level", draw_highest_level, (RUNS, NEIGHBOURS), Chapter.NEIGHBOURS, (sections.highest_levels,)),
    Entry(
        "refugees_by_destination",
        draw_refugees_by_destination,
        (RUNS, SERIES, REFUGEES),
        Chapter.NEIGHBOURS,
        (sections.refugees, holders.flows),
    ),
    Entry("incident_map", draw_incident_map, (RUNS, NEIGHBOURS, INCIDENTS), Chapter.NEIGHBOURS, (incidents_table,)),
    Entry("carried_by_channel", draw_carried_by_channel, (RUNS, NEIGHBOURS), Chapter.DRIVES, (sections.carried,)),
    Entry("influence", draw_influence, (RUNS, SERIES, INFLUENCE), Chapter.DRIVES, (sections.influence,)),
    Entry("extremists", draw_extremists, (RUNS, SERIES, EXTREMISTS), Chapter.DRIVES, (sections.extremists,)),
)

COMMON = _unless(lambda comparison: comparison.table["n"].min() > 0, "the scenarios have no usable run in common")
COMPARISON: tuple[Entry[Comparison], ...] = (
    Entry("incidence", draw_compare_incidence, (COMMON,)),
    Entry(
        "probabilities",
        draw_compare_probabilities,
        (COMMON, _unless(probabilities_of, "none of the events happens in any scenario")),
    ),
    Entry("amounts", draw_compare_amounts, (COMMON, _unless(amounts_of, "the base has none of the amounts"))),
    Entry("levels", draw_compare_levels, (COMMON, lambda found: NEIGHBOURS(*_base(found)))),
    Entry("fall_differences", draw_compare_falls, (COMMON, lambda found: PLACES(*_base(found)))),
    Entry(
        "refugees",
        draw_compare_refugees,
        (COMMON, _unless(lambda found: amounts_by_state(found, "refugees"), "nobody leaves the contested state")),
    ),
    Entry(
        "influence",
        draw_compare_influence,
        (COMMON, _unless(lambda found: amounts_by_state(found, "influence"), "no state has influence")),
    ),
)

SWEEP: tuple[Entry[View], ...] = (
    Entry("curve", draw_curve, (_unless(has_curve, "the points make no few lines along one factor"),)),
    Entry("map", draw_map, (_unless(has_map, "the points make no field over two factors"),)),
    Entry("scatter", draw_scatter, (_unless(has_scatter, "a simpler figure shows the points"),)),
    Entry(
        "points",
        draw_points,
        (_unless(lambda view: not (has_curve(view) or has_map(view) or has_scatter(view)), "they are shown together"),),
    ),
    Entry("effects", draw_effects, (_unless(has_effects, "nothing differs by factors"),)),
)
"""A curve shows one factor, also beside a few values of others; a map two; a scatter more; else points stand alone."""


SCORES: tuple[Entry[Scored], ...] = (
    Entry("skill", draw_skill, (_unless(has_skill, "one world gives no interval"),)),
    Entry("reliability", draw_reliability, (_unless(lambda s: len(cases_of(s, [*CHANCES]).chance), "no chances"),)),
    Entry("ranks", draw_ranks, (_unless(ranks_of, "no family has ten outcomes"),)),
)
HISTORY: Entry[Scored, str] = Entry("history", draw_history, (_unless(lines_of, "nothing that is drawn is recorded"),))
EVENING: "Entry[SpilloverModel]" = Entry("evening", draw_evening)
TIMELINE: Entry[Chronicle] = Entry("timeline", draw_timeline)
SENSITIVITY: Entry[Sensitivity] = Entry("sensitivity", draw_sensitivity)
DISCOVERY: Entry[Discovery] = Entry("boxes", draw_discovery)
RARE: Entry[Rare] = Entry("ladder", draw_rare)
FUTURES: Entry[Results, Scenario, Futures] = Entry("futures", draw_futures, (lambda *found: RUNS(*found[:2]),))
TORNADO: Entry[Tornado, str] = Entry("tornado", draw_tornado)
VERSUS: Entry[Versus] = Entry("gains", draw_gains, (_unless(has_gains, "the base's scores are all 0"),))


def of_ensemble(results: Results, scenario: Scenario) -> list[Sheet]:
    """Return the figures of an ensemble, also those that it has nothing to show for."""
    return [entry.of(results, scenario) for entry in ENSEMBLE]


def of_comparison(comparison: Comparison) -> list[Sheet]:
    """Return the figures of a comparison, also those that it has nothing to show for."""
    return [entry.of(arranged(comparison)) for entry in COMPARISON]


def of_scores(scored: Scored) -> list[Sheet]:
    """Return the figures of scores: of all worlds, then one a world, such as ``history_car_2013``."""
    worlds = [replace(HISTORY.of(scored, world), name=f"{HISTORY.name}_{world}") for world in scored.worlds]
    return [*(entry.of(scored) for entry in SCORES), *worlds]


def of_versus(found: Versus) -> list[Sheet]:
    """Return the figure of two score folders beside each other."""
    return [VERSUS.of(found)]


def of_tornado(found: Tornado, outcome: str) -> list[Sheet]:
    """Return the figure of what variants change in one outcome, such as ``p_collapse_tornado``."""
    name = named(outcome, found.scenario)
    return [replace(TORNADO.of(found, name), name=f"{name}_{TORNADO.name}")]


def of_sweep(sweep: Sweep, outcomes: Sequence[str], scenario: Scenario) -> list[Sheet]:
    """Return the figures of a sweep around a scenario, such as ``p_collapse_curve``; none without an estimate."""
    views = (view_of(sweep, outcome, scenario) for outcome in outcomes)
    bound = ((view.measure.outcome, entry.of(view)) for view in views if len(view.rows) for entry in SWEEP)
    return [replace(sheet, name=f"{outcome}_{sheet.name}") for outcome, sheet in bound]


def drawable(sheets: Iterable[Sheet]) -> dict[str, Sheet]:
    """Return those that have something to show, by name."""
    return {sheet.name: sheet for sheet in sheets if not sheet.why_not}


def named_plot(sheets: Sequence[Sheet], name: str) -> Plot:
    """Return a figure by its name, or say which there are, and why others are not."""
    found = drawable(sheets)
    if name not in found:
        message = f"no figure '{name}'; {suggestion(name, list(found))}{''.join(f' ({r})' for r in left_out(sheets))}"
        raise KeyError(message)
    return Plot(found[name].draw())


def left_out(sheets: Iterable[Sheet]) -> list[str]:
    """Return a line for each reason why figures are left out, such as `no incident_map: no incidents`."""
    names: dict[str, list[str]] = {}
    for sheet in sheets:
        names.setdefault(sheet.why_not, []).append(sheet.name)
    return [f"no {', '.join(found)}: {reason}" for reason, found in names.items() if reason]


def draw_files(sheets: Iterable[Sheet], folder: Path) -> list[Path]:
    """Write what there is to show into the folder `figures` of a result folder, and return the paths.

    Parameters
    ----------
    sheets
        Of an ensemble, a comparison or a sweep.
    folder
        Where its tables lie.
    """
    wanted = drawable(sheets)
    if wanted:
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        check_no_link(folder / FOLDER)
    return [path for name, sheet in wanted.items() for path in save(sheet.draw(), folder / FOLDER / name)]


def _base(comparison: Comparison) -> tuple[Results, Scenario]:
    """Return the results of the base, and what was run."""
    base = comparison.cases[0]
    return base.results, base.scenario
