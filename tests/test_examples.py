"""What the pages show is run, page by page: commands, Python and scenarios, with few runs and without the figures."""

import ast
import importlib
import json
import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import pytest
import yaml

import sim
from experiments import explain as explaining
from experiments.launch import Script, main
from sim.ensemble.store.provenance import config_digest
from sim.study.explain.chronicle import Chronicle, explain
from sim.world.scenario import Scenario

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "howto").glob("*.md"))]
BLOCK = re.compile(r"^```(?:\{code-block\} )?(\w+)\n(?::caption: (.+)\n)?((?s:.*?))^```$", re.MULTILINE)
STATEMENT = re.compile(r"^cat > \S+ <<'END'\n(?s:.*?)^END$|^(?:.*\\\n)*.+$", re.MULTILINE)
KEPT = re.compile(r"(\w+)=\$\((.+) \| tail -1\)")
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
SMALL = ["ensemble.runs=20", "ensemble.traces=5"]
TRIED = ["calibrate.worlds=[chad_1990,el_salvador_1989,iraq_1991]", "calibrate.runs=2", "calibrate.fresh=1"]
FEWER = {
    "run": SMALL,
    "compare": SMALL,
    "sweep": SMALL,
    "calibrate": ["calibrate.vectors=8", *TRIED],
    "score": SMALL,
    "explain": SMALL,
    "sensitivity": SMALL,
    "discover": SMALL,
    "levers": ["ensemble.runs=3"],
    "screen": ["ensemble.runs=1"],
    "branch": ["futures=20", "ensemble.traces=5"],
    "rare": ["effort=20", "repeats=2"],
    "report": [],
}
MORE = {"discover": 400}  # runs on pages whose questions take more than a few
SLOW = {  # what takes longer than all the rest, and is tested elsewhere
    "draw_files": lambda *_: [],
    "write_scoreboard": lambda _scored, path: path.write_text("a page") and path,
    "write_report": lambda _cases, path, *_, **__: path.write_text("a report") and path,
    "write_brief": lambda _cases, path, *_: path.write_text("a brief") and path,
    "explain_typical": lambda *_: [],
}


@dataclass
class Reader:
    """Somebody who does what a page says, from its beginning to its end."""

    printed: pytest.CaptureFixture[str]
    done: dict[tuple[str, ...], str]  # last lines of commands that were given before, on this page or another
    runs: int = 20
    kept: dict[str, str] = field(default_factory=dict)  # shell variables
    names: dict[str, Any] = field(default_factory=dict)  # of Python
    scenarios: dict[str, dict[str, Any]] = field(default_factory=dict)

    def sh(self, block: str) -> None:
        """Give the commands of a block."""
        for statement in STATEMENT.findall(block):
            kept = KEPT.fullmatch(statement)
            last_line = self.give(Template(kept[2] if kept else statement).safe_substitute(self.kept))
            if kept:
                self.kept[kept[1]] = last_line

    def give(self, command: str) -> str:
        """Return the last line of one command; making and entering .venv is left out, since it is there."""
        program = command.split(maxsplit=1)[0]
        if program in ("cat", "cp", "mkdir"):
            subprocess.run(["sh", "-ec", command], check=True)
            return ""
        assert program in (".", "make", "python"), f"the test does not know how to run: {command}"
        words = shlex.split(command.replace("\\\n", " "), comments=True)
        if program == "make":
            assert set(words[1:]) <= set(TARGETS), command
        return self.script(*words[1:]) if program == "python" else ""

    def script(self, path: str, *arguments: str) -> str:
        """Return the last line of one of the scripts, run in this process with few runs."""
        assert (ROOT / path).is_file(), path
        name = Path(path).stem
        script: Script = importlib.import_module(f"experiments.{name}").SCRIPT
        until = any(argument.startswith("ensemble.until=") for argument in arguments)
        settings = [setting for argument in arguments for setting in self.spelt_out(argument)]
        fills = any(argument.startswith("sweep.points=") for argument in arguments)
        settings += self.few(name) + ["ensemble.max_runs=40"] * until + ["sweep.points=4"] * fills
        if (name, *settings) not in self.done:
            assert main(script, settings) == 0, self.printed.readouterr().err
            self.done[name, *settings] = self.printed.readouterr().out.splitlines()[-1]
        return self.done[name, *settings]

    def few(self, name: str) -> list[str]:
        """Return the settings that leave few runs to a script."""
        return [f"ensemble.runs={self.runs}" if setting == SMALL[0] else setting for setting in FEWER[name]]

    def spelt_out(self, argument: str) -> list[str]:
        """Return a setting; a scenario of the page's own, which has no file here, as its keys."""
        key, _, name = argument.partition("=")
        if key != "scenario" or name not in self.scenarios:
            return [argument]
        keys = {key: inline(value) for key, value in self.scenarios[name].items()}
        return ["scenario=as_recorded", *(f"scenario.{key}={value}" for key, value in keys.items())]

    def yaml(self, block: str, caption: str) -> None:
        """Keep a scenario."""
        values = yaml.safe_load(block)
        sim.load_scenario(values)
        assert caption in ("", f"conf/scenario/{values['name']}.yaml")
        self.scenarios[values["name"]] = values

    def python(self, block: str) -> None:
        """Run a cell, and look at its last value as a notebook does."""
        tree = ast.parse(re.sub(r'("ensemble\.runs": )\d+', rf"\g<1>{self.runs}", block))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "page", "exec"), self.names)
        if last:
            value = eval(compile(ast.Expression(last.value), "page", "eval"), self.names)
            for show in ("_repr_html_", "_repr_png_"):
                assert getattr(value, show, lambda: "nothing to show")()


