"""Checks that need more than one table: references, shares, fighters, ties.

Each is a generator of faults over a `Draft`. What has to do with the map is in `geography.py`.
"""

from collections import defaultdict
from collections.abc import Iterator

from sim.world.cells import Table
from sim.world.draft import ACTOR_TABLES, Draft
from sim.world.faults import Fault, suggestion
from sim.world.limits import FIGHTERS_TOLERANCE, SHARE_TOLERANCE

ROUNDING = 1e-9  # of sums of decimals, so that 0.335 three times still passes
SEAT_OUTCOMES = ("fall_day", "held_at_day0")
MAX_HINTS = 100  # different unknown names; looking for near ones is slow, and a table may be all wrong


def reference_faults(draft: Draft) -> Iterator[Fault]:
    """Find cells that name an id which its table lacks."""
    for table in draft.tables.values():
        for column, target in table.schema.references:
            needed = ACTOR_TABLES if target == "actors" else (target,)
            if column in table.text and draft.has(*needed):
                yield from _unknown(table, column, draft.ids(target), " or ".join(f"{n}.csv" for n in needed))


def _unknown(table: Table, column: str, known: list[str], where: str) -> Iterator[Fault]:
    """Find the cells of one column that name no known id; a column of `ids` has several, separated by `|`."""
    allowed = {"", *known}
    hints: dict[str, str] = {}
    has_several = table.schema.kind(column) == "ids"
    for index, cell in enumerate(table.text[column]):
        for name in cell.split("|") if has_several else [cell]:
            if name in allowed:
                continue
            if name not in hints:
                hints[name] = suggestion(name, known) if len(hints) < MAX_HINTS else "name a known id"
            problem = f"{name!r} is no id in {where}" if has_several else f"is no id in {where}"
            yield table.fault(index, column, problem, hints[name])


def observed_faults(draft: Draft) -> Iterator[Fault]:
    """Find outcomes of a seat, such as `fall_day/<location>`, whose location is unknown."""
    if not draft.has("observed", "locations"):
        return
    known = draft.ids("locations")
    for index, name in enumerate(draft.tables["observed"].text["name"]):
        outcome, _, location = name.partition("/")
        if outcome in SEAT_OUTCOMES and location not in known:
            problem = f"{location!r} is no id in locations.csv"
            yield draft.tables["observed"].fault(index, "name", problem, suggestion(location, known))


def unscored_faults(draft: Draft) -> Iterator[Fault]:
    """Find rows that are to be left out of scores, but that no table of outcomes has."""
    if not draft.has("unscored"):
        return
    known = list(draft.tables["observed"].text["name"]) if draft.has("observed") else []
    for name in ("observed_levels", "refugees_check"):
        if draft.has(name):
            known += [f"{name}/{state}" for state in draft.tables[name].text["state"]]
    table = draft.tables["unscored"]
    for index, row in enumerate(table.text["row"]):
        if row and row not in known:
            yield table.fault(index, "row", "is no row of the outcomes", suggestion(row, known))


def shared_id_faults(draft: Draft) -> Iterator[Fault]:
    """Find factions that have the id of a state, since ties name both."""
    if draft.has(*ACTOR_TABLES):
        factions, states = draft.tables["factions"], set(draft.ids("states"))
        for index, name in enumerate(factions.ids):
            if name in states:
                yield factions.fault(index, "id", "is also the id of a state", "rename one of the two")


def share_faults(draft: Draft) -> Iterator[Fault]:
    """Find locations whose control shares do not sum to 1."""
    if not draft.has("control"):
        return
    control = draft.tables["control"]
    for indices in _groups(control, "location_id").values():
        shares = [control.number["share"][index] for index in indices]
        total = sum(share for share in shares if share is not None)
        if None not in shares and abs(total - 1) > SHARE_TOLERANCE + ROUNDING:
            problem = f"shares of this location sum to {total:.4g}, not 1"
            yield control.fault(indices[0], "location_id", problem, f"mend {_rows(control, indices)}")


