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
    "sim/core/day.py": [
        ("from sim.core.phases.prices import set_prices", "from sim.core.phases.settlement import settle"),
        ('    (set_prices, "map"),', '    (harm, "map"),'),
    ],
}
LIVED = """
import json
from pathlib import Path
from unittest import mock
from experiments.benchmark_mesa import Plain
from sim.agents.model import SpilloverModel
from sim.core.state import new_state
from sim.world.config import ConfigError, read_config
from sim.world.scenario import build_scenario
from sim.world.tables import load_tables
import dataclasses
frame = {"scenario": {"name": "a", "question": "How dear?"}, "world": {"name": "liberia_2003"}}
scenario = build_scenario(
    load_tables(Path("conf/world/liberia_2003")), read_config({**frame, "rules": {"prices": {"rise": 0.7}}})
)
plain = dataclasses.replace(scenario, world=[Plain(scenario.world[0])], rules=[Plain(scenario.rules[0])])
with mock.patch("sim.agents.history.new_state", lambda _: [Plain(new_state(scenario.world)[0])]):
    model = SpilloverModel(plain, 1, 0)
for _ in range(6):
    model.step()
places = len(model.places)
try:
    read_config({**frame, "rules": {"prices": {"rise": 11.0}}})
except ConfigError as error:
    print(json.dumps([model.state["price"][:places].tolist(), model.state["contact"][:places].tolist(), error.lines]))
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
            assert source.count(f"{before}\n") == 1
            source = source.replace(f"{before}\n", f"{line}\n{before}\n")
        (tmp_path / path).write_text(source, "utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LIVED], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    prices, contacts, faults = json.loads(done.stdout)
    assert max(contacts) > 0.0
    assert prices == pytest.approx([2.718281828459045 ** (0.7 * contact) for contact in contacts])
    assert faults[0].startswith("rules.prices.rise = 11.0: must be less than or equal to 10")
