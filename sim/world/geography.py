"""Checks of a world's map: states, capital, neighbours, borders, outlines, whether the contested state is whole."""

from collections.abc import Iterator, Sequence

from sim.world.cells import Table
from sim.world.draft import Draft
from sim.world.faults import Fault, file_fault, suggestion
from sim.world.header import Frame
from sim.world.outlines import DO_WITHOUT

FAR_KM = 50.0  # a seat farther outside its outline belongs to another one; coasts that are simplified miss by less
MAX_NAMED = 5  # locations that one line lists


def frame_faults(draft: Draft) -> Iterator[Fault]:
    """Find ids in the header that their tables lack, and a challenger that is the regime."""
    if draft.frame is None:
        return
    header = draft.frame.header
    named = [
        ("contested_state", header.contested_state, "states"),
        *(("neighbours", state, "states") for state in header.neighbours),
        ("regime", header.regime, "factions"),
        ("challenger", header.challenger, "factions"),
        ("capital", header.capital, "locations"),
    ]
    for key, name, target in named:
        if name is not None and draft.has(target) and name not in (known := draft.ids(target)):
            yield draft.frame.fault(key, name, f"is no id in {target}.csv", suggestion(name, known))
    if header.challenger == header.regime:
        yield draft.frame.fault("challenger", header.challenger, "is the regime itself", "name its opponent or null")


def regime_faults(draft: Draft) -> Iterator[Fault]:
    """Find a regime whose main force belongs to another state than the contested one."""
    if draft.frame is None or not draft.has("factions"):
        return
    header, factions = draft.frame.header, draft.tables["factions"]
    for name, home in zip(factions.ids, factions.text["home_state"], strict=True):
        if name == header.regime and home != header.contested_state:
            problem = f"has the home state {home!r}, not the contested state {header.contested_state!r}"
            yield draft.frame.fault("regime", name, problem, "name a faction at home in the contested state")


def capital_faults(draft: Draft) -> Iterator[Fault]:
    """Find a capital outside its state, unmarked, or doubled."""
    if not draft.has("locations"):
        return
    locations = draft.tables["locations"]
    seen: dict[str, int] = {}
    for index, (state, capital_of) in enumerate(_pairs(locations, "state", "capital_of")):
        if capital_of and capital_of != state:
            problem = f"is not {state!r}, the state in which this location lies"
            yield locations.fault(index, "capital_of", problem, "give the location's own state, or leave it empty")
        elif capital_of and (first := seen.setdefault(capital_of, index)) != index:
            problem = f"has its capital in row {locations.rows[first]} already"
            yield locations.fault(index, "capital_of", problem, "keep one capital for each state")
    if draft.frame is not None:
        yield from _unmarked_capital(draft.frame, locations)


def _unmarked_capital(frame: Frame, locations: Table) -> Iterator[Fault]:
    """Find a capital that the location table does not know as one."""
    capital, state = frame.header.capital, frame.header.contested_state
    for name, capital_of in _pairs(locations, "id", "capital_of"):
        if name == capital and capital_of != state:
            problem = f"is not marked as the capital of {state!r} in locations.csv"
            yield frame.fault("capital", capital, problem, f"set capital_of to {state!r} in its row, and only there")


def neighbour_faults(draft: Draft) -> Iterator[Fault]:
    """Find neighbours without a location, listed twice or contested, and locations of any other state."""
    if draft.frame is None or not draft.has("locations"):
        return
    frame, locations = draft.frame, draft.tables["locations"]
    neighbours, states = frame.header.neighbours, set(locations.text["state"])
    for index, state in enumerate(neighbours):
        if state in neighbours[:index]:
            yield frame.fault("neighbours", state, "is listed twice", "keep one")
        if state == frame.header.contested_state:
            yield frame.fault("neighbours", state, "is the contested state itself", "remove it from the list")
        elif state not in states:
            yield frame.fault("neighbours", state, "has no location", "add one to locations.csv, or drop the neighbour")
    expected = [frame.header.contested_state, *neighbours]
    for index, state in enumerate(locations.text["state"]):
        if state and state not in expected:
            problem = "is neither the contested state nor one of the neighbours in world.yaml"
            yield locations.fault(index, "state", problem, suggestion(state, expected))


def strange_neighbour_faults(draft: Draft) -> Iterator[Fault]:
    """Find states of `neighbours_day0.csv` that are no neighbours."""
    if draft.frame is None or not draft.has("neighbours_day0", "states"):
        return
    neighbours, table = list(draft.frame.header.neighbours), draft.tables["neighbours_day0"]
    for index, state in enumerate(table.text["state"]):
        if state in draft.ids("states") and state not in neighbours:
            yield table.fault(index, "state", "is no neighbour in world.yaml", suggestion(state, neighbours))


