"""Say which settings each script has besides those of an ensemble, and check them."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from sim.study.design import Design
from sim.study.rare.rare import LEAST_EFFORT, LEAST_REPEATS
from sim.study.score.folds import Folds
from sim.world.config import fault_lines
from sim.world.frozen import ConfigError, Frozen, Id, Name, Place

Options = TypeVar("Options", bound=Frozen)


class RunOptions(Frozen):
    """Of `run.py`."""

    figures: bool = True
    report: bool = False
    brief: bool = False


class CompareOptions(Frozen):
    """Of `compare.py`: scenarios to run, theories of one scenario, or result folders; the first is the base."""

    scenarios: tuple[Name, ...] = Field(default=(), strict=False)
    theories: tuple[Name, ...] = Field(default=(), strict=False)
    results: tuple[Place, ...] = Field(default=(), strict=False)
    figures: bool = True
    report: bool = False
    brief: bool = False


class SweepSettings(Frozen):
    """What is varied, and how points are chosen."""

    factors: Any = Field(default=None, description="values by key: lists of numbers, or of names of theories")
    design: Design = Field(default=Design.PRODUCT, strict=False)
    points: int | None = Field(default=None, ge=1, le=1_000_000)
    outcomes: tuple[str, ...] = Field(default=("p_collapse",), min_length=1, strict=False)


class SweepOptions(Frozen):
    """Of `sweep.py`."""

    sweep: SweepSettings
    figures: bool = True


class CalibrateSettings(Frozen):
    """Which worlds teach, and how hard one looks."""

    worlds: tuple[Place, ...] = Field(default=(), strict=False)
    design: Literal["sobol", "latin_hypercube"] = "sobol"
    vectors: int = Field(default=2048, ge=2, le=1_000_000)
    runs: int = Field(default=8, ge=2, le=10_000)
    fresh: int = Field(default=4, ge=1, le=10_000)
    bred: int = Field(default=0, ge=0, le=100_000)
    folds: Folds = Field(default=Folds.COUNTRY, strict=False)
    save: Place | None = None


class CalibrateOptions(Frozen):
    """Of `calibrate.py`."""

    calibrate: CalibrateSettings


class ExplainOptions(Frozen):
    """Of `explain.py`: which history, or how many; what is asked; of what one wants to hear."""

    run: int | None = Field(default=None, ge=0, lt=2**32)
    turns: str | None = None
    runs: int | None = Field(default=None, ge=1, le=1_000_000)
    question: Name | None = None
    outcome: Name = "collapse"
    day: int | None = Field(default=None, ge=0)
    place: Id | None = None
    actor: Id | None = None
    results: Place | None = None
    page: bool = False
    figures: bool = False


class SensitivityOptions(Frozen):
    """Of `sensitivity.py`: which outcome, and the ensemble that is asked if it is stored already."""

    results: Place | None = None
    outcome: Name = "collapse"
    figures: bool = True


class DiscoverOptions(Frozen):
    """Of `discover.py`: what is looked for in which outcome, and at which step of the way the first box is taken."""

    results: Place | None = None
    outcome: Name = "collapse"
    above: float | None = None
    below: float | None = None
    step: int | None = Field(default=None, ge=0)
    figures: bool = True


class BranchOptions(Frozen):
    """Of `branch.py`: which history, from which day on, how often, and what is decided otherwise from then on."""

    results: Place | None = None
    run: Any = Field(default=0, description="a run by its number, or a history such as 37@12:5")
    day: int = 12
    futures: int = Field(default=1000, ge=1, le=1_000_000)
    levers: tuple[dict[str, Any], ...] = Field(default=(), strict=False)
    events: tuple[dict[str, Any], ...] = Field(default=(), strict=False)
    figures: bool = True


class RareOptions(Frozen):
    """Of `rare.py`: what is waited for, by when, and how much is done to see it."""

    results: Place | None = None
    outcome: Name = "level_4"
    neighbour: Id | None = None
    by: int | None = None
    effort: int = Field(default=250, ge=LEAST_EFFORT, le=100_000)
    repeats: int = Field(default=20, ge=LEAST_REPEATS, le=100)
    figures: bool = True


class LeversOptions(Frozen):
    """Of `levers.py` and `screen.py`: which outcome."""

    outcome: Name = "collapse"
    figures: bool = True


class ReportOptions(Frozen):
    """Of `report.py`: result folders, where the report goes, and whether it tells typical histories."""

    results: tuple[Place, ...] = Field(default=(), strict=False)
    path: Place | None = None
    histories: bool = True


class ScoreOptions(Frozen):
    """Of `score.py`: worlds by name or folder, theories of them, or two score folders; the first is the base."""

    worlds: tuple[Place, ...] = Field(default=(), strict=False)
    theories: tuple[Name, ...] = Field(default=(), strict=False)
    compare: tuple[Place, ...] = Field(default=(), strict=False)
    figures: bool = True


class ListOptions(Frozen):
    """Of `list.py`: where results lie."""

    output: Place = "results"


def take_options(values: dict[str, Any], kind: type[Options]) -> tuple[Options, dict[str, Any]]:
    """Return a script's own settings, checked, and the others; raise ConfigError with a line for each fault."""
    own = {key: values[key] for key in kind.model_fields if key in values}
    try:
        options = kind.model_validate(own)
    except ValidationError as error:
        raise ConfigError(fault_lines(error)) from None
    return options, {key: value for key, value in values.items() if key not in own}
