"""Folders that come from somebody: nothing in them leads elsewhere, what is claimed is judged, damage is mended.

What is damaged costs itself: a table is made again from the runs that left rows in it, the rest stays as it is.
"""

import errno
import io
import json
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.ensemble.run import chunks
from sim.ensemble.run.work import EnsembleError
from sim.ensemble.store import parts as store
from sim.ensemble.store.files import LOCK, file_digest
from sim.ensemble.store.manifest import write_manifest
from sim.ensemble.store.parts import ASIDE, PARTS
from sim.ensemble.store.results import ResultsError, load_results, read_manifest
from sim.ensemble.store.schema import TABLES, most_rows, row_group, schemas
from sim.study.cases import open_case
from sim.study.design import Design
from sim.study.sweep import load_sweep, plan_sweep, run_sweep
from sim.tell.ensemble import run_ensemble
from tests.ensemble.killed import quick_estimates
from tests.ensemble.small import COMMAND, lines_to, run_small, small_names, small_scenario, stored_bytes
from tests.ensemble.test_faults import stopped_at

SMALL: dict[str, Any] = {
    "runs": 12, "chunk": 4, "horizon_days": 6, "traces": 3, "uncertainty": {"kind": "prior", "twins": 2}
}  # fmt: skip
PART = "0000000000-0000000004"
ROWS = 40_000_000
ANY = {
    pa.string(): ("a", pa.string()),
    pa.int64(): (0, pa.int64()),
    pa.int32(): (0, pa.int32()),
    pa.float64(): (0.0, pa.float64()),
    pa.bool_(): (False, pa.bool_()),
}


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    """Estimate once."""
    with quick_estimates():
        yield


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a finished ensemble, one that was stopped with all its parts in place, and a finished sweep."""
    base = tmp_path_factory.mktemp("results")
    run_small(base / "ensemble", **SMALL)
    stopped_at((store, "merge_parts", 1), KeyboardInterrupt(), base / "stopped", **SMALL)
    scenario = small_scenario(**SMALL)
    run_sweep(
        scenario, plan_sweep(scenario, {"rules.morale.beta": [5.0, 6.0]}, Design.PRODUCT), base / "sweep", COMMAND
    )
    return {path.name: path for path in base.iterdir()}


def received(folders: dict[str, Path], kind: str, tmp_path: Path) -> Path:
    """Return a copy of a folder that somebody may change."""
    return Path(shutil.copytree(folders[kind], tmp_path / "results"))


def resealed(folder: Path, **changes: Any) -> None:
    """Have a manifest tell something else, with a digest of itself, as somebody would who knows how."""
    write_manifest(folder, read_manifest(folder) | changes)


def outside(tmp_path: Path) -> Path:
    """Return a folder elsewhere in which nothing may change."""
    place = tmp_path / "home"
    place.mkdir()
    (place / "letter.part").write_text("dear")
    (place / "letter").write_text("dear")
    return place


def listing(place: Path) -> dict[str, bytes]:
    """Return what lies in a folder."""
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def _link_lock(folder: Path, home: Path) -> None:
    (folder / LOCK).unlink()
    (folder / LOCK).symlink_to(home / "new")


def _link_aside(folder: Path, home: Path) -> None:
    (folder / ASIDE).symlink_to(home)
    (folder / PARTS / "x").mkdir()


def _link_parts(folder: Path, home: Path) -> None:
    shutil.rmtree(folder / PARTS)
    (folder / PARTS).symlink_to(home)


def _link_part(folder: Path, home: Path) -> None:
    shutil.rmtree(folder / PARTS / PART)
    (folder / PARTS / PART).symlink_to(home)


def _link_draft(folder: Path, home: Path) -> None:
    (folder / PARTS / f".{PART}-{'0' * 32}").symlink_to(home)


def _link_table(folder: Path, home: Path) -> None:
    (folder / "runs.parquet").symlink_to(home / "letter")


def _link_summary(folder: Path, home: Path) -> None:
    (folder / "summary.md").symlink_to(home / "letter")


def _link_file_draft(folder: Path, home: Path) -> None:
    (folder / f".runs.parquet.{'0' * 32}.part").symlink_to(home / "letter")


LINKS = [
    _link_lock, _link_aside, _link_parts, _link_part, _link_draft, _link_table, _link_summary, _link_file_draft
]  # fmt: skip


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.__name__)
def test_no_link_in_a_folder_leads_a_command_elsewhere(
    link: Callable[[Path, Path], None], folders: dict[str, Path], tmp_path: Path
) -> None:
    folder, home = received(folders, "stopped", tmp_path), outside(tmp_path)
    before = listing(home)
    link(folder, home)
    if link in (_link_lock, _link_aside, _link_parts):
        with pytest.raises(EnsembleError, match=r"cannot be written \("):
            run_small(folder, **SMALL)
    else:
        run_small(folder, **SMALL)
        assert stored_bytes(folder) == stored_bytes(folders["ensemble"])
    assert listing(home) == before


def test_what_is_not_ours_is_neither_moved_nor_removed(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = received(folders, "stopped", tmp_path)
    strangers = [PARTS + "/mine/a.txt", PARTS + "/.hidden/b", PARTS + "/c.parquet", f"{PARTS}/{PART}/d.txt", "e.txt"]
    for name in strangers:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mine")
    run_small(folder, **SMALL)
    assert stored_bytes(folder) == stored_bytes(folders["ensemble"])
    assert all((folder / name).read_text() == "mine" for name in strangers)


def write_bomb(path: Path, name: str) -> None:
    """Write a table of few bytes and very many rows, cut as this version cuts it."""
    schema = schemas(small_names())[name]
    at_once = row_group(schema)
    piece = pa.table([pa.repeat(pa.scalar(*ANY[f.type]), at_once) for f in schema], schema=schema)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for _ in range(ROWS // at_once + 1):
            writer.write_table(piece, row_group_size=at_once)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["falls", "tolls"])
def test_forty_million_rows_in_few_bytes_cost_nothing(name: str, folders: dict[str, Path], tmp_path: Path) -> None:
    folder = received(folders, "ensemble", tmp_path)
    path = folder / f"{name}.parquet"
    write_bomb(path, name)
    resealed(folder, tables=read_manifest(folder)["tables"] | {name: file_digest(path)})
    assert path.stat().st_size < 3_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ResultsError, match=r"has 40,\d{3},\d{3} rows, more than the [\d,]+ that there can be"):
        load_results(folder)
    run_small(folder, **SMALL)
    assert stored_bytes(folder) == stored_bytes(folders["ensemble"])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


@pytest.mark.parametrize("name", [*TABLES, "estimates"])
def test_each_table_has_no_more_rows_than_there_can_be(name: str, folders: dict[str, Path], tmp_path: Path) -> None:
    folder = received(folders, "ensemble", tmp_path)
    path, schema = folder / f"{name}.parquet", schemas(small_names())[name]
    most = most_rows(small_names(), SMALL["horizon_days"])[name] * (1 if name == "estimates" else SMALL["runs"])
    table = pa.table([pa.repeat(pa.scalar(*ANY[f.type]), most + 1) for f in schema], schema=schema)
    pq.write_table(table, path, row_group_size=row_group(schema))
    resealed(folder, tables=read_manifest(folder)["tables"] | {name: file_digest(path)})
    with pytest.raises(ResultsError, match=rf"{name}\.parquet: has {most + 1:,} rows, (more than|not) the "):
        load_results(folder)


@pytest.mark.parametrize("name", TABLES)
def test_a_part_has_no_more_rows_than_its_runs_can_leave(name: str, folders: dict[str, Path], tmp_path: Path) -> None:
    folder = received(folders, "stopped", tmp_path)
    path, schema = folder / PARTS / PART / f"{name}.parquet", schemas(small_names())[name]
    most = most_rows(small_names(), SMALL["horizon_days"])[name] * SMALL["chunk"]
    pq.write_table(pa.table([pa.repeat(pa.scalar(*ANY[f.type]), most + 1) for f in schema], schema=schema), path)
    tells = folder / PARTS / PART / "part.json"
    told = json.loads(tells.read_text())
    told["tables"][name] = file_digest(path)
    tells.write_text(json.dumps(told))
    lines = io.StringIO()
    run_ensemble(small_scenario(**SMALL), folder, COMMAND, lines_to(lines))
    assert f"parts/{PART}: holds other tables than it can; set aside" in lines.getvalue()
    assert stored_bytes(folder) == stored_bytes(folders["ensemble"])


CLAIMS: dict[str, Any] = {
    **dict.fromkeys(("machine", "versions", "names", "config", "tables", "summary", "figures", "command")),
    "runs": -5,
    "seed": -1,
    "workers": 0,
    "started": 5,
    "git_dirty": "no",
    "runs_failed": "none",
    "config_digest": "short",
}


@pytest.mark.parametrize("key", CLAIMS)
def test_a_manifest_that_claims_what_cannot_be_is_refused_in_one_sentence(
    key: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    folder = received(folders, "ensemble", tmp_path)
    resealed(folder, **{key: CLAIMS[key]})
    for opener in (load_results, open_case):
        with pytest.raises(ResultsError, match=rf"manifest\.json: tells no {key}[\w.]* that this version can use; "):
            opener(folder)


@pytest.mark.parametrize(
    "figures", [{"../secret.png": "0" * 64}, {"figures/../../x.png": "0" * 64}, {"/etc/passwd": "0" * 64}, ["figures"]]
)
def test_figures_lie_in_their_folder(figures: object, folders: dict[str, Path], tmp_path: Path) -> None:
    folder = received(folders, "ensemble", tmp_path)
    resealed(folder, figures=figures)
    with pytest.raises(ResultsError, match="tells no figures"):
        load_results(folder)


@pytest.mark.parametrize("days", [5, 7, 365])
def test_a_horizon_that_the_tables_do_not_have_is_refused(days: int, folders: dict[str, Path], tmp_path: Path) -> None:
    folder = received(folders, "ensemble", tmp_path)
    resealed(folder, config=read_manifest(folder)["config"] | {"horizon_days": days})
    with pytest.raises(ResultsError, match=r"^[^\n]+; [^\n]+$"):
        open_case(folder)


@pytest.mark.parametrize("claim", [{"factors": []}, {"factors": [3]}, {"points": 0}, {"points": "two"}, {"machine": 1}])
def test_a_sweep_that_claims_what_cannot_be_is_refused(
    claim: dict[str, Any], folders: dict[str, Path], tmp_path: Path
) -> None:
    folder = received(folders, "sweep", tmp_path)
    resealed(folder, **claim)
    with pytest.raises(ResultsError, match=r"manifest\.json: tells no \w+[\w.]* that this version can use; "):
        load_sweep(folder)


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


LIVED_AGAIN = {"daily": 3, "twins": 2, "estimates": 0, "summary": 0}
FILES = [*(f"{name}.parquet" for name in (*TABLES, "estimates")), "summary.md"]


@pytest.mark.parametrize("name", FILES)
def test_one_flipped_bit_costs_its_file_and_not_the_others(
    name: str, folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = received(folders, "ensemble", tmp_path)
    before = {file: (folder / file).stat().st_mtime_ns for file in FILES}
    lived: set[int] = set()
    simulate = chunks.simulate

    def counting(*arguments: Any) -> Any:
        first, n = arguments[3:5]
        lived.update(range(first, first + n) if n != chunks.PILOT and first < SMALL["runs"] else ())
        return simulate(*arguments)

    monkeypatch.setattr(chunks, "simulate", counting)
    flip(folder / name)
    lines = io.StringIO()
    run_ensemble(small_scenario(**SMALL), folder, COMMAND, lines_to(lines))
    assert f"{name}: is " in lines.getvalue()
    assert len(lived) == LIVED_AGAIN.get(name.partition(".")[0], SMALL["runs"])
    assert stored_bytes(folder) == stored_bytes(folders["ensemble"])
    if name != "estimates.parquet":  # which all tables are written with
        kept = {file: (folder / file).stat().st_mtime_ns for file in FILES if file != name}
        assert kept == {file: before[file] for file in kept}


def test_mending_that_was_stopped_goes_on(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = received(folders, "ensemble", tmp_path)
    flip(folder / "falls.parquet")
    flip(folder / "daily.parquet")
    stopped_at((store, "_finish_part", 3), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), folder, **SMALL)
    assert read_manifest(folder)["status"] == "complete"
    lines = io.StringIO()
    run_ensemble(small_scenario(**SMALL), folder, COMMAND, lines_to(lines))
    assert "8 runs are stored already; going on from there" in lines.getvalue()
    assert stored_bytes(folder) == stored_bytes(folders["ensemble"])


def test_a_table_that_cannot_be_made_again_as_it_was_has_all_computed(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = received(folders, "ensemble", tmp_path)
    resealed(folder, tables=read_manifest(folder)["tables"] | {"falls": "0" * 64})
    run_small(folder, **SMALL)
    assert stored_bytes(folder) == stored_bytes(folders["ensemble"])
    load_results(folder)
