"""A world's tables: every real one loads, every kind of bad one gives its line, the digest means content."""

import pickle
import re
import shutil
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.world.geography import connected_parts
from sim.world.schema import NEIGHBOURS_DAY0, OUTCOMES
from sim.world.tables import WorldError, load_tables
from tests.world.bad_worlds import BAD_WORLDS
from tests.world.changes import Change, append, cell, remove, rename, replace, write
from tests.world.mapped import give_map

WORLDS = Path(__file__).parents[2] / "conf" / "world"
SMALL = WORLDS / "liberia_2003"
NAMES = sorted(path.name for path in WORLDS.iterdir() if path.is_dir())


@pytest.fixture
def world(tmp_path: Path) -> Path:
    folder = tmp_path / "world"
    shutil.copytree(SMALL, folder)
    return folder


def lines_after(world: Path, *changes: Change) -> list[str]:
    """Return what is said about a world after changes, the heading left out."""
    for change in changes:
        change(world)
    with pytest.raises(WorldError) as caught:
        load_tables(world)
    heading, *lines = str(caught.value).splitlines()
    assert re.fullmatch(rf"world folder {re.escape(str(world))} has {len(lines)} faults?:", heading)
    assert len(lines) == len(caught.value.faults)
    return lines


def digest_after(world: Path, *changes: Change) -> str:
    """Return the digest of a world after changes."""
    for change in changes:
        change(world)
    return load_tables(world).digest


@pytest.mark.parametrize("name", NAMES)
def test_every_world_loads_without_a_fault(name: str) -> None:
    tables = load_tables(WORLDS / name)
    assert tables.header.capital in set(tables.locations["id"])
    assert len(tables.deployment) > len(tables.factions) > 1


def test_the_thirty_worlds_have_thirty_digests() -> None:
    assert len(NAMES) == 30
    assert len({load_tables(WORLDS / name).digest for name in NAMES}) == 30


@pytest.mark.parametrize("name", NAMES)
def test_every_world_has_its_config_file(name: str) -> None:
    text = (WORLDS / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert yaml.safe_load(text) == {"name": name, "path": None}


def test_tables_hold_what_the_files_say() -> None:
    tables = load_tables(SMALL)
    assert tables.header.day0 == date(2003, 6, 5)
    assert tables.header.neighbours == ("GIN", "SLE", "CIV")
    assert tables.factions["fighters_central"].tolist() == [11000, 2500, 4000, 1500]
    assert tables.factions["jihadist"].tolist() == [False] * 4
    assert tables.locations["capital_of"][:2].tolist() == ["LBR", ""]
    assert tables.locations["lat"][0] == 6.30
    assert tables.timeline is None
    assert tables.observed is not None
    assert np.isnan(tables.observed["value"]).any()


def test_every_world_tells_its_neighbours_on_day_0_and_what_became_of_them() -> None:
    for name in NAMES:
        tables = load_tables(WORLDS / name)
        assert tables.neighbours_day0 is not None
        assert tables.observed_levels is not None
        assert set(tables.neighbours_day0["state"]) == set(tables.header.neighbours)
        assert set(tables.observed_levels["state"]) == set(tables.header.neighbours)


def test_a_world_may_do_without_tables_of_neighbours_and_outcomes(world: Path) -> None:
    for schema in (NEIGHBOURS_DAY0, *OUTCOMES):
        (world / schema.file).unlink(missing_ok=True)
    bare = load_tables(world)
    assert [getattr(bare, schema.name) for schema in (NEIGHBOURS_DAY0, *OUTCOMES)] == [None] * 7


def test_columns_have_the_type_of_their_meaning() -> None:
    tables = load_tables(WORLDS / "levant_2024")
    assert tables.borders["road"].dtype == np.bool_
    assert tables.deployment["fighters"].dtype == np.int64
    assert tables.deployment["fighters_low"].dtype == np.float64
    assert tables.control["share"].dtype == np.float64
    assert tables.foreign_forces is not None
    assert tables.foreign_forces["troops_central"].sum() > 0


@pytest.mark.parametrize(("change", "line"), BAD_WORLDS.values(), ids=BAD_WORLDS)
def test_a_bad_world_is_refused_with_its_line(world: Path, change: Change, line: str) -> None:
    lines = lines_after(world, change)
    assert any(line in found for found in lines), "\n".join(lines)


def test_all_faults_are_reported_at_once(world: Path) -> None:
    lines = lines_after(
        world,
        cell("deployment.csv", 14, "fighters", "-3"),
        cell("factions.csv", 2, "quality", "2"),
        cell("locations.csv", 2, "terrain", "lake"),
        remove("relations.csv"),
        append("world.yaml", "horizon: 9"),
    )
    files = [line.split(" ")[0].rstrip(":") for line in lines]
    assert files == ["world.yaml", "factions.csv", "locations.csv", "deployment.csv", "relations.csv"]


def test_a_table_that_cannot_be_read_does_not_blame_the_others(world: Path) -> None:
    assert lines_after(world, remove("locations.csv")) == ["locations.csv: is missing; add the file"]


def test_a_bad_cell_is_not_blamed_again_in_a_sum(world: Path) -> None:
    assert len(lines_after(world, cell("deployment.csv", 14, "fighters", "few"))) == 1


def test_blank_rows_are_skipped_but_counted(world: Path) -> None:
    lines = lines_after(
        world, cell("deployment.csv", 14, "fighters", "-3"), replace("deployment.csv", "\n", "\n\n,,\n")
    )
    assert lines == ["deployment.csv row 16, fighters = -3: must be >= 0; give a number of people"]


def test_a_missing_folder_suggests_its_neighbour(world: Path) -> None:
    with pytest.raises(WorldError, match=r"cannot be read \(No such file or directory\); did you mean 'world'\?"):
        load_tables(world.parent / "werld")


def test_a_folder_that_is_a_file_is_refused(world: Path) -> None:
    with pytest.raises(WorldError, match="cannot be read"):
        load_tables(world / "states.csv")


def test_a_table_all_wrong_is_reported_quickly_and_in_full(world: Path) -> None:
    rows = "".join(f"place_{index},nobody_{index},0.5\n" for index in range(8000))
    lines = lines_after(world, write("control.csv", f"location_id,faction_id,share\n{rows}".encode()))
    assert sum("is no id in" in line for line in lines) == 16_000


def test_the_error_survives_the_way_between_processes(world: Path) -> None:
    remove("states.csv")(world)
    with pytest.raises(WorldError) as caught:
        load_tables(world)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)
    assert copy.faults == caught.value.faults


