"""The documentation: it builds without a warning, and its reference tells what there is."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from experiments.options import (
    BranchOptions,
    CalibrateOptions,
    CompareOptions,
    DiscoverOptions,
    LeversOptions,
    RareOptions,
    ReportOptions,
    RunOptions,
    ScoreOptions,
    SensitivityOptions,
    SweepOptions,
)
from sim.core.codes import Event
from sim.core.record import EVENTS, RUNS
from sim.ensemble.estimate.outcomes import outcomes_of
from sim.ensemble.store.schema import DRAWS, TWINS, Names, schemas
from sim.study.compare import COMPARISON
from sim.study.compare import SCHEMA as COMPARISON_SCHEMA
from sim.study.matters import discovery, sensitivity, variants
from sim.study.rare import rare
from sim.study.score.folder import SCHEMAS as SCORE_SCHEMAS
from sim.study.score.versus import GAINS
from sim.study.score.versus import SCHEMA as GAINS_SCHEMA
from sim.study.sweep import SWEEP
from sim.study.sweep import schemas as sweep_schemas
from sim.world.config import RunConfig, known_keys
from sim.world.uncertainty import NUMBERS

DOCS = Path(__file__).parents[1] / "docs"
NAMES = Names(("P",), ("F",), ("X",), ("X",))
SCRIPTS = (
    RunOptions,
    CompareOptions,
    SweepOptions,
    SensitivityOptions,
    DiscoverOptions,
    LeversOptions,
    BranchOptions,
    RareOptions,
    ScoreOptions,
    CalibrateOptions,
    ReportOptions,
)
STORED = {
    **schemas(NAMES),
    COMPARISON: COMPARISON_SCHEMA,
    SWEEP: sweep_schemas(())[SWEEP],
    GAINS: GAINS_SCHEMA,
    **SCORE_SCHEMAS,
    **sensitivity.SCHEMAS,
    **discovery.SCHEMAS,
    variants.VARIANTS: variants.SCHEMA,
    **rare.SCHEMAS,
}
SCHEMAS = {name: schema for name, schema in STORED.items() if name != DRAWS}  # its columns are the parameters


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the pages, built as `make docs` builds them."""
    folder = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", str(folder / "read"), str(DOCS)]
    done = subprocess.run([*command, str(folder / "html")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.mark.slow
def test_no_page_asks_the_network_for_anything(built: Path) -> None:
    asked = re.compile(r"""(?:src|<link[^>]* href)=["']?(?:https?:)?//[^"' >]+""")
    assert not [found for page in built.rglob("*.html") for found in asked.findall(page.read_text("utf-8"))]


@pytest.mark.slow
def test_the_interface_is_told(built: Path) -> None:
    page = (built / "reference" / "api.html").read_text("utf-8")
    assert all(f'id="sim.{name}"' in page for name in sim.__all__)


@pytest.mark.slow
def test_every_setting_is_told(built: Path) -> None:
    page = (built / "reference" / "settings.html").read_text("utf-8")
    told = set(re.findall(r'<span class="pre">([\w.]+)</span>', page))
    keys = {key for model in (RunConfig, *SCRIPTS) for key in known_keys(model) if not key.startswith("rules")}
    groups = {key.rpartition(".")[0] for key in keys}
    assert keys - groups <= told


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_guide_to_columns_tells_exactly_what_is_stored(name: str) -> None:
    rows = tables(RUNS if name == TWINS else name)[0]
    told = [(found[1], kind) for column, kind, *_ in rows if (found := re.fullmatch(r"`(\w+)`", column))]
    assert told == [(column.name, str(column.type)) for column in SCHEMAS[name]]


def test_draws_are_told_by_the_names_of_parameters() -> None:
    assert STORED[DRAWS].names == ["run", *NUMBERS]


def test_the_guide_tells_every_kind_of_event() -> None:
    kinds = [row[0].strip("`") for row in tables(EVENTS)[1]]
    assert sorted(kinds) == sorted(kind.name.lower() for kind in Event)


def test_the_guide_tells_every_outcome() -> None:
    names = [name for row in tables("Outcomes")[0] for name in re.findall(r"`(\w+)`", row[0])]
    by_day = [re.sub(r"_D$", f"_{day}", name) for name in names for day in (14, 30)]
    assert set(by_day) == outcomes_of(NAMES, horizon_days=120).keys()


def test_the_guide_tells_every_quantity_that_is_estimated_from_columns() -> None:
    told = [name for row in tables("estimates")[1] for name in re.findall(r"`(\w+)`", row[0])]
    assert {"collapse_by_day", "refugees_mean", "level_1_by_day", "place_displaced_mean", "outcome_share"} <= set(told)


def section(heading: str) -> str:
    """Return a section of the guide to results."""
    guide = [(DOCS / "reference" / "results.md").read_text("utf-8")]
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(DOCS)
        importlib.import_module("generate").fill(None, "", guide)
    return guide[0].split(f"\n## {heading}\n")[1].split("\n## ")[0]


def tables(heading: str) -> list[list[list[str]]]:
    """Return the tables of a section, each as its rows of cells without the header."""
    blocks = [block.splitlines()[2:] for block in section(heading).split("\n\n") if block.startswith("|")]
    return [[[cell.strip() for cell in line.strip("|").split("|")] for line in lines] for lines in blocks]
