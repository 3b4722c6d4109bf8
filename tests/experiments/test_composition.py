"""What is judged is what is used: no file and no command line has anything run but the model."""

import shutil
from pathlib import Path
from typing import Any

import hydra.utils
import pytest
import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

import sim
from experiments import compare, launch, run, sweep
from experiments.arguments import Point, resolve, take_apart
from experiments.launch import Script
from experiments.options import RunOptions, take_options
from sim.world import catalogue
from sim.world.catalogue import CONF
from sim.world.frozen import ConfigError
from sim.world.text import read_yaml
from tests.experiments.hostile_configs import ATTACKS, MINE, Attack, write

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of `conf/` that the command and Python read, beside the folder in which one stands."""
    copy = tmp_path / "conf"
    shutil.copytree(CONF, copy, ignore=shutil.ignore_patterns("*.csv", "*.geojson"))
    monkeypatch.setattr(launch, "CONF", copy)
    monkeypatch.setattr(catalogue, "CONF", copy)
    monkeypatch.chdir(tmp_path)
    return copy


@pytest.fixture
def nothing_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be seen where Hydra makes an object of a class."""

    def made(*_: object, **__: object) -> None:
        Path("RAN").touch()

    monkeypatch.setattr(hydra.utils, "instantiate", made)
    monkeypatch.setattr("hydra._internal.callbacks.Callbacks.__init__", made)


def without_own(point: Point) -> dict[str, Any]:
    """Return the values of an ensemble in a point of `run.py`."""
    return take_options(point.values, RunOptions)[1]


@pytest.mark.usefixtures("nothing_made")
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_hostile_command_is_one_line_and_runs_nothing(attack: Attack, conf: Path, capsys: Captured) -> None:
    write(attack, conf)
    assert launch.main(run.SCRIPT, list(attack.arguments)) == launch.EXIT_BAD_INPUT
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(attack.line)
    assert len(output.err.splitlines()) == attack.lines
    assert not {path.name for path in conf.parent.iterdir()} - {"conf", "own.yaml"}


@pytest.mark.parametrize("name", [n for n, a in ATTACKS.items() if a.arguments == ("scenario=mine",)])
def test_python_refuses_a_hostile_scenario_in_the_same_words(name: str, conf: Path) -> None:
    write(ATTACKS[name], conf)
    for given_as in ("mine", conf / "scenario" / "mine.yaml", str(conf / "scenario" / "mine.yaml")):
        with pytest.raises(ConfigError) as refused:
            sim.load_scenario(given_as)
        assert refused.value.lines[0].startswith(ATTACKS[name].line)


@pytest.mark.parametrize("question", ["--help", "--cfg=job"])
def test_a_question_runs_nothing_either(question: str, conf: Path, capsys: Captured) -> None:
    write(ATTACKS["callback in a primary file"], conf)
    assert launch.main(run.SCRIPT, [question]) == launch.EXIT_BAD_INPUT
    assert capsys.readouterr().out == ""


def test_an_experiment_sets_whatever_a_command_line_could(conf: Path) -> None:
    text = (
        "# @package _global_\ndefaults: [{override /scenario: iraq_hardens}]\nensemble: {seed: 7}\nhorizon_days: 30\n"
    )
    write(Attack({"experiment/mine.yaml": text}, (), ""), conf)
    for setting in ("experiment=mine", "+experiment=mine"):
        (point,) = resolve(conf, "run", take_apart([setting, "ensemble.runs=9"])).points
        assert point.values["scenario"]["name"] == "iraq_hardens"
        assert point.values["ensemble"] | {"seed": 7, "runs": 9} == point.values["ensemble"]
        assert point.settings == ("experiment=mine", "ensemble.runs=9")


def test_a_reference_is_the_value_of_another_key(conf: Path) -> None:
    text = (
        "name: mine\nquestion: What of ${horizon_days} days?\nevents: [{event: collapse, day: '${ensemble.traces}'}]\n"
    )
    write(Attack({"scenario/mine.yaml": text}, (), ""), conf)
    settings = {"horizon_days": 30, "ensemble.traces": 5}
    given_settings = [f"{key}={value}" for key, value in settings.items()]
    (point,) = resolve(conf, "run", take_apart(["scenario=mine", *given_settings])).points
    assert point.values["scenario"]["question"] == "What of 30 days?"
    assert point.values["scenario"]["events"] == [{"event": "collapse", "day": 5}]
    own = sim.load_scenario(conf / "scenario" / "mine.yaml", settings, CONF / "world" / "liberia_2003")
    assert own.config.scenario == launch.read_point(without_own(point)).scenario


WORDS = (
    "NO no yes on Off y 5e-1 1e5 .5 5. 1.5e3 1:30 0777 007 0x1f 1_000 1__0 true True TRUE tRue null Null inf -inf nan"
)
MORE = ".inf +3 -0 0 -3.5 2024-11-26 1e 1.e5 0.0 _1 1_ 5e-01 0e0 -.5e+2 1_0.5 SYR e1 1e1_0 +.5 -1_0"


@pytest.mark.parametrize("word", [*WORDS.split(), *MORE.split()])
def test_a_word_in_a_file_is_what_it_is_on_the_command_line(word: str) -> None:
    there = OverridesParser.create().parse_override(f"key={word}").value()
    here = read_yaml(f"key: {word}").values["key"]
    assert repr(here) == repr(there)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_a_number_in_a_file_is_itself(number: float) -> None:
    values = read_yaml(f"key: {number!r}\nlist: [{number!r}]").values
    assert values == {"key": number, "list": [number]}
    assert type(values["key"]) is type(number)
    assert read_yaml(yaml.safe_dump({"key": number})).values["key"] == number


