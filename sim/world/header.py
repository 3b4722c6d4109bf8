"""The frame of a world, `world.yaml`: which state is contested, by whom, from when, and for how long."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from sim.world.columns import ID_CURE, ID_PATTERN
from sim.world.faults import Fault, WorldError, file_fault, suggestion
from sim.world.frozen import PLAIN, PROSE
from sim.world.limits import MAX_HEADER_BYTES, MAX_HORIZON_DAYS, MAX_STATES
from sim.world.reading import read_text
from sim.world.schema import HEADER_FILE
from sim.world.text import Document, YamlError, read_yaml

Id = Annotated[str, Field(pattern=f"^{ID_PATTERN}$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MAX_BITS = 64  # Python refuses to write out very long integers


def _as_date(value: object) -> object:
    """Return the date that a text is, or the value as it is."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DATE.fullmatch(value) else value
    except ValueError:
        return value


Day = Annotated[date, BeforeValidator(_as_date)]


class WorldHeader(BaseModel):
    """State the frame of a world; the descriptions of the fields are what messages advise."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: str = Field(min_length=1, max_length=200, pattern=PLAIN, description="give a short title")
    day0: Day = Field(description="write the first day as YYYY-MM-DD")
    horizon_days: int = Field(ge=1, le=MAX_HORIZON_DAYS, description=f"give 1 to {MAX_HORIZON_DAYS} days")
    contested_state: Id = Field(description="give an id of states.csv")
    regime: Id = Field(description="give the id of the regime's main force in factions.csv")
    challenger: Id | None = Field(description="give an id of factions.csv, or null for no challenger")
    capital: Id = Field(description="give an id of locations.csv")
    neighbours: tuple[Id, ...] = Field(
        strict=False,
        max_length=MAX_STATES,
        description="give a list of ids of states.csv",
    )
    map: FileName | None = Field(default=None, description="give the name of a file in the folder, without a path")
    note: str | None = Field(default=None, pattern=PROSE, description="give a text")


@dataclass(frozen=True)
class Frame:
    """Hold a header together with the lines on which its keys stand, for messages."""

    header: WorldHeader
    lines: dict[str, int]

    def fault(self, key: str, value: object, problem: str, cure: str) -> Fault:
        """Return a fault of one key."""
        return Fault(HEADER_FILE, self.lines.get(key), key, value, problem, cure)


def read_header(folder: Path) -> Frame:
    """Return the header of a world's folder; raise WorldError with every fault in it."""
    lines, document = _load(folder, read_text(folder, HEADER_FILE, MAX_HEADER_BYTES))
    faults = [
        Fault(HEADER_FILE, line, key, None, f"repeats line {first}", "keep one of the two lines")
        for line, key, first in document.repeats
    ]
    try:
        header = WorldHeader.model_validate(document.values)
    except ValidationError as error:
        faults += [_fault(detail, lines) for detail in error.errors()]
        raise WorldError(folder, faults) from None
    if faults:
        raise WorldError(folder, faults)
    return Frame(header, lines)


def _load(folder: Path, text: str) -> tuple[dict[str, int], Document]:
    """Return the lines of the keys, and what the text says."""
    try:
        document = read_yaml(text)
    except YamlError as error:
        cure = "mend the line, or put its text in quotation marks"
        raise WorldError(folder, [Fault(HEADER_FILE, error.line, None, None, error.problem, cure)]) from None
    if document.lines is None:
        cure = "write lines such as 'title: ...'"
        raise WorldError(folder, [file_fault(HEADER_FILE, "must hold keys and values", cure)])
    return document.lines, document


def _fault(detail: ErrorDetails, lines: dict[str, int]) -> Fault:
    """Return our line for one of pydantic's complaints."""
    key = str(detail["loc"][0])
    problem, cure = _complaint(detail, key)
    value = None if detail["type"] == "missing" else _plain(detail["input"])
    return Fault(HEADER_FILE, lines.get(key), key, value, problem, cure)


def _complaint(detail: ErrorDetails, key: str) -> tuple[str, str]:
    """Return what is wrong with a key, and what to write."""
    known = WorldHeader.model_fields
    if key not in known:
        return "is no known key", suggestion(key, list(known))
    cure = known[key].description or ""
    if detail["type"] == "missing":
        return "is missing", cure
    if detail["type"] == "string_pattern_mismatch":
        plain = {
            "map": ("is no plain file name", cure),
            "title": ("holds a control character or a line break", cure),
            "note": ("holds a control character", cure),
        }
        return plain.get(key, ("is no safe id", ID_CURE))
    return re.sub(r"^\w+ should", "must", detail["msg"]).replace("tuple", "list"), cure


def _plain(value: object) -> str:
    """Return a value in a few words; nested ones are not spelt out, since aliases can make them endless."""
    if isinstance(value, list | dict | set | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        return f"an integer of {value.bit_length()} bits"
    return "null" if value is None else str(value)
