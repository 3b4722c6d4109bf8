"""Parts and final tables: whole or not at all, and the same bytes however the work was cut."""

import functools
import itertools
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.core.engine import simulate
from sim.core.record import DAILY, EVENTS, FALLS, RUNS
from sim.ensemble.run.chunks import job_of, live_part
from sim.ensemble.store import schema
from sim.ensemble.store.parts import (
    PARTS,
    Part,
    Shelf,
    find_parts,
    merge_parts,
    missing_parts,
    remove_parts,
    write_part,
    write_table,
)
from sim.ensemble.store.results import ResultsError, read_table
from sim.ensemble.store.schema import TABLES, most_rows, schemas
from tests.ensemble.small import small_names, small_scenario

DIGEST = "d" * 64
NAMES = small_names()
COLUMNS = {name: schemas(NAMES)[name] for name in TABLES}


def shelf(folder: Path, digest: str = DIGEST) -> Shelf:
    """Return the shelf of an ensemble."""
    return Shelf(folder, digest, COLUMNS, "run", most_rows(NAMES, 30))


@functools.cache
def tables_for(first: int, n: int) -> dict[str, pa.Table]:
    """Return the tables of real runs."""
    return live_part(job_of(small_scenario()), first, n)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    for first in (0, 10, 20):
        write_part(shelf(tmp_path), Part(first, 10), tables_for(first, 10))
    return tmp_path


def parts_of(folder: Path) -> list[int]:
    """Return the first runs of the parts that can be used."""
    return [part.first for part in find_parts(shelf(folder))[0]]


@given(
    found=st.lists(st.integers(1, 9), max_size=6),
    gaps=st.lists(st.integers(0, 9), min_size=7, max_size=7),
    chunk=st.integers(1, 12),
)
def test_missing_parts_fill_exactly_what_is_missing(found: list[int], gaps: list[int], chunk: int) -> None:
    parts, done = [], gaps[0]
    for n, gap in zip(found, gaps[1:], strict=False):
        parts.append(Part(done, n))
        done += n + gap
    missing = list(missing_parts(parts, done, chunk))
    covered = [run for part in sorted([*parts, *missing]) for run in range(part.first, part.first + part.n)]
    assert covered == list(range(done))
    assert all(0 < part.n <= chunk for part in missing)


