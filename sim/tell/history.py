"""Tell one history in brief: what became of the regime, who was drawn in, and the few events that matter most."""

from collections.abc import Iterator

import numpy as np

from sim.core.codes import NEVER, Level, Outcome
from sim.core.outputs import fields_of
from sim.core.record import DayRow
from sim.ensemble.estimate.losses import own_side, regime_places
from sim.study.explain.chronicle import Chronicle
from sim.study.explain.events import Event
from sim.study.explain.kinds import ENDS as LAST_ACTS
from sim.study.explain.kinds import MAIN
from sim.tell.labels import ENDS, LEVELS
from sim.tell.places import NOBODY_ID, home_holders, place_names, state_names

REMAINS = ("regime_morale", "regime_strength", "patron_level")  # of a day: what the regime's side has left
OF_DAY_0 = ("regime_strength",)  # told as a share of what it was on day 0
MOST_KEY, FEWEST_KEY = 8, 5  # events that tell a history in brief
MOST_PEAKS = 2  # neighbours whose highest level is among them
TURNS = ("settlement", "coup", "infighting")  # of which the first is told


def holders_in_the_evening(chronicle: Chronicle, day: int) -> dict[str, str]:
    """Return who holds each location of the contested state in the evening of a day, `NOBODY_ID` where nobody does."""
    tables = chronicle.scenario.tables
    factions = [str(name) for name in tables.factions["id"]]
    held = zip(map(str, tables.locations["id"]), chronicle.holders[day].tolist(), strict=True)
    by_place = {place: factions[holder] if holder >= 0 else NOBODY_ID for place, holder in held}
    return {place: by_place[place] for place in home_holders(chronicle.scenario)}


def levels_of(chronicle: Chronicle) -> dict[str, np.ndarray]:
    """Return the level of each neighbour by day, by its id."""
    tables = chronicle.scenario.tables
    states = [str(name) for name in tables.states["id"]]
    return {name: chronicle.days["level"][:, states.index(name)] for name in tables.header.neighbours}


def remains_of(chronicle: Chronicle) -> dict[str, np.ndarray]:
    """Return what the regime's side has left by day as shares, by what people call it."""
    labels = {field.name: field.output.label for field in fields_of(DayRow)}
    found = {}
    for name in REMAINS:
        values, label = chronicle.days[name].astype(np.float64), labels[name]
        if name in OF_DAY_0:
            values, label = values / (values[0] or 1.0), f"{label}, of day 0"
        found[label] = values
    return found


def end_day(chronicle: Chronicle) -> int | None:
    """Return the day on which the regime collapses, None if it does not."""
    day = int(chronicle.row["collapse_day"][0])
    return None if day == NEVER else day


def fate(chronicle: Chronicle) -> str:
    """Return what became of the regime, of its places and of its capital, in a sentence."""
    scenario, end = chronicle.scenario, end_day(chronicle)
    places, lost = regime_places(scenario), losses(chronicle)
    if end is None:
        so_far = len({event.place for event in lost})
        seats = f"{so_far or 'none'} of its {len(places)} seats {'are' if so_far > 1 else 'is'} lost"
        return f"The regime stays in power for {scenario.horizon_days} days; {seats}"
    so_far = len({event.place for event in lost if event.day <= end})
    how = ENDS[Outcome(int(chronicle.row["outcome"][0]))]
    text = f"The regime collapses on day {end} with {so_far} of its {len(places)} seats lost: {how}"
    fallen, capital = int(chronicle.row["capital_fall_day"][0]), place_names(scenario)[scenario.tables.header.capital]
    return f"{text}; {capital} falls on day {fallen}" if fallen not in (NEVER, end) else text


def abroad(chronicle: Chronicle) -> str:
    """Return which neighbour was drawn in furthest, in a sentence; nothing in a world without neighbours."""
    levels = levels_of(chronicle)
    if not levels:
        return ""
    worst = max(levels, key=lambda state: int(levels[state].max()))
    top = Level(int(levels[worst].max()))
    if top is Level.CALM:
        return "Every neighbour stays calm"
    name, day = state_names(chronicle.scenario)[worst], int(levels[worst].argmax())
    return f"No neighbour goes further than {name}: level {top.value} of 4, {LEVELS[top]}, from day {day} on"


def losses(chronicle: Chronicle) -> list[Event]:
    """Return the events by which the regime's side loses a place that it holds on day 0."""
    own, places = own_side(chronicle.scenario), regime_places(chronicle.scenario)
    return [
        event
        for event in chronicle.about(kind="fall")
        if event.other in own and event.actor not in own and event.place in places
    ]


def key_events(chronicle: Chronicle, most: int = MOST_KEY) -> tuple[Event, ...]:
    """Return the events that tell a history in brief, in their order.

    The regime's end comes first, then its first loss, the first patron that leaves it, a settlement and infighting, the
    highest level of the neighbours that are drawn in furthest, and as many further losses, those that the end came of
    before others, and other main events as there is room for; other events only where these are very few.
    """
    found = list(dict.fromkeys(event.number for event in _ranked(chronicle)))[:most]
    others = [event.number for event in chronicle.events if event.number not in found]
    told = [*found, *others[: max(FEWEST_KEY - len(found), 0)]]
    return tuple(chronicle.events[number] for number in sorted(told))


def turning_days(chronicle: Chronicle, most: int) -> list[int]:
    """Return days whose evenings show how a history went, at most so many.

    They are the first, that of the regime's end, the last, and such between them that equally many places change hands
    from one to the next.
    """
    end, home = end_day(chronicle), home_holders(chronicle.scenario)
    fixed = {0, len(chronicle.holders) - 1} | ({end} if end is not None else set())
    changes = [event.day for event in chronicle.about(kind="fall") if event.place in home]
    steps = (np.linspace(0.0, 1.0, n) for n in range(1, len(changes) + 2) if changes)
    found = [sorted(fixed | {int(day) for day in np.quantile(changes, at, method="nearest")}) for at in steps]
    return max([sorted(fixed), *(days for days in found if len(days) <= most)], key=len)


def _ranked(chronicle: Chronicle) -> Iterator[Event]:
    """Yield the events that tell a history in brief, the most telling first; some come more than once."""
    own, lost = own_side(chronicle.scenario), losses(chronicle)
    capital = chronicle.scenario.tables.header.capital
    ends = [event for kind in LAST_ACTS for event in chronicle.about(kind=kind)[:1]]
    for event in ends:  # that the capital is lost is told by its fall, and the collapse by what brought it about
        if event.kind == "capital":
            yield from chronicle.about(event.day, capital, kind="fall") or [event]
        elif event.kind != "collapse" or event.day not in [other.day for other in ends[:-1]]:
            yield event
    yield from lost[:1]
    yield from [event for event in chronicle.about(kind="exit") if event.other in own][:1]
    for kind in TURNS:
        yield from chronicle.about(kind=kind)[:1]
    yield from _peaks(chronicle)
    causes = {number for event in ends for number in event.links}
    yield from sorted(lost, key=lambda event: (event.number not in causes, event.number))
    yield from (event for event in chronicle.events if event.kind in MAIN)


def _peaks(chronicle: Chronicle) -> Iterator[Event]:
    """Yield the steps by which the neighbours that are drawn in furthest come to their highest level."""
    tops = {state: int(levels.max()) for state, levels in levels_of(chronicle).items()}
    for state in sorted(tops, key=lambda state: -tops[state])[:MOST_PEAKS]:
        steps = chronicle.about(actor=state, kind="level")
        yield from [step for step in steps if step.size == tops[state] >= Level.INCIDENT][:1]