def uncontrolled_faults(draft: Draft) -> Iterator[Fault]:
    """Find locations of the contested state of which nobody is said to hold a share."""
    if draft.frame is None or not draft.has("control", "locations"):
        return
    locations, controlled = draft.tables["locations"], set(draft.tables["control"].text["location_id"])
    for index, (name, state) in enumerate(zip(locations.ids, locations.text["state"], strict=True)):
        if state == draft.frame.header.contested_state and name not in controlled:
            cure = "add rows whose shares sum to 1"
            yield locations.fault(index, "id", "lies in the contested state but has no row in control.csv", cure)


def holder_faults(draft: Draft) -> Iterator[Fault]:
    """Find seats held by a faction without a share of the location."""
    if not draft.has("control", "locations", "factions"):
        return
    locations, control = draft.tables["locations"], draft.tables["control"]
    shares = set(zip(control.text["location_id"], control.text["faction_id"], strict=True))
    known = set(draft.ids("factions"))
    for index, pair in enumerate(zip(locations.ids, locations.text["seat_holder"], strict=True)):
        if pair[1] in known and pair not in shares:
            cure = "give the holder a share, or name a faction that has one"
            yield locations.fault(index, "seat_holder", f"has no share of {pair[0]!r} in control.csv", cure)


def fighter_faults(draft: Draft) -> Iterator[Fault]:
    """Find factions whose deployed fighters do not sum to their central total."""
    if not draft.has("deployment", "factions"):
        return
    deployment, factions = draft.tables["deployment"], draft.tables["factions"]
    groups = _groups(deployment, "faction_id")
    for index, (name, total) in enumerate(zip(factions.ids, factions.number["fighters_central"], strict=True)):
        posts = [deployment.number["fighters"][row] for row in groups.get(name, [])]
        deployed = sum(post for post in posts if post is not None)
        if total is None or None in posts or abs(deployed - total) <= max(1, FIGHTERS_TOLERANCE * total):
            continue
        problem = f"deployment.csv places {deployed:.0f} fighters of {name!r}, not this total"
        cure = f"mend the total or {_rows(deployment, groups.get(name, []))} of deployment.csv"
        yield factions.fault(index, "fighters_central", problem, cure)


def tie_faults(draft: Draft) -> Iterator[Fault]:
    """Find ties of an actor to itself."""
    if draft.has("relations"):
        relations = draft.tables["relations"]
        pairs = zip(relations.text["source_actor"], relations.text["target_actor"], strict=True)
        for index, (source, target) in enumerate(pairs):
            if source == target and source:
                yield relations.fault(index, "target_actor", "is the source itself", "name another actor")


def installation_faults(draft: Draft) -> Iterator[Fault]:
    """Find prisons without a word on whom they hold, that word elsewhere, and sites that only matter in the war."""
    if not draft.has("installations"):
        return
    table = draft.tables["installations"]
    for index, (kind, held) in enumerate(zip(table.text["kind"], table.text["held"], strict=True)):
        if kind == "prison" and not held:
            yield table.fault(index, "held", "must be said of a prison", "give one of extremists, opponents")
        if kind in ("depot", "airbase") and held:
            yield table.fault(index, "held", f"is said of a {kind}", "leave it empty; only prisons hold people")
    if draft.frame is None or not draft.has("locations"):
        return
    locations, contested = draft.tables["locations"], draft.frame.header.contested_state
    state = dict(zip(locations.ids, locations.text["state"], strict=True))
    for index, (name, kind) in enumerate(zip(table.text["location_id"], table.text["kind"], strict=True)):
        if kind in ("depot", "prison") and state.get(name, contested) != contested:
            problem = f"lies in {state[name]!r}, not in the contested state {contested!r}"
            yield table.fault(index, "location_id", problem, f"drop the row; a {kind} abroad has no part in the war")


def _groups(table: Table, column: str) -> dict[str, list[int]]:
    """Return the indices of the rows of every name in a column; empty names are left out."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(table.text[column]):
        if name:
            groups[name].append(index)
    return groups


def _rows(table: Table, indices: list[int]) -> str:
    """Return row numbers for a message."""
    numbers = [str(table.rows[index]) for index in indices[:8]]
    more = ", ..." if len(indices) > len(numbers) else ""
    return f"row{'s' if len(indices) != 1 else ''} {', '.join(numbers)}{more}" if numbers else "add rows"
