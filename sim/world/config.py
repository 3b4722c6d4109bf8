"""Turn a composed configuration into one frozen model, or say in one line each what is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, ValidationInfo, create_model, field_validator
from pydantic_core import ErrorDetails

from sim.core.codes import Channel
from sim.core.parameters import Parameter, choices, describe, from_plain, to_plain
from sim.core.rules import MECHANISMS, Rules
from sim.world.faults import shown, suggestion
from sim.world.frozen import HIDDEN, PLAIN, Address, ConfigError, Count, Frozen, Name, Place
from sim.world.levers import EventConfig, LeverConfig, keys_of, kinds_of
from sim.world.limits import MAX_HORIZON_DAYS
from sim.world.tilt import Tilt

__all__ = ["ConfigError", "RunConfig", "fault_lines", "known_keys", "read_config", "unknown_key"]

MAX_RUNS = 2**31 - 1  # a run's twin has its number plus 2**31
_BRANCHES = ("literal[", "constrained-int", "int")
_OR_AUTO = "must be a whole number of at least 1, or auto"
_UNIONS = (["levers"], ["events"])  # keys of a scenario whose items are of several kinds
_KIND_AT = 3


def _or_shipped(parameter: Parameter) -> tuple[Any, Any]:
    """Return the pydantic field of a number that is null for what the program ships."""
    low, high = parameter.limits
    return float | None, Field(default=None, ge=low, le=high, description=parameter.meaning)


class WorldConfig(Frozen):
    """Which world: one of the project's by name, or any folder by path."""

    name: Name
    path: Place | None = None


class ScenarioConfig(Frozen):
    """What is asked of a world."""

    name: Name
    question: str = Field(min_length=1, max_length=300, pattern=PLAIN)
    levers: tuple[LeverConfig, ...] = Field(default=(), strict=False)
    events: tuple[EventConfig, ...] = Field(default=(), strict=False)


_tilt: dict[str, Any] = {name: _or_shipped(parameter) for name, parameter in describe(Tilt).items()}
TiltConfig = create_model("TiltConfig", __base__=Frozen, __module__=__name__, **_tilt)


class EnsembleConfig(Frozen):
    """How many histories, how the work is cut, and how far the share of them with a collapse is trusted."""

    runs: int = Field(default=10_000, ge=1, le=MAX_RUNS)
    seed: int = Field(default=1, ge=0, lt=2**63)
    workers: Count | Literal["auto"] = "auto"
    chunk: Count | Literal["auto"] = "auto"
    traces: int = Field(default=200, ge=0, le=10_000)
    until: dict[str, Annotated[float, Field(gt=0)]] | None = None
    max_runs: int = Field(default=100_000, ge=1, le=MAX_RUNS)
    tilt: TiltConfig = Field(default_factory=TiltConfig)


class UncertaintyConfig(Frozen):
    """Whether and whence each run draws its parameters, and how many runs are lived again with the same ones."""

    kind: Literal["none", "prior", "posterior"] = "none"
    file: Place | None = None
    twins: int = Field(default=1_000, ge=0, le=MAX_RUNS)

    @field_validator("file")
    @classmethod
    def _is_a_posterior(cls, file: str | None, info: ValidationInfo) -> str | None:
        """Refuse a file that nobody would read."""
        if file is not None and info.data.get("kind") != "posterior":
            message = "is that of a posterior; add uncertainty=posterior, or leave it out"
            raise ValueError(message)
        return file


class ExecutorConfig(Frozen):
    """Where chunks are run."""

    kind: Literal["thread", "process", "dask"] = "thread"
    address: Address | None = None  # of a scheduler
    write: Literal["caller", "worker"] = "caller"
    parts: Address | None = None

    @field_validator("address")
    @classmethod
    def _is_a_scheduler(cls, address: str | None, info: ValidationInfo) -> str | None:
        """Refuse an address that nobody would connect to."""
        if address is not None and info.data.get("kind") != "dask":
            message = "is that of a Dask cluster; add executor=dask, or leave it out"
            raise ValueError(message)
        return address

    @field_validator("parts")
    @classmethod
    def _come_from_workers(cls, parts: str | None, info: ValidationInfo) -> str | None:
        """Refuse an address that nobody would write to."""
        if parts is not None and info.data.get("write") == "caller":
            message = "is where workers leave parts; add executor.write=worker, or leave it out"
            raise ValueError(message)
        return parts


