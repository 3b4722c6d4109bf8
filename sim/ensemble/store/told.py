"""Judge what a manifest tells: it may come from anybody, and all that is read later trusts it.

A manifest keeps more than is judged here; what is not asked for is not looked at.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from sim.world.config import MAX_RUNS
from sim.world.frozen import PLAIN, Count, Id
from sim.world.limits import MAX_FACTIONS, MAX_HORIZON_DAYS, MAX_LOCATIONS, MAX_STATES

MOST_POINTS = 1_000_000  # of a sweep
MOST_VECTORS = 100_000_000  # of a calibration, bred ones included
_ORDER = Field(strict=False)  # JSON has lists where we have tuples
Text = Annotated[str, Field(max_length=100_000, pattern=PLAIN)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FigureName = Annotated[str, Field(pattern=r"^figures/[A-Za-z0-9_][A-Za-z0-9_.-]*\.(png|svg)$")]
Ids = Annotated[tuple[Id, ...], _ORDER]
Figures = dict[FigureName, Digest]


class Part(BaseModel):
    """Forbid silent conversions; a manifest of another version may tell more."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)


class ToldNames(Part):
    """Ids that the tables use."""

    locations: Annotated[Ids, Field(max_length=MAX_LOCATIONS)]
    factions: Annotated[Ids, Field(max_length=MAX_FACTIONS)]
    states: Annotated[Ids, Field(max_length=MAX_STATES)]
    neighbours: Annotated[Ids, Field(max_length=MAX_STATES)]


class ToldEnsemble(Part):
    """How much of an ensemble is kept."""

    traces: int = Field(ge=0, le=10_000)


class ToldUncertainty(Part):
    """How many runs are lived twice."""

    twins: int = Field(ge=0, le=MAX_RUNS)


class ToldConfig(Part):
    """What the number of rows depends on; all else is judged where the scenario is built again."""

    horizon_days: int = Field(ge=1, le=MAX_HORIZON_DAYS)
    ensemble: ToldEnsemble
    uncertainty: ToldUncertainty


class ToldMachine(Part):
    """What kind of machine computed."""

    os: Text
    cpu_count: int | None
    arch: Text


class Told(Part):
    """What the manifest of any job tells from its beginning on."""

    command: str = Field(max_length=100_000)
    config: ToldConfig
    config_digest: Digest
    world_digest: Digest
    model_digest: Digest
    names: ToldNames
    seed: int = Field(ge=0, lt=2**63)
    runs: int = Field(ge=1, le=MAX_RUNS)
    versions: dict[Text, Text | None]
    git_commit: Text | None
    git_dirty: bool | None
    machine: ToldMachine
    workers: Count
    started: Text
    figures: Figures


class ToldPrecision(Part):
    """Which half-width of an interval was asked for, and which was reached; none where every run failed."""

    half_width_asked: float
    half_width: float = Field(allow_inf_nan=True)
    is_met: bool


class ToldResults(Told):
    """What the manifest of a finished ensemble tells."""

    runs_failed: int = Field(ge=0, le=MAX_RUNS)
    precision: dict[Text, ToldPrecision] = Field(default_factory=dict)
    tables: dict[Text, Digest]
    summary: Digest


class ToldSweep(Told):
    """What the manifest of a finished sweep tells."""

    factors: Annotated[tuple[Text, ...], _ORDER, Field(min_length=1)]
    points: int = Field(ge=1, le=MOST_POINTS)
    tables: dict[Text, Digest]


class ToldCalibration(Told):
    """What the manifest of a finished calibration tells."""

    study_digest: Digest
    parameters: dict[Text, Annotated[tuple[float, float], _ORDER]] = Field(min_length=1)
    vectors_tried: int = Field(ge=1, le=MOST_VECTORS)
    tables: dict[Text, Digest]


class ToldDrawn(Part):
    """What the manifest of a comparison tells of its figures, and of the table that they show."""

    tables: dict[Text, Digest]
    figures: Figures


Model = TypeVar("Model", bound=Part)