def test_a_world_may_have_no_challenger(world: Path) -> None:
    replace("world.yaml", "challenger: lurd", "challenger: null")(world)
    assert load_tables(world).header.challenger is None


def test_a_map_in_the_folder_is_accepted(world: Path) -> None:
    give_map(world)
    assert load_tables(world).header.map == "m.geojson"


def test_a_link_inside_the_folder_is_followed(world: Path) -> None:
    rename("states.csv", "states_2003.txt")(world)
    (world / "states.csv").symlink_to("states_2003.txt")
    assert load_tables(world).digest == load_tables(SMALL).digest


@pytest.mark.parametrize(("ending", "mark"), [("\r\n", ""), ("\r", ""), ("\n", "\ufeff")])
def test_line_endings_and_byte_order_marks_do_not_change_the_digest(world: Path, ending: str, mark: str) -> None:
    for path in world.iterdir():
        path.write_bytes((mark + path.read_text(encoding="utf-8").replace("\n", ending)).encode())
    assert digest_after(world) == load_tables(SMALL).digest


def test_empty_columns_are_passed_over_as_empty_rows_are(world: Path) -> None:
    for path in world.glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("".join(f"{line},, \n" for line in lines) + ",,\n", encoding="utf-8")
    assert digest_after(world) == load_tables(SMALL).digest


def test_files_that_are_no_inputs_do_not_change_the_digest(world: Path) -> None:
    changes = [
        append("README.md", "read me"),
        append("world.yaml", "# a remark"),
        cell("observed.csv", 4, "value", "44"),
        write("sources.csv", b"key,what,url\nA,b,c\n"),
        write("timeline.csv", b"date,location_id,event_type,actor,detail,source\n2003-06-30,civ,x,lurd,x,x\n"),
    ]
    assert digest_after(world, *changes) == load_tables(SMALL).digest


def test_the_writing_of_a_number_does_not_change_the_digest(world: Path) -> None:
    assert digest_after(world, cell("factions.csv", 2, "quality", " 0.30")) == load_tables(SMALL).digest


@pytest.mark.parametrize(
    "change",
    [
        cell("factions.csv", 2, "quality", "0.31"),
        cell("locations.csv", 2, "name", "Elsewhere"),
        replace("world.yaml", "horizon_days: 100", "horizon_days: 101"),
        cell("deployment.csv", 2, "fighters_low", "3000"),
    ],
    ids=["number", "text", "header", "new column"],
)
def test_an_edit_of_an_input_changes_the_digest(world: Path, change: Change) -> None:
    assert digest_after(world, change) != load_tables(SMALL).digest


def test_parts_of_a_map_are_found_whatever_the_order_of_its_links() -> None:
    links = [("a", "b"), ("c", "d"), ("b", "c"), ("e", "x"), ("f", "f")]
    for shift, names in product(range(5), ["abcdef", "fedcba"]):
        parts = connected_parts(list(names), links[shift:] + links[:shift])
        assert sorted(parts) == [["a", "b", "c", "d"], ["e"], ["f"]]


def test_shares_may_miss_one_by_the_tolerance(world: Path) -> None:
    replace("control.csv", "lbr_montserrado,gol_militias,0.9", "lbr_montserrado,gol_militias,0.905")(world)
    assert load_tables(world).control["share"][0] == 0.905