def _number(parameter: Parameter, default: float) -> tuple[Any, Any]:
    """Return the pydantic field of one parameter."""
    low, high = parameter.limits
    return float, Field(default=default, ge=low, le=high, description=parameter.meaning)


def _mechanism_model(name: str, group: type) -> type[Frozen]:
    """Return the model that judges one mechanism's parameters, made from their definitions."""
    fields: dict[str, Any] = {}
    described, defaults = describe(group), to_plain(group())
    for key, default in defaults.items():
        if isinstance(default, dict):
            entries = {entry: _number(described[f"{key}.{entry}"], value) for entry, value in default.items()}
            fields[key] = _group(f"{name.title()}{key.title()}Config", entries)
        elif key in described:
            fields[key] = _number(described[key], default)
        else:
            told = choices(group)[key]
            fields[key] = Literal[tuple(told.names)], Field(default=default, description=told.meaning)
    return create_model(f"{name.title()}Config", __base__=Frozen, __module__=__name__, **fields)


def _group(name: str, fields: dict[str, Any]) -> tuple[Any, Any]:
    """Return the pydantic field of a group of keys."""
    model = create_model(name, __base__=Frozen, __module__=__name__, **fields)
    globals()[name] = model  # where pickle looks for a class
    return model, Field(default_factory=model)


_mechanisms: dict[str, Any] = {
    name: (model, Field(default_factory=model))
    for name, model in ((name, _mechanism_model(name, group)) for name, group in MECHANISMS.items())
}
globals().update({model.__name__: model for model, _ in _mechanisms.values()})  # where pickle looks for a class
RulesConfig = create_model("RulesConfig", __base__=Frozen, __module__=__name__, **_mechanisms)


_switches: dict[str, Any] = {channel.name.lower(): (bool, True) for channel in Channel}
ChannelsConfig = create_model(
    "ChannelsConfig",
    __base__=Frozen,
    __module__=__name__,
    __doc__="Which ways a war may take across a border.",
    **_switches,
)


class RunConfig(Frozen):
    """Everything that an ensemble needs to know."""

    scenario: ScenarioConfig
    world: WorldConfig
    horizon_days: int | None = Field(default=None, ge=1, le=MAX_HORIZON_DAYS)
    ensemble: EnsembleConfig = Field(default_factory=EnsembleConfig)
    executor: ExecutorConfig = Field(default_factory=ExecutorConfig)
    weights: bool = True
    output: Place = "results"
    uncertainty: UncertaintyConfig = Field(default_factory=UncertaintyConfig)
    rules: RulesConfig = Field(default_factory=RulesConfig)
    channels: ChannelsConfig = Field(default_factory=ChannelsConfig)

    @property
    def tilt(self) -> Tilt | None:
        """Return what gives runs their weights, None where all weigh the same: raw shares, or a neutral tilt."""
        given = self.ensemble.tilt.model_dump(exclude_none=True)
        tilt = Tilt(**given)
        return tilt if self.weights and not tilt.is_neutral else None

    def parameters(self) -> Rules:
        """Return the rules' parameters as the core takes them."""
        values = self.model_dump()["rules"]
        return Rules(**{name: from_plain(group, values[name]) for name, group in MECHANISMS.items()})

    def theories(self) -> dict[str, str]:
        """Return the theory that each mechanism with a choice follows, by its key, such as ``contest.form``."""
        values = self.model_dump()["rules"]
        return {f"{name}.{key}": values[name][key] for name, group in MECHANISMS.items() for key in choices(group)}


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
        raise ConfigError(fault_lines(error)) from None