def border_faults(draft: Draft) -> Iterator[Fault]:
    """Find borders of a location with itself, repeated in either order, or of the wrong kind."""
    if not draft.has("borders", "locations"):
        return
    borders = draft.tables["borders"]
    state = dict(_pairs(draft.tables["locations"], "id", "state"))
    seen: dict[frozenset[str], int] = {}
    for index, (a, b) in enumerate(_pairs(borders, "a", "b")):
        if not (a and b):
            continue
        first = seen.setdefault(frozenset((a, b)), index)
        if a == b:
            yield borders.fault(index, "b", "is the other end itself", "name two locations")
        elif first != index:
            problem = f"repeats the border with {a!r} of row {borders.rows[first]}"
            yield borders.fault(index, "b", problem, "keep one of the two rows, in either order")
        elif a in state and b in state:
            yield from _wrong_kind(borders, index, state[a], state[b])


def _wrong_kind(borders: Table, index: int, state_a: str, state_b: str) -> Iterator[Fault]:
    """Find a border that is called internal between two states, or international within one."""
    expected = "internal" if state_a == state_b else "international"
    kind = borders.text["kind"][index]
    if kind != expected and kind in ("internal", "international"):
        yield borders.fault(index, "kind", f"joins {state_a!r} and {state_b!r}", f"write {expected!r}")


def map_faults(draft: Draft) -> Iterator[Fault]:
    """Find locations without any border, and parts of the contested state that no chain of borders joins."""
    if not draft.has("borders", "locations"):
        return
    locations, borders = draft.tables["locations"], draft.tables["borders"]
    links = list(_pairs(borders, "a", "b"))
    joined = {name for pair in links for name in pair}
    for index, name in enumerate(locations.ids):
        if name not in joined and len(locations.ids) > 1:
            yield locations.fault(index, "id", "has no border with any location", "add a row to borders.csv")
    if draft.frame is not None:
        contested = draft.frame.header.contested_state
        inside = [name for name, state in _pairs(locations, "id", "state") if state == contested and name in joined]
        yield from _severed(borders.schema.file, contested, connected_parts(inside, links))


def _severed(file: str, contested: str, parts: list[list[str]]) -> Iterator[Fault]:
    """Find every part of the contested state but the largest."""
    for part in sorted(parts, key=len, reverse=True)[1:]:
        names = ", ".join(part[:8]) + (", ..." if len(part) > len(part[:8]) else "")
        problem = f"no chain of borders inside {contested!r} joins {names} to the rest of it"
        yield file_fault(file, problem, "add the missing borders, by land or sea")


def outline_faults(draft: Draft) -> Iterator[Fault]:
    """Find outlines of no location, more than one of a location, and locations without any."""
    if draft.frame is None or draft.outlines is None or not draft.has("locations"):
        return
    file, ids = str(draft.frame.header.map), draft.tables["locations"].ids
    seen: dict[str, int] = {}
    for outline in draft.outlines:
        name = outline.location_id
        if name is None:
            continue
        if (first := seen.setdefault(name, outline.number)) != outline.number:
            problem = f"has its outline in feature {first} already"
            yield Fault(file, outline.number, "location_id", name, problem, "merge the two into one")
        elif name not in ids:
            cure = f"{suggestion(name, ids)}; else remove the feature, or set location_id to null"
            yield Fault(file, outline.number, "location_id", name, "is no id in locations.csv", cure)
    missing = [name for name in ids if name not in seen]
    is_whole = not any(fault.file == file for fault in draft.faults)
    if missing and is_whole:  # else the missing ones may be among those that could not be read
        names = ", ".join(missing[:MAX_NAMED]) + (", ..." if len(missing) > MAX_NAMED else "")
        problem = f"has no outline for {len(missing)} of {len(ids)} locations ({names})"
        yield file_fault(file, problem, f"add their features, {DO_WITHOUT}")


def seat_faults(draft: Draft) -> Iterator[Fault]:
    """Find seats far outside their outline: one of the two is wrong, or has the id of another."""
    if draft.frame is None or draft.outlines is None or not draft.has("locations"):
        return
    locations = draft.tables["locations"]
    outlines = {outline.location_id: outline for outline in draft.outlines}
    for index, (name, lon, lat) in enumerate(
        zip(locations.ids, locations.number["lon"], locations.number["lat"], strict=True)
    ):
        if name in outlines and lon is not None and lat is not None:
            distance = outlines[name].distance_km(lon, lat)
            if distance > FAR_KM:
                problem = f"lies {distance:,.0f} km outside the outline of {name!r} in {draft.frame.header.map}"
                yield locations.fault(index, "lon", problem, "correct lon and lat, or location_id of the outline")


def connected_parts(names: Sequence[str], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the parts of a map that are joined within themselves but not with each other."""
    part = {name: {name} for name in names}
    for a, b in links:
        if a in part and b in part and part[a] is not part[b]:
            part[a] |= part[b]
            part.update(dict.fromkeys(part[b], part[a]))
    return [sorted(members) for name, members in part.items() if name == min(members)]


def _pairs(table: Table, first: str, second: str) -> Iterator[tuple[str, str]]:
    """Return two columns of text row by row."""
    return zip(table.text[first], table.text[second], strict=True)