def test_both_readers_read_a_file_alike(conf: Path) -> None:
    levers = "- {lever: hardening, actor: NO, value: 5e-1}"
    text = f"name: half\nquestion: Is NO a country?\nlevers:\n{levers}\n"
    write(Attack({"scenario/half.yaml": text, "../half.yaml": f"\ufeff{text}"}, (), ""), conf)
    read = [
        resolve(conf, "run", take_apart([setting])).points[0].values["scenario"]
        for setting in ("scenario=half", "scenario.path=half.yaml", "scenario.path='half.yaml'")
    ]
    assert read == [catalogue.choice("scenario", "half")] * 3
    assert read[0]["levers"] == [{"lever": "hardening", "actor": "NO", "value": 0.5}]


def test_settings_go_over_a_scenario_of_ones_own(conf: Path, capsys: Captured) -> None:
    write(Attack({"../mine.yaml": f"{MINE}events: [{{event: collapse, day: 3}}]\n"}, (), ""), conf)
    swept = resolve(conf, "run", take_apart(["-m", "scenario.path=mine.yaml,./mine.yaml", "scenario.name=a"])).points
    assert [point.values["scenario"]["name"] for point in swept] == ["a", "a"]
    assert [point.values["scenario"]["events"] for point in swept] == [[{"event": "collapse", "day": 3}]] * 2
    assert [point.settings[0] for point in swept] == ["scenario.path=mine.yaml", "scenario.path=./mine.yaml"]
    assert launch.main(run.SCRIPT, ["scenario.path=mine.yaml", "scenario=mediation"]) == launch.EXIT_BAD_INPUT
    assert "scenario.path: names a scenario as scenario=... does; give one of them" in capsys.readouterr().err


def test_home_is_known_everywhere(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(conf.parent))
    write(Attack({"../mine.yaml": MINE}, (), ""), conf)
    shutil.copytree(CONF / "world" / "liberia_2003", conf.parent / "home")
    (point,) = resolve(conf, "run", take_apart(["scenario.path=~/mine.yaml", "world.path=~/home"])).points
    by_command = launch.load_scenario(without_own(point))
    assert by_command.config.world.name == "home"
    for scenario, world in (("~/mine.yaml", "~/home"), (Path("~/mine.yaml"), Path("~/home"))):
        assert sim.load_scenario(scenario, world=world).config.scenario == by_command.config.scenario
        assert sim.load_scenario(scenario, world=world).tables.digest == by_command.tables.digest


ADVICE: dict[str, tuple[Script, list[str], str]] = {
    "points that write over each other": (
        run.SCRIPT,
        ["-m", "ensemble.runs=20,50"],
        "ensemble.runs=20 ensemble.runs=50: two points of a sweep that differ in this alone; their results would lie",
    ),
    "name that is a file": (
        run.SCRIPT,
        ["scenario=my.yaml"],
        "scenario = my.yaml: no such scenario; for one of your own",
    ),
    "name that is a folder": (
        run.SCRIPT,
        ["world=w/base"],
        "world = w/base: no such world; for one of your own write world.p",
    ),
    "file that is not there": (run.SCRIPT, ["scenario.path=my.yaml"], "my.yaml: is no file; give a YAML file such as"),
    "number for an id": (
        run.SCRIPT,
        ["scenario.levers=[{lever: border, actor: 1e5, value: 0}]"],
        "scenario.levers.0.actor = 100000.0: must be a text; put it in quotation marks",
    ),
    "range within a value": (
        sweep.SCRIPT,
        ["sweep.factors={rules.morale.beta: range(4,7)}"],
        "sweep.factors: holds range(...) or the like within a value; write the values one by one, such as [4, 5, 6]",
    ),
    "truth values as factor": (
        sweep.SCRIPT,
        ["sweep.factors={channels.kin: [true,false]}"],
        "sweep.factors.channels.kin: is no number that can be varied; run each by itself, with run.py -m",
    ),
    "all scenarios": (compare.SCRIPT, ["scenarios=all"], "scenarios = 'all': must be a list, in brackets: [..., ...]"),
    "several scenarios": (
        compare.SCRIPT,
        ["scenarios=glob(*)"],
        "scenarios: several values make a sweep; add -m, or write a",
    ),
}


@pytest.mark.parametrize(("script", "arguments", "line"), ADVICE.values(), ids=ADVICE)
def test_a_fault_is_told_with_what_to_do(script: Script, arguments: list[str], line: str, capsys: Captured) -> None:
    assert launch.main(script, arguments) == launch.EXIT_BAD_INPUT
    assert capsys.readouterr().err.startswith(line)


def test_broken_yaml_is_one_line(conf: Path, capsys: Captured) -> None:
    write(Attack({"scenario/mine.yaml": f"{MINE}levers: [{{lever: border\n"}, (), ""), conf)
    assert launch.main(run.SCRIPT, ["scenario=mine"]) == launch.EXIT_BAD_INPUT
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("mine.yaml line 4: is no valid YAML (")
    assert line.endswith("; mend the line, or put its text in quotation marks")


def test_what_is_there_may_be_added_as_well() -> None:
    (point,) = resolve(
        CONF, "run", take_apart(["+ensemble.runs=30", "++ensemble.seed=4", "+scenario=us_leaves"])
    ).points
    assert (point.values["ensemble"]["runs"], point.values["ensemble"]["seed"]) == (30, 4)
    assert point.values["scenario"]["name"] == "us_leaves"
    assert point.settings == ("ensemble.runs=30", "ensemble.seed=4", "scenario=us_leaves")