def fault_lines(error: ValidationError) -> list[str]:
    """Return a line for each wrong name, type or value."""
    lines = [_line(detail) for detail in error.errors()]
    return list(dict.fromkeys(lines))  # a union complains once for each branch


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
    other_names = {
        other: f"rules.{mechanism}.{name}"
        for mechanism, group in MECHANISMS.items()
        for name, p in describe(group).items()
        for other in (p.symbol, p.former)
    }
    last = key.rsplit(".", 1)[-1]
    if last in other_names and key.startswith("rules"):
        return f"; did you mean '{other_names[last]}'?"
    near = difflib.get_close_matches(key, list(known_keys()), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else "; docs/model.md lists all parameters"


def _line(detail: ErrorDetails) -> str:
    """Return one fault as a person reads it: key, value, what is allowed."""
    parts = [str(part) for part in detail["loc"]]
    # Pydantic puts the kind of a lever or event after its number, and appends the branch of "a number or auto".
    kind = parts.pop(_KIND_AT) if parts[1:2] in _UNIONS and len(parts) > _KIND_AT else None
    is_branched = parts[-1].startswith(_BRANCHES)
    key = ".".join(parts[:-1] if is_branched else parts)
    if detail["type"].startswith("union_tag"):
        return _kind_line(detail, key)
    if detail["type"] == "extra_forbidden":
        known = [] if kind is None else keys_of(parts[1].removesuffix("s"), kind)
        return f"{key}: no such key; {suggestion(parts[-1], known)}" if known else unknown_key(key)
    if detail["type"] == "missing":
        return f"{key}: is missing; give a value"
    problem = _OR_AUTO if is_branched else _problem(detail)
    came = "(not shown)" if detail["type"] == HIDDEN else _came(detail["input"])
    return f"{key} = {came}: {problem}{_plausible(key)}"


def _came(value: object) -> str:
    """Return a value as it is written, unless Python refuses to: very long integers, deep nests."""
    try:
        return shown(repr(value))
    except (ValueError, RecursionError):
        return f"<{type(value).__name__} too long to show>"


def _kind_line(detail: ErrorDetails, key: str) -> str:
    """Return the line about a lever or event of no known kind."""
    context = detail["ctx"]
    name = context["discriminator"].strip("'")
    if "tag" not in context:
        return f"{key}.{name}: is missing; {suggestion('', kinds_of(name))}"
    return f"{key}.{name} = {shown(repr(context['tag']))}: no such {name}; {suggestion(context['tag'], kinds_of(name))}"


def _problem(detail: ErrorDetails) -> str:
    """Return what pydantic says is wrong, in the words of these messages."""
    if detail["type"] == "string_pattern_mismatch":
        if detail["ctx"]["pattern"] == PLAIN:
            return "must hold no control characters and no line breaks"
        return "must be a plain name of letters, digits, '_', '-' and '.', since it names a folder"
    if detail["type"] in ("model_type", "model_attributes_type"):
        return "must be a group of keys; give key=value for one of them"
    problem = detail["msg"].removeprefix("Input ").removeprefix("Value error, ")
    problem = f"{problem[0].lower()}{problem[1:]}"
    problem = problem.replace("should be", "must be", 1).replace("should have", "must have", 1)
    return (
        problem.replace("a valid tuple", "a list, in brackets: [..., ...]")
        .replace("a valid string", "a text; put it in quotation marks")
        .replace("a valid boolean", "true or false")
        .replace("a valid dictionary", "a group such as {name: number}")
    )


def _plausible(key: str) -> str:
    """Return the plausible range of a parameter, as a hint."""
    top, _, parameter = key.partition(".")
    mechanism, _, name = parameter.partition(".")
    groups = MECHANISMS if top == "rules" else {"tilt": Tilt} if top == "ensemble" else {}
    if mechanism in groups:
        found = describe(groups[mechanism]).get(name)
        if found is not None:
            unit = "" if found.unit == "1" else f" {found.unit}"
            return f" (plausible: {found.prior[0]:g} to {found.prior[1]:g}{unit})"
    return ""
