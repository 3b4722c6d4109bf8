"""Any damage to what a folder of results holds: the right results, or one sentence; never anything else."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.ensemble.run.work import EnsembleError
from sim.ensemble.store import parts as store
from sim.ensemble.store.files import file_digest
from sim.ensemble.store.manifest import write_manifest
from sim.ensemble.store.parts import PARTS, TELLS
from sim.ensemble.store.results import FINAL, MANIFEST, SEAL, ResultsError, load_results, manifest_digest, read_manifest
from sim.ensemble.store.schema import TABLES, most_rows, schemas
from sim.study.cases import open_case
from sim.study.design import Design
from sim.study.sweep import BATCHES, SWEEP, load_sweep, plan_sweep, run_sweep
from tests.ensemble.killed import SMALL, quick_estimates
from tests.ensemble.small import COMMAND, run_small, small_names, small_scenario, stored_bytes
from tests.ensemble.test_faults import stopped_at
from tests.fuzz import TIMES, damaged, values

FACTORS = {"rules.morale.beta": [5.0, 6.0]}
FILES = (MANIFEST, *(f"{name}.parquet" for name in FINAL))
PART = f"{PARTS}/0000000000-0000000002"
OPENERS = {"ensemble": (load_results, open_case), "sweep": (load_sweep,)}
TOLD = ("command", "config", "config_digest", "factors", "figures", "model_digest", "names", "runs", "seed", "status")
KEYS = st.sampled_from((*TOLD, "tables", "world_digest", "seconds", "precision"))
COLUMNS = {name: schemas(small_names())[name] for name in TABLES}
FOLDER_STAYS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


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
    run_sweep(scenario, plan_sweep(scenario, FACTORS, Design.PRODUCT, None), base / "sweep", COMMAND)
    return {path.name: path for path in base.iterdir()}


def opens_or_tells(folder: Path, kind: str) -> bool:
    """Tell whether a folder opens, or is refused with one sentence, whoever opens it."""
    return all(_opens_or_tells(partial(opener, folder)) for opener in OPENERS[kind])


def _opens_or_tells(read: Callable[[], object]) -> bool:
    """Tell whether something is read, or refused with one sentence."""
    try:
        read()
    except (ResultsError, EnsembleError) as error:
        return str(error).isprintable() and ";" in str(error)
    return True


def tell_the_same(one: bytes, other: bytes) -> bool:
    """Tell whether two files hold the same, blanks between the words of a manifest left out."""
    try:
        return one == other or json.loads(one) == json.loads(other)
    except ValueError:
        return False


def sealed(manifest: dict[str, Any]) -> bytes:
    """Return a manifest, as somebody would write it who knows how."""
    return json.dumps(manifest | {SEAL: manifest_digest(manifest)}).encode()


@pytest.mark.parametrize("kind", OPENERS)
@settings(max_examples=40 * TIMES, suppress_health_check=FOLDER_STAYS)
@given(data=st.data())
def test_results_with_a_damaged_file_are_not_opened(folders: dict[str, Path], kind: str, data: st.DataObject) -> None:
    folder = folders[kind]
    path = data.draw(st.sampled_from(sorted(path for path in folder.iterdir() if path.suffix in (".json", ".parquet"))))
    before = path.read_bytes()
    spoilt = data.draw(damaged(before) | values().map(lambda value: json.dumps(value).encode()))
    path.write_bytes(spoilt)
    try:
        for opener in OPENERS[kind] if not tell_the_same(before, spoilt) else ():
            with pytest.raises(ResultsError, match=r"^[^\n]+; [^\n]+$"):
                opener(folder)
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("kind", OPENERS)
@settings(max_examples=60 * TIMES, suppress_health_check=FOLDER_STAYS)
@given(changes=st.dictionaries(KEYS | st.text(max_size=5), values(), min_size=1, max_size=2))
@example({"names": {"locations": [{}], "factions": [], "states": [], "neighbours": []}})
@example({"config": {"world": {"name": "any", "path": "/dev"}, "scenario": {"name": "any", "question": "?"}}})
def test_results_whose_manifest_tells_anything_open_or_are_refused(
    folders: dict[str, Path], kind: str, changes: dict[str, Any]
) -> None:
    folder = folders[kind]
    manifest, before = read_manifest(folder), (folder / MANIFEST).read_bytes()
    try:
        text = sealed(manifest | changes)
    except UnicodeEncodeError:
        return  # nobody could have written it
    (folder / MANIFEST).write_bytes(text)
    try:
        assert opens_or_tells(folder, kind)
    finally:
        (folder / MANIFEST).write_bytes(before)


@pytest.mark.parametrize("state", ["ensemble", "stopped"])
@settings(max_examples=15, suppress_health_check=FOLDER_STAYS)
@given(data=st.data())
def test_a_command_mends_whatever_is_damaged(
    folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, state: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged") / "results"
    shutil.copytree(folders[state], folder)
    held = sorted(path for path in folder.rglob("*") if path.suffix in (".json", ".parquet"))
    for path in data.draw(st.lists(st.sampled_from(held), min_size=1, max_size=2, unique=True)):
        path.write_bytes(data.draw(damaged(path.read_bytes()) | values().map(lambda value: json.dumps(value).encode())))
    run_small(folder, **SMALL)
    assert stored_bytes(folder) == stored_bytes(folders["ensemble"])


@settings(max_examples=30 * TIMES, suppress_health_check=FOLDER_STAYS)
@given(changes=st.dictionaries(st.sampled_from(["first", "n", "config_digest", "tables"]) | st.text(), values()))
def test_a_part_that_tells_anything_is_used_or_set_aside(
    folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, changes: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("part") / "results"
    shutil.copytree(folders["stopped"], folder)
    told = folder / PART / TELLS
    told.write_text(json.dumps(json.loads(told.read_text()) | changes))
    shelf = store.Shelf(folder, read_manifest(folder)["config_digest"], COLUMNS, "run", most_rows(small_names(), 4))
    parts, complaints = store.find_parts(shelf)
    assert len(parts) + len(complaints) == 2
    assert all(line.isprintable() for line in complaints)


def pipe(path: Path) -> None:
    """Put a pipe, which can be read for ever, in the place of a file."""
    path.unlink()
    os.mkfifo(path)


def link(path: Path) -> None:
    """Move a file elsewhere and leave a link to it."""
    path.rename(path.parents[1] / "elsewhere")
    path.symlink_to(path.parents[1] / "elsewhere")


def device(path: Path) -> None:
    """Put a link to what never ends in the place of a file."""
    path.unlink()
    path.symlink_to("/dev/zero")


def sparse(path: Path) -> None:
    """Make a file 10 GB long that takes no room."""
    os.truncate(path, 10_000_000_000)


def directory(path: Path) -> None:
    """Put a folder in the place of a file."""
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("trick", [pipe, link, device, directory])
@pytest.mark.parametrize("name", [MANIFEST, "runs.parquet", "estimates.parquet"])
def test_results_are_plain_files_of_their_folder(
    name: str, trick: Callable[[Path], None], folders: dict[str, Path], tmp_path: Path
) -> None:
    shutil.copytree(folders["ensemble"], tmp_path / "results")
    trick(tmp_path / "results" / name)
    with pytest.raises(
        ResultsError, match=rf"{name}: (cannot be read|is missing or damaged) \(.*not a plain file.*\); "
    ):
        load_results(tmp_path / "results")
    if trick is directory:
        with pytest.raises(EnsembleError, match=r"cannot be written \(Is a directory\)"):
            run_small(tmp_path / "results", **SMALL)
    else:
        run_small(tmp_path / "results", **SMALL)
        assert stored_bytes(tmp_path / "results") == stored_bytes(folders["ensemble"])


@pytest.mark.parametrize("trick", [pipe, link, device, directory])
@pytest.mark.parametrize("name", [TELLS, "runs.parquet"])
def test_parts_are_plain_files(
    name: str, trick: Callable[[Path], None], folders: dict[str, Path], tmp_path: Path
) -> None:
    shutil.copytree(folders["stopped"], tmp_path / "results")
    trick(tmp_path / "results" / PART / name)
    run_small(tmp_path / "results", **SMALL)
    assert stored_bytes(tmp_path / "results") == stored_bytes(folders["ensemble"])


def test_a_manifest_too_large_to_be_one_is_not_read(folders: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(folders["ensemble"], tmp_path / "results")
    sparse(tmp_path / "results" / MANIFEST)
    with pytest.raises(ResultsError, match=r"cannot be read \(has 10000000000 bytes, more than the 10000000 allowed\)"):
        load_results(tmp_path / "results")


def test_nothing_is_written_or_removed_through_a_link(folders: dict[str, Path], tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(folders["stopped"] / PARTS, home)
    (home / ".secrets").mkdir()
    (home / "letter").write_text("dear")
    results = tmp_path / "results"
    results.mkdir()
    (results / PARTS).symlink_to(home)
    (results / ".runs.parquet.part").symlink_to(home / "letter")
    before = sorted(path.name for path in home.iterdir())
    with pytest.raises(EnsembleError, match=r"cannot be written \(parts is a link to elsewhere\)"):
        run_small(results, **SMALL)
    assert sorted(path.name for path in home.iterdir()) == before
    (results / PARTS).unlink()
    run_small(results, **SMALL)
    assert (home / "letter").read_text() == "dear"
    assert stored_bytes(results) == stored_bytes(folders["ensemble"])


def test_a_hidden_folder_among_the_parts_is_kept(folders: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(folders["stopped"], tmp_path / "results")
    (tmp_path / "results" / PARTS / ".mine").mkdir()
    run_small(tmp_path / "results", **SMALL)
    assert (tmp_path / "results" / PARTS / ".mine").is_dir()


def test_a_table_of_other_types_is_refused_even_if_the_manifest_tells_of_it(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "results"
    shutil.copytree(folders["ensemble"], folder)
    runs = pq.read_table(folder / "runs.parquet")
    pq.write_table(runs.set_column(0, "run", pa.array(["a"] * len(runs))), folder / "runs.parquet")
    manifest = read_manifest(folder)
    write_manifest(folder, manifest | {"tables": manifest["tables"] | {"runs": file_digest(folder / "runs.parquet")}})
    with pytest.raises(ResultsError, match=r"runs\.parquet: has other columns than this version writes"):
        load_results(folder)


@pytest.mark.parametrize("name", [SWEEP, BATCHES])
def test_a_damaged_table_of_a_sweep_is_made_again(name: str, folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    shutil.copytree(folders["sweep"], folder)
    content = bytearray((folder / f"{name}.parquet").read_bytes())
    content[-20] ^= 1  # in what the file tells about itself, which has no checksum of its own
    (folder / f"{name}.parquet").write_bytes(content)
    with pytest.raises(ResultsError, match=r"is damaged: it is not the one that manifest\.json tells of"):
        load_sweep(folder)
    scenario = small_scenario(**SMALL)
    run_sweep(scenario, plan_sweep(scenario, FACTORS, Design.PRODUCT, None), folder, COMMAND)
    assert (folder / f"{name}.parquet").read_bytes() == (folders["sweep"] / f"{name}.parquet").read_bytes()
