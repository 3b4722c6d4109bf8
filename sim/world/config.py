"""Turn a composed configuration into one frozen model, or say in one line each what is wrong with it."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic_core import ErrorDetails

from sim.core.parameters import Parameter, describe
from sim.core.rules import MECHANISMS, Rules
from sim.world.faults import shown
from sim.world.limits import MAX_HORIZON_DAYS

MAX_RUNS = 2**32 - 1
MAX_LEVERS = 64
_BRANCHES = ("literal[", "constrained-int", "int")
_OR_AUTO = "must be a whole number of at least 1, or auto"
Id = Annotated[str, Field(min_length=1, max_length=40)]
# Names become parts of folders, so nothing in them may lead elsewhere.
Name = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Count = Annotated[int, Field(ge=1)]


class ConfigError(ValueError):
    """Everything that is wrong with a configuration, a line each."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


class _Frozen(BaseModel):
    """Forbid unknown keys, silent conversions, changes, and numbers that are none."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class WorldConfig(_Frozen):
    """Which world: one of the project's by name, or any folder by path."""

    name: Name
    path: str | None = Field(default=None, min_length=1)


class LeverConfig(_Frozen):
    """What an actor decides on a day.

    ``support`` and ``strikes`` are factors on what a patron does; ``restraint`` is the share of its clients'
    effort that a patron holds back; ``initiative`` (0 or 1) says whether a faction's side attacks;
    ``resolve`` shifts the log margin of a faction's side; ``strength`` is a factor on a faction's fighters.
    """

    lever: Literal["support", "strikes", "restraint", "initiative", "resolve", "strength"]
    actor: Id
    client: Id | None = None
    value: float = Field(ge=-5, le=100)
    day: int = Field(default=0, ge=0, le=MAX_HORIZON_DAYS)


class ScenarioConfig(_Frozen):
    """What is asked of a world."""

    name: Name
    question: str = Field(min_length=1, max_length=300)
    levers: tuple[LeverConfig, ...] = Field(default=(), max_length=MAX_LEVERS, strict=False)


class EnsembleConfig(_Frozen):
    """How many histories, and how the work is cut."""

    runs: int = Field(default=10_000, ge=1, le=MAX_RUNS)
    seed: int = Field(default=1, ge=0, lt=2**63)
    workers: Count | Literal["auto"] = "auto"
    chunk: Count | Literal["auto"] = "auto"
    traces: int = Field(default=20, ge=0, le=10_000)


class ExecutorConfig(_Frozen):
    """Where chunks are run."""

    kind: Literal["thread", "process"] = "thread"


def _number(parameter: Parameter, default: float) -> tuple[Any, Any]:
    """Return the pydantic field of one parameter."""
    low, high = parameter.limits
    return float, Field(default=default, ge=low, le=high, description=parameter.meaning)


def _mechanism_model(name: str, group: type) -> type[_Frozen]:
    """Return the model that judges one mechanism's parameters, made from their definitions."""
    defaults = dataclasses.asdict(group())
    fields: dict[str, Any] = {key: _number(p, defaults[key]) for key, p in describe(group).items()}
    return create_model(f"{name.title()}Config", __base__=_Frozen, **fields)


_mechanisms: dict[str, Any] = {
    name: (model, Field(default_factory=model))
    for name, model in ((name, _mechanism_model(name, group)) for name, group in MECHANISMS.items())
}
RulesConfig = create_model("RulesConfig", __base__=_Frozen, **_mechanisms)


class RunConfig(_Frozen):
    """Everything that an ensemble needs to know."""

    scenario: ScenarioConfig
    world: WorldConfig
    horizon_days: int | None = Field(default=None, ge=1, le=MAX_HORIZON_DAYS)
    ensemble: EnsembleConfig = Field(default_factory=EnsembleConfig)
    executor: ExecutorConfig = Field(default_factory=ExecutorConfig)
    results: str = Field(default="results", min_length=1)
    rules: RulesConfig = Field(default_factory=RulesConfig)

    def parameters(self) -> Rules:
        """Return the rules' parameters as the core takes them."""
        values = self.model_dump()["rules"]
        return Rules(**{name: group(**values[name]) for name, group in MECHANISMS.items()})