@settings(max_examples=40)  # each writes a table of some hundred columns twice
@given(cuts=st.lists(st.integers(0, 30), max_size=8), name=st.sampled_from([*TABLES]))
def test_a_table_has_the_same_bytes_however_it_comes_in_pieces(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], name: str
) -> None:
    whole = tables_for(0, 30)[name]
    ends = sorted({0, *(cut * len(whole) // 30 for cut in cuts), len(whole)})
    pieces = [whole.slice(a, b - a) for a, b in itertools.pairwise(ends)]
    folder = tmp_path_factory.mktemp("pieces")
    columns = schemas(NAMES)[name]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(schema, "CELLS", 7 * len(columns))
        for place, tables in (("one", [whole]), ("many", pieces)):
            write_table(folder / place, columns, tables, DIGEST)
    one, many = ((folder / place).read_bytes() for place in ("one", "many"))
    assert one == many


def test_final_tables_hold_all_rows_of_the_parts_in_order(stored: Path) -> None:
    merge_parts(shelf(stored), find_parts(shelf(stored))[0])
    for name in TABLES:
        merged = pq.read_table(stored / f"{name}.parquet")
        assert merged.schema.names == schemas(NAMES)[name].names
        assert merged.equals(tables_for(0, 30)[name])


def test_row_groups_have_the_fixed_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = schemas(NAMES)[RUNS]
    monkeypatch.setattr(schema, "CELLS", 7 * len(columns))
    write_table(tmp_path / "runs.parquet", columns, [tables_for(0, 30)[RUNS]], DIGEST)
    meta = pq.ParquetFile(tmp_path / "runs.parquet").metadata
    assert [meta.row_group(i).num_rows for i in range(meta.num_row_groups)] == [7, 7, 7, 7, 2]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("kept", [0, 3, 0.5, 0.99])
def test_a_truncated_part_is_set_aside_with_a_line(stored: Path, name: str, kept: float) -> None:
    place = stored / PARTS / Part(10, 10).name
    path = place / f"{name}.parquet"
    path.write_bytes(path.read_bytes()[: int(kept if kept >= 1 else kept * path.stat().st_size)])
    parts, complaints = find_parts(shelf(stored))
    assert [part.first for part in parts] == [0, 20]
    aside = f"set_aside/{place.name}"
    assert complaints == [f"parts/{place.name}: is damaged; set aside as {aside}, its runs are computed again"]
    assert not place.exists()
    assert (stored / aside / f"{name}.parquet").exists()


def test_a_flipped_bit_in_a_part_is_noticed(stored: Path) -> None:
    path = stored / PARTS / Part(10, 10).name / "runs.parquet"
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(content)
    assert parts_of(stored) == [0, 20]


def test_parts_of_other_settings_are_not_used(stored: Path) -> None:
    parts, complaints = find_parts(shelf(stored, "e" * 64))
    assert parts == []
    assert len(complaints) == 3
    assert "belongs to other settings" in complaints[0]


def test_a_part_without_one_of_its_tables_is_not_used(stored: Path) -> None:
    (stored / PARTS / Part(0, 10).name / "falls.parquet").unlink()
    assert parts_of(stored) == [10, 20]


def test_a_part_that_holds_other_runs_than_its_name_says_is_not_used(stored: Path) -> None:
    (stored / PARTS / Part(20, 10).name).rename(stored / PARTS / Part(40, 10).name)
    parts, complaints = find_parts(shelf(stored))
    assert [part.first for part in parts] == [0, 10]
    assert "does not hold the runs of its name" in complaints[0]


def test_runs_are_not_used_twice(stored: Path) -> None:
    write_part(shelf(stored), Part(5, 10), tables_for(5, 10))
    parts, complaints = find_parts(shelf(stored))
    assert [part.first for part in parts] == [0, 10, 20]
    assert "repeats runs of another part" in complaints[0]


def test_a_draft_left_by_a_killed_process_is_removed_without_a_word(stored: Path) -> None:
    draft = stored / PARTS / f".{Part(30, 10).name}"
    shutil.copytree(stored / PARTS / Part(0, 10).name, draft)
    parts, complaints = find_parts(shelf(stored))
    assert [part.first for part in parts] == [0, 10, 20]
    assert complaints == []
    assert not draft.exists()


def test_strangers_among_the_parts_are_no_parts(stored: Path) -> None:
    (stored / PARTS / "notes.txt").write_text("mine")
    (stored / PARTS / "notes").mkdir()
    parts, complaints = find_parts(shelf(stored))
    assert [part.first for part in parts] == [0, 10, 20]
    assert complaints == [f"parts/{name}: is no part; left where it is" for name in ("notes", "notes.txt")]
    remove_parts(shelf(stored))
    assert sorted(path.name for path in (stored / PARTS).iterdir()) == ["notes", "notes.txt"]


def test_a_missing_or_strange_table_gives_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"runs\.parquet: is missing or damaged \(.*\); give the command"):
        read_table(tmp_path / "runs.parquet", schemas(NAMES)[RUNS])
    pq.write_table(pa.table({"a": [1]}), tmp_path / "runs.parquet")
    with pytest.raises(ResultsError, match="has other columns than this version writes"):
        read_table(tmp_path / "runs.parquet", schemas(NAMES)[RUNS])


def test_columns_tell_what_the_core_recorded() -> None:
    scenario = small_scenario()
    lived = simulate(scenario.world, scenario.rules, 1, 0, 30, 5)
    tables = tables_for(0, 30)
    assert tables[RUNS]["run"].to_pylist() == list(range(30))
    assert set(tables[RUNS]["seed"].to_pylist()) == {1}
    assert set(tables[RUNS]["error"].to_pylist()) == {None}
    for name in ("collapse_day", "flight_day", "capital_fall_day", "coup_day", "first_fall_day", "settlement_day"):
        days = [None if day == -1 else day for day in lived.runs[name].tolist()]
        assert tables[RUNS][name].to_pylist() == days
    assert tables[RUNS]["tempo"].to_pylist() == lived.runs["tempo"].tolist()
    places = scenario.tables.locations["id"]
    assert tables[FALLS]["location_id"].to_pylist() == [places[i] for i in lived.falls["location"]]
    assert len(tables[FALLS]) == len(lived.falls) > 0
    assert len(tables[EVENTS]) == len(lived.events) > 0
    assert tables[EVENTS]["size"].to_pylist() == lived.events["size"].tolist()
    assert len(tables[DAILY]) == 5 * 30
    assert np.array_equal(tables[DAILY]["regime_morale"].to_numpy(), lived.daily["regime_morale"])


def test_writers_of_the_same_part_do_not_disturb_each_other(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        tasks = [
            pool.submit(write_part, shelf(tmp_path), Part(10 * i, 10), tables_for(10 * i, 10))
            for i in range(20)
            for _ in range(4)
        ]
    assert [task.exception() for task in tasks] == [None] * 80
    parts, complaints = find_parts(shelf(tmp_path))
    assert [part.first for part in parts] == list(range(0, 200, 10))
    assert complaints == []
    assert len(list((tmp_path / "parts").iterdir())) == 20
