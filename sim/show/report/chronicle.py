"""Write one history as a page that fetches nothing: a map by day, and beside it what happened with its reasons."""

import base64
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from sim.ensemble.estimate.losses import own_side
from sim.ensemble.store.provenance import config_digest, model_digest
from sim.show.figures import TIMELINE
from sim.show.kit.days import date_text
from sim.show.kit.plot import Plot
from sim.show.kit.theme import LEVEL_COLOURS, NOBODY_COLOUR, faction_colours
from sim.show.kit.wording import CAVEAT
from sim.show.maps.geometry import load_shapes
from sim.show.maps.layout import home_extent
from sim.show.maps.loss_scale import ink_on
from sim.show.report.chapters import drawing_of
from sim.show.report.day_map import NARROW_MM, TALLEST_MM, UNITS, WIDE_MM
from sim.show.report.names import Names as NamesOnMap
from sim.show.report.names import names_on
from sim.show.report.outlines import Canvas, Ground, ground_of
from sim.show.report.told import items_of
from sim.show.report.write import environment, look_and_script, write_page
from sim.study.explain.chronicle import Chronicle
from sim.study.explain.kinds import MAIN
from sim.study.explain.words import Names
from sim.tell.history import abroad, end_day, fate, key_events, levels_of, remains_of
from sim.tell.labels import LEVELS
from sim.tell.numbers import rounded
from sim.tell.places import NOBODY_ID, home_holders, state_names
from sim.world.scenario import Scenario

TEMPLATE, NOTEBOOK, SCRIPT = "history.html.jinja", "notebook.html.jinja", "history.js"


@dataclass(frozen=True)
class PlaceOnMap:
    """Hold one place of the contested state: its name, its outline as path data, its seat, and who holds it."""

    place: str
    name: str
    area: str
    x: float
    y: float
    is_capital: bool
    holder: int


@dataclass(frozen=True)
class HolderMap:
    """Hold a map of who holds each place, of one day until a script moves it; see ``sim.show.report.day_map``."""

    canvas: Canvas
    ground: Ground
    places: tuple[PlaceOnMap, ...]
    seats: tuple[tuple[float, float], ...]
    wide: NamesOnMap
    narrow: NamesOnMap
    is_mapped: bool


def write_chronicle(chronicle: Chronicle, path: Path) -> Path:
    """Write the page of one history and return its path.

    Parameters
    ----------
    chronicle
        The history.
    path
        Where to write it.
    """
    return write_page(path, TEMPLATE, _content(chronicle))


def chronicle_html(chronicle: Chronicle) -> str:
    """Return one history in brief as a notebook shows it: its figure, and its main events with their reasons."""
    heavy = {event.number for event in key_events(chronicle)}
    events = [event for event in chronicle.events if event.kind in MAIN or event.number in heavy]
    picture = Plot(TIMELINE.of(chronicle).draw())._repr_png_()
    return (
        environment()
        .get_template(NOTEBOOK)
        .render(
            fate=fate(chronicle),
            picture=base64.b64encode(picture).decode(),
            items=items_of(events),
            events={event.number: event for event in events},
            n_events=len(chronicle.events),
            anchor=f"run-{chronicle.run}-event-",
        )
    )


def _content(chronicle: Chronicle) -> dict[str, Any]:
    """Return what the template fills in."""
    scenario, end = chronicle.scenario, end_day(chronicle)
    shown = scenario.horizon_days - 1 if end is None else end
    heavy = {event.number for event in key_events(chronicle)}
    items, called = items_of(chronicle.events, heavy), Names(scenario)
    known = {word for item in items for word in item.of}
    return {
        "chronicle": chronicle,
        "events": {event.number: event for event in chronicle.events},
        "scenario": scenario,
        "fate": fate(chronicle),
        "abroad": abroad(chronicle),
        "items": items,
        "heavy": heavy,
        "n_main": sum("main" in item.of for item in items),
        "groups": [
            (group, [(f"{kind}:{name}", called.name(name)) for name in called.ids[kind] if f"{kind}:{name}" in known])
            for group, kind in (("Places", "place"), ("Actors", "actor"))
        ],
        "map": _map_of(chronicle, shown),
        "colours": _colours(scenario),
        "held": _held(chronicle),
        "shown": shown,
        "data": _data_of(chronicle, shown),
        "levels": {state: int(found[shown]) for state, found in levels_of(chronicle).items()},
        "rungs": [
            (words, colour, ink_on(colour)) for words, colour in zip(LEVELS.values(), LEVEL_COLOURS, strict=True)
        ],
        "names": state_names(scenario),
        "remains": {label: _percent(values[shown]) for label, values in remains_of(chronicle).items()},
        "days": _days(scenario),
        "drawing": drawing_of(TIMELINE.name, TIMELINE.of(chronicle)),
        "facts": _facts(chronicle),
        "caveat": CAVEAT,
        **look_and_script(SCRIPT),
    }