def inline(value: Any) -> str:
    """Return a value as a command line has it."""
    return json.dumps(value) if isinstance(value, str) else yaml.safe_dump(value, default_flow_style=True).strip()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of results for all pages: what one has run another only reads."""
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def done() -> dict[tuple[str, ...], str]:
    """Return the last lines of commands that pages have given."""
    return {}


@pytest.fixture(scope="module")
def explain_once() -> Callable[..., Chronicle]:
    """Return what explains a history that a page asks many questions about only the first time."""
    known: dict[tuple[Any, ...], Chronicle] = {}

    def explained(scenario: Scenario, *history: Any) -> Chronicle:
        key = config_digest(scenario), *history
        if key not in known:
            known[key] = explain(scenario, *history)
        return known[key]

    return explained


@pytest.fixture
def reader(
    results: Path,
    done: dict[tuple[str, ...], str],
    explain_once: Callable[..., Chronicle],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Reader:
    """Return somebody who stands in a checkout, with quick stand-ins for what is slow."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conf").symlink_to(ROOT / "conf")
    (tmp_path / "results").symlink_to(results)
    monkeypatch.setattr(explaining, "explain", explain_once)
    replaced = set()
    for name in (
        "experiments.compare",
        "experiments.present",
        "experiments.report",
        "experiments.run",
        "experiments.score",
        "sim.objects",
    ):
        module = importlib.import_module(name)
        for function in SLOW.keys() & vars(module).keys():
            monkeypatch.setattr(module, function, SLOW[function])
            replaced.add(function)
    assert replaced == SLOW.keys()
    return Reader(capsys, done)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_shows_runs(page: Path, reader: Reader) -> None:
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert blocks
    reader.runs = MORE.get(page.stem, reader.runs)
    for kind, caption, text in blocks:
        if kind == "sh" and caption.endswith(".sh"):
            subprocess.run(["sh", "-n"], input=text, text=True, check=True)
        elif kind == "python" and caption.endswith(".py"):  # of a cluster that is not here
            compile(text, caption, "exec")
        elif kind == "sh":
            reader.sh(text)
        elif kind == "python":
            reader.python(text)
        elif kind == "yaml":
            reader.yaml(text, caption)
        else:
            assert kind == "text"
