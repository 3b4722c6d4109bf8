"""What all models of a configuration share: strictness, plain names, and the error that lists their faults."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(min_length=1, max_length=40)]
# Names become parts of folders, so nothing in them may lead elsewhere.
Name = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Count = Annotated[int, Field(ge=1)]


class ConfigError(ValueError):
    """Everything that is wrong with a configuration, a line each."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


class Frozen(BaseModel):
    """Forbid unknown keys, silent conversions, changes, and numbers that are none."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
