"""Files and command lines that would have something run, and the start of the one line that each must give.

Each is a change of a copy of `conf/`, or a file beside it, and a command line; whatever ran would leave a file `RAN`.
"""

from dataclasses import dataclass
from pathlib import Path

RUN = "{_target_: subprocess.run, args: [touch, RAN]}"
CALLBACK = "hydra: {callbacks: {p: {_target_: subprocess.run, args: [touch, RAN]}}}"
MINE = "name: mine\nquestion: Does it hold?\n"


@dataclass(frozen=True)
class Attack:
    """Hold files to write into a copy of `conf/`, what is given to the command, and the first of the lines to come."""

    files: dict[str, str]
    arguments: tuple[str, ...]
    line: str
    lines: int = 1


def in_scenario(text: str, line: str) -> Attack:
    """Return the attack by a scenario's file."""
    return Attack({"scenario/mine.yaml": text}, ("scenario=mine",), line)


ATTACKS = {
    "callback, packaged by a scenario": Attack(
        {"scenario/mine.yaml": f"# @package _global_\n{MINE}{CALLBACK}\n"},
        ("scenario=mine",),
        "mine.yaml line 1: '# @package _global_' is not read; remove the comment",
        lines=2,
    ),
    "callback in a scenario": in_scenario(f"{MINE}{CALLBACK}\n", "mine.yaml line 3, hydra: is no setting"),
    "package after a line": in_scenario(
        f"# mine\n\n  #  @package hydra\n{MINE}", "mine.yaml line 3: '# @package hydra'"
    ),
    "class of a scenario": in_scenario(f"{MINE}_target_: os.system\n", "mine.yaml line 3, _target_: is no setting"),
    "class of a lever": in_scenario(f"{MINE}levers: [{RUN}]\n", "mine.yaml line 3, levers.0._target_: is no setting"),
    "class deep in a value": in_scenario(
        f"{MINE}levers: [{{value: {RUN}}}]\n", "mine.yaml line 3, levers.0.value._tar"
    ),
    "environment": in_scenario(
        "name: mine\nquestion: ${oc.env:HOME}\n", "mine.yaml line 2, question = ${oc.env:HOME}: calls"
    ),
    "environment within a reference": in_scenario(
        "name: mine\nquestion: ${${oc.env:HOME}}\n", "mine.yaml line 2, question"
    ),
    "environment in a key's list": in_scenario(
        f"{MINE}events: [{{day: '${{oc.env:HOME}}'}}]\n", "mine.yaml line 3, events.0"
    ),
    "value of Hydra": in_scenario("name: mine\nquestion: ${hydra:runtime.cwd}\n", "mine.yaml line 2, question"),
    "tag of Python": in_scenario(
        f"{MINE}levers: !!python/object/apply:os.system ['touch RAN']\n", "mine.yaml line 3: is no valid YAML"
    ),
    "path by a tag": in_scenario(
        f"{MINE}levers: !!python/object:pathlib.Path [a]\n", "mine.yaml line 3: is no valid YAML"
    ),
    "defaults of a scenario": in_scenario(
        f"{MINE}defaults: [/hydra/launcher: joblib]\n", "mine.yaml line 3, defaults: is"
    ),
    "group of Hydra in a scenario": in_scenario(
        f"{MINE}hydra/launcher: joblib\n", "mine.yaml line 3, hydra/launcher: is no"
    ),
    "callback in a world": Attack(
        {"world/mine.yaml": f"# @package _global_\nname: mine\npath: null\n{CALLBACK}\n"},
        ("world=mine",),
        "mine.yaml line 1: '# @package _global_' is not read; remove the comment",
        lines=2,
    ),
    "callback in an executor": Attack(
        {"executor/thread.yaml": f"kind: thread\n{CALLBACK}\n"}, (), "thread.yaml line 2, hydra"
    ),
    "class in an uncertainty": Attack(
        {"uncertainty/mine.yaml": "kind: prior\n_target_: os.system\n"},
        ("uncertainty=mine",),
        "mine.yaml line 2, _target_",
    ),
    "callback in a primary file": Attack(
        {"run.yaml": f"defaults: [base, _self_]\nreport: false\n{CALLBACK}\n"},
        (),
        "run.yaml line 3, hydra: is no setting",
    ),
    "search path in a primary file": Attack(
        {"run.yaml": "defaults: [base]\nhydra: {searchpath: [file:///tmp]}\n"}, (), "run.yaml line 2, hydra: is"
    ),
    "callback in the base": Attack(
        {"base.yaml": f"horizon_days: 3\n{CALLBACK}\n"}, (), "base.yaml line 2, hydra: is no setting"
    ),
    "group of Hydra by defaults": Attack(
        {"run.yaml": "defaults: [base, {override hydra/launcher: joblib}]\n"},
        (),
        "run.yaml, defaults: {'override hydra/launcher': 'joblib'} is none of our files",
    ),
    "package by defaults": Attack(
        {"run.yaml": "defaults: [base, {scenario@hydra: mine}]\n"}, (), "run.yaml, defaults: {'scena"
    ),
    "file of somewhere by defaults": Attack(
        {"run.yaml": "defaults: [base, ../../x]\n"}, (), "run.yaml, defaults: ../../x is"
    ),
    "environment in defaults": Attack(
        {"run.yaml": "defaults: [base, {scenario: '${oc.env:HOME}'}]\n"},
        (),
        "run.yaml line 1, defaults.1.scenario = ${oc.env",
    ),
    "callback in an experiment": Attack(
        {"experiment/mine.yaml": f"# @package _global_\n{CALLBACK}\n"},
        ("experiment=mine",),
        "mine.yaml line 2, hydra: is",
    ),
    "experiment packaged elsewhere": Attack(
        {"experiment/mine.yaml": "# @package hydra\nhorizon_days: 3\n"},
        ("+experiment=mine",),
        "mine.yaml line 1: '# @package",
    ),
    "defaults of an experiment": Attack(
        {"experiment/mine.yaml": "# @package _global_\ndefaults: [{override /hydra/sweeper: basic}]\n"},
        ("experiment=mine",),
        "mine.yaml, defaults: {'override /hydra/sweeper': 'basic'} is none of our files",
    ),
    "file of one's own": Attack(
        {"../own.yaml": f"{MINE}{CALLBACK}\n"}, ("scenario.path=own.yaml",), "own.yaml line 3, hydra"
    ),
    "own world by a group of its folder": Attack(
        {}, ("+world/levant_2024@scenario=world",), "world/levant_2024@scenario: no"
    ),
    "callback on the command line": Attack(
        {}, ("+hydra.callbacks.p._target_=os.system",), "hydra.callbacks.p._target_: no"
    ),
    "class on the command line": Attack({}, ("+scenario._target_=os.system",), "scenario._target_: no such key"),
    "search path on the command line": Attack({}, ("hydra.searchpath=[file:///tmp]",), "hydra.searchpath: no such key"),
    "launcher on the command line": Attack(
        {}, ("-m", "hydra/launcher=submitit"), "hydra/launcher = submitit: no such way"
    ),
    "job's folder on the command line": Attack({}, ("hydra.run.dir=x",), "hydra.run.dir: no such key"),
    "job's environment": Attack({}, ("+hydra.job.env_set.PATH=x",), "hydra.job.env_set.PATH: no such key"),
    "package on the command line": Attack({}, ("scenario@hydra=mine",), "scenario@hydra: no such key"),
    "folder of files": Attack({}, ("--config-dir=.",), "--config-dir=.: no such option"),
    "folder of files, short": Attack({}, ("-cd", "."), "-cd: no such option"),
    "path of files": Attack({}, ("--config-path", "."), "--config-path: no such option"),
    "name of files": Attack({}, ("-cn=mine",), "-cn=mine: no such option"),
    "experimental rerun": Attack(
        {}, ("--experimental-rerun=x.pickle",), "--experimental-rerun=x.pickle: no such option"
    ),
    "an option behind another": Attack({}, ("--cfg", "--config-dir=."), "--cfg: shows the settings of a job"),
    "sweep of a hostile file": Attack(
        {"scenario/mine.yaml": f"{MINE}{CALLBACK}\n"},
        ("-m", "scenario=as_recorded,mine"),
        "mine.yaml line 3, hydra: is no setting",
    ),
}


def write(attack: Attack, conf: Path) -> None:
    """Write the files of an attack into a copy of `conf/`."""
    for name, text in attack.files.items():
        path = conf / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