def _map_of(chronicle: Chronicle, day: int) -> HolderMap:
    """Return the map of the evening of a day."""
    scenario, shapes = chronicle.scenario, load_shapes(chronicle.scenario.tables)
    canvas, home = Canvas(home_extent(shapes), UNITS), list(home_holders(scenario))
    seats = canvas.place(shapes.anchors) if shapes.is_mapped else np.zeros((0, 2))
    places = []
    for index, place in enumerate(shapes.location_ids):
        if place in home:
            x, y = canvas.place(shapes.anchors[index : index + 1])[0].tolist()
            area, holder = canvas.area(shapes.outlines[index]), _code(scenario, chronicle.holders[day][index])
            places.append(PlaceOnMap(place, shapes.names[index], area, x, y, place == shapes.capital, holder))
    return HolderMap(
        canvas,
        ground_of(shapes, canvas, home),
        tuple(sorted(places, key=lambda found: found.is_capital)),
        tuple((float(x), float(y)) for x, y in seats),
        names_on(shapes, canvas, (), min(WIDE_MM, TALLEST_MM * canvas.width / canvas.height)),
        names_on(shapes, canvas, (), NARROW_MM),
        shapes.is_mapped,
    )


def _data_of(chronicle: Chronicle, shown: int) -> dict[str, Any]:
    """Return what a script needs to show any day: whoever holds a place and each level, where they change."""
    scenario = chronicle.scenario
    ids, home = [str(name) for name in scenario.tables.locations["id"]], home_holders(scenario)
    called = Names(scenario)
    return {
        "first": shown,
        "days": _days(scenario),
        "holders": {
            place: _changes([_code(scenario, holder) for holder in chronicle.holders[:, index]])
            for index, place in enumerate(ids)
            if place in home
        },
        "factions": [*(called.name(name) for name in called.ids["faction"]), called.name(None)],
        "levels": {state: _changes(found.tolist()) for state, found in levels_of(chronicle).items()},
        "words": [*LEVELS.values()],
        "remains": [[_percent(value) for value in values] for values in remains_of(chronicle).values()],
    }


def _held(chronicle: Chronicle) -> list[int]:
    """Return the numbers of those who ever hold a place of the contested state, the regime's side first."""
    scenario, own = chronicle.scenario, own_side(chronicle.scenario)
    ids = [*map(str, scenario.tables.factions["id"]), NOBODY_ID]
    home = [str(place) in home_holders(scenario) for place in scenario.tables.locations["id"]]
    found = {_code(scenario, holder) for holder in np.unique(chronicle.holders[:, home])}
    return sorted(found, key=lambda code: (ids[code] not in own, code))


def _changes(values: list[int]) -> list[tuple[int, int]]:
    """Return the days on which a number changes, each with what it is from then on."""
    return [(day, int(now)) for day, (before, now) in enumerate(pairwise([-1, *values])) if now != before]


def _code(scenario: Scenario, holder: int) -> int:
    """Return the number of a faction, that after the last for nobody."""
    return int(holder) if holder >= 0 else len(scenario.tables.factions)


def _colours(scenario: Scenario) -> list[str]:
    """Return the colour of each faction by its number, that of nobody last."""
    return [*faction_colours(scenario).values(), NOBODY_COLOUR]


def _percent(share: float) -> int:
    """Return a share in whole percent."""
    return int(rounded(100.0 * share))


def _days(scenario: Scenario) -> list[str]:
    """Return the days with their dates."""
    day0 = scenario.tables.header.day0
    return [f"day {day}, {date_text(day0, day, with_year=True)}" for day in range(scenario.horizon_days)]


def _facts(chronicle: Chronicle) -> list[tuple[str, str]]:
    """Return by what the history can be found again."""
    scenario = chronicle.scenario
    return [
        ("scenario", scenario.config.scenario.name),
        ("world", f"{scenario.tables.header.title} ({scenario.config.world.name})"),
        ("seed", str(chronicle.seed)),
        ("run", str(chronicle.run)),
        ("settings (digest)", config_digest(scenario)),
        ("world tables (digest)", scenario.tables.digest),
        ("model (digest)", model_digest()),
    ]
