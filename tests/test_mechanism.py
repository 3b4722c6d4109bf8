"""The page about a mechanism of one's own: what it shows is added to a copy of the program, which then lives by it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "howto" / "mechanism.md"
BLOCK = re.compile(r"^```\{code-block\} python\n:caption: (sim/\S+)\n((?s:.*?))^```$", re.MULTILINE)
LINES = {  # of the page, and the line of the program that each goes before
    "sim/core/rules/__init__.py": [
        ("from sim.core.rules.prices import Prices", "from sim.core.rules.regime import Regime"),
        ("    prices: Prices = field(default_factory=Prices)", "    regime: Regime = field(default_factory=Regime)"),
    ],
    "sim/core/state.py": [
        (
            '    price: Annotated[Floats, "L"]  # of food, relative to day 0',
            '    revenge_days: Annotated[Ints, "L"]  # that it will still last, today included',
        )
    ],
    "sim/core/record.py": [
        (
            (
                '    food_price: float = output(Kind.INDEX, "relative to day 0", "price of food", '
                '"mean of places, last day", COMPARED)'
            ),
            '    tempo: float = output(Kind.INDEX, "factor", "tempo", "above 1 everything takes longer")',
        ),
        ("    row.food_price = sum_places(world, state.price) / world.n_contested", "    row.tempo = state.tempo"),
    ],
    "sim/show/figures.py": [
        (
            "from sim.show.ensemble.prices import draw_prices",
            "from sim.show.ensemble.refugees_by_destination import destinations, draw_refugees_by_destination",
        ),
        (
            '    Entry("prices", draw_prices, (RUNS,), Chapter.DRIVES),',
            '    Entry("influence", draw_influence, (RUNS, SERIES, INFLUENCE), Chapter.DRIVES, (sections.influence,)),',
        ),
    ],
    "sim/core/day.py": [
        ("from sim.core.phases.prices import set_prices", "from sim.core.phases.settlement import settle"),
        ('    (set_prices, "map"),', '    (harm, "map"),'),
    ],
}
LIVED = """
import json, math, sys
import sim
from sim.world.frozen import ConfigError
settings = {"horizon_days": 12, "ensemble.runs": 40, "ensemble.traces": 2, "output": sys.argv[1]}
scenario = sim.load_scenario("as_recorded", settings | {"rules.prices.rise": 0.7}, "liberia_2003")
ensemble = sim.run(scenario)
model = ensemble.replay(3)
model.run_to_horizon()
places = scenario.world[0]["contested"][: scenario.world[0]["n_contested"]]
contact = model.state["contact"][places]
path = ensemble.plot("prices").save(sys.argv[1] + "/prices.png")
try:
    sim.load_scenario("as_recorded", {"rules.prices.rise": 11.0}, "liberia_2003")
except ConfigError as error:
    print(json.dumps({
        "price": float(ensemble.runs["food_price"][3]),
        "expected": sum(math.exp(0.7 * float(c)) for c in contact) / len(places),
        "most": float(ensemble.runs["food_price"].max()),
        "estimates": ensemble.estimates.query("quantity == 'food_price_mean'")["unit"].tolist(),
        "fault": error.lines[0],
    }))
"""


@pytest.mark.slow
def test_the_mechanism_of_the_page_works_in_a_copy_of_the_program(tmp_path: Path) -> None:
    for folder in ("sim", "experiments", "conf"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "notebooks"))
    page = PAGE.read_text("utf-8")
    for path, text in BLOCK.findall(page.split("## Swap a theory")[0]):
        assert not (tmp_path / path).exists()
        (tmp_path / path).write_text(text, "utf-8")
    for path, lines in LINES.items():
        source = (tmp_path / path).read_text("utf-8")
        for line, before in lines:
            told = line.strip().rstrip(",")
            assert told in page or line.startswith("from "), f"the page does not tell {told!r}"
            assert source.count(f"{before}\n") == 1, before
            source = source.replace(f"{before}\n", f"{line}\n{before}\n")
        (tmp_path / path).write_text(source, "utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "compiled")}
    done = subprocess.run(
        [sys.executable, "-c", LIVED, str(tmp_path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["price"] == pytest.approx(found["expected"])
    assert found["most"] > 1.0
    assert found["estimates"] == ["relative to day 0"]
    assert found["fault"].startswith("rules.prices.rise = 11.0: must be less than or equal to 10")
    assert (tmp_path / "prices.png").stat().st_size > 10_000