def read_config(values: Mapping[str, Any]) -> RunConfig:
    """Return the frozen model of a composed configuration.

    Raises
    ------
    ConfigError
        With one line for each wrong name, type or value.
    """
    try:
        return RunConfig.model_validate(dict(values))
    except ValidationError as error:
        lines = [_line(detail) for detail in error.errors()]
        raise ConfigError(list(dict.fromkeys(lines))) from None  # a union complains once for each branch


def known_keys(model: type[BaseModel] = RunConfig, prefix: str = "") -> Iterator[str]:
    """Yield the dotted name of every key that a configuration may have."""
    for name, field in model.model_fields.items():
        yield prefix + name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from known_keys(field.annotation, f"{prefix}{name}.")


def unknown_key(key: str) -> str:
    """Return the line about a key that no configuration has, with the nearest that it may have."""
    return f"{key}: no such key{_did_you_mean(key)}"


def _did_you_mean(key: str) -> str:
    """Return the nearest key as a question, or where the keys are listed."""
    by_symbol = {
        f"rules.{mechanism}.{p.symbol}": f"rules.{mechanism}.{name}"
        for mechanism, group in MECHANISMS.items()
        for name, p in describe(group).items()
    }
    symbols = {symbol.rsplit(".", 1)[-1]: name for symbol, name in by_symbol.items()}
    if key.rsplit(".", 1)[-1] in symbols and key.startswith("rules"):
        return f"; did you mean '{symbols[key.rsplit('.', 1)[-1]]}'?"
    known = [*known_keys(), *_lever_keys(key)]
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else "; docs/model.md lists all parameters"


def _lever_keys(key: str) -> list[str]:
    """Return the keys of the lever that a key belongs to, if it does."""
    levers, _, name = key.rpartition(".")
    if not name or not levers.startswith("scenario.levers."):
        return []
    return [f"{levers}.{field}" for field in LeverConfig.model_fields]


def _line(detail: ErrorDetails) -> str:
    """Return one fault as a person reads it: key, value, what is allowed."""
    # In a union ("a number or auto") pydantic appends the branch that it tried.
    branches = [part for part in detail["loc"] if str(part).startswith(_BRANCHES)]
    key = ".".join(str(part) for part in detail["loc"] if part not in branches)
    if detail["type"] == "extra_forbidden":
        return unknown_key(key)
    if detail["type"] == "missing":
        return f"{key}: is missing; give a value"
    problem = _OR_AUTO if branches else _problem(detail)
    return f"{key} = {shown(repr(detail['input']))}: {problem}{_plausible(key)}"


def _problem(detail: ErrorDetails) -> str:
    """Return what pydantic says is wrong, in the words of these messages."""
    if detail["type"] == "string_pattern_mismatch":
        return "must be a plain name of letters, digits, '_', '-' and '.', since it names a folder"
    if detail["type"] == "model_type":
        return "must be a group of keys; give key=value for one of them"
    problem = detail["msg"].removeprefix("Input ").removeprefix("Value error, ")
    problem = f"{problem[0].lower()}{problem[1:]}"
    problem = problem.replace("should be", "must be", 1).replace("should have", "must have", 1)
    return problem.replace("a valid tuple", "a list")


def _plausible(key: str) -> str:
    """Return the plausible range of a parameter, as a hint."""
    top, _, parameter = key.partition(".")
    mechanism, _, name = parameter.partition(".")
    if top == "rules" and mechanism in MECHANISMS:
        found = describe(MECHANISMS[mechanism]).get(name)
        if found is not None:
            unit = "" if found.unit == "1" else f" {found.unit}"
            return f" (plausible: {found.prior[0]:g} to {found.prior[1]:g}{unit})"
    return ""
