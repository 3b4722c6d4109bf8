"""What all models of a configuration share: strictness, plain names, and the error that lists their faults."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from sim.world.faults import shown

HIDDEN = "hidden"  # kind of a fault whose value is not to be shown
MAX_LINE = 2_000  # characters of a line about a fault, which may quote any key

Id = Annotated[str, Field(min_length=1, max_length=40)]
# Names become parts of folders, so nothing in them may lead elsewhere.
Name = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Count = Annotated[int, Field(ge=1)]
# What a text that people read must not hold: it would move their cursor, break a table, be no XML, or (from u061c on)
# turn what stands beside it into another direction. Arabic and Hebrew are written without: letters know theirs.
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
CONTROL = re.compile(f"[{_CONTROL}]")
PLAIN = f"^[^{_CONTROL}]*$"
PROSE = rf"^(?:[^{_CONTROL}]|[\t\n])*$"  # text of several lines


def _leads_somewhere(text: str) -> str:
    """Return the text of a path; raise ValueError where no system could follow it."""
    try:
        Path(text).expanduser().stat()
    except OSError:
        return text  # whoever opens it tells why it cannot be opened
    except (ValueError, RuntimeError):
        message = "must be a path; a home is ~ or that of a user whom this machine knows"
        raise ValueError(message) from None
    return text


def _tells_no_secret(text: str) -> str:
    """Return the text of an address; refuse one with a password or query, which results would tell."""
    try:
        parts = urlsplit(text)
        is_telling = parts.password is not None or bool(parts.query)
    except ValueError:
        is_telling = "@" in text  # whoever connects tells what is wrong
    if is_telling:
        message = "must hold no password and no query, which results would tell; set them in the environment"
        raise PydanticCustomError(HIDDEN, message)
    return text


Address = Annotated[str, Field(min_length=1, pattern=PLAIN), AfterValidator(_tells_no_secret)]
Place = Annotated[str, Field(min_length=1, pattern=PLAIN), AfterValidator(_leads_somewhere)]


class ConfigError(ValueError):
    """Everything that is wrong with a configuration, a line each."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = [shown(line, MAX_LINE) for line in lines]
        super().__init__("\n".join(self.lines))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[list[str]]]:
        """Let the error travel between worker processes with its lines."""
        return type(self), (self.lines,)


class Frozen(BaseModel):
    """Forbid unknown keys, silent conversions, changes, and numbers that are none."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
