"""Print what came of a command, draw its figures once, and write its report."""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console, RenderableType

from sim.ensemble.run.reporter import Reporter
from sim.ensemble.store.manifest import write_manifest

WIDTH = 120  # of tables that no terminal limits
PLAIN = {"–": "-", "−": "-", "±": "+/-", "…": "...", "▲": "^", "▼": "v"}


def print_tables(tables: RenderableType) -> None:
    """Print tables as wide as the terminal, or as a page where there is none; their text is no markup."""
    use_plainer_signs(sys.stdout)
    Console(width=None if Console().is_terminal else WIDTH, markup=False, emoji=False).print(tables)


def use_plainer_signs(output: TextIO) -> None:
    """Let what an encoding has no sign for be written in plainer ones."""
    codecs.register_error("plainer", _plainer)
    if isinstance(output, io.TextIOWrapper):
        output.reconfigure(errors="plainer")


def draw_once(folder: Path, manifest: dict[str, Any], draw: Callable[[], Sequence[Path]], reporter: Reporter) -> None:
    """Draw figures, unless an earlier call of the command has drawn them all; the manifest lists them.

    Parameters
    ----------
    folder, manifest
        Where the results lie, and what they tell about themselves.
    draw
        Writes the figures and returns their paths.
    reporter
        Who tells that it takes a while.
    """
    drawn = manifest.get("figures") or []
    if drawn and all((folder / name).is_file() for name in drawn):
        return
    reporter.note("drawing figures")
    manifest["figures"] = [path.relative_to(folder).as_posix() for path in draw()]
    write_manifest(folder, manifest)


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """Return plain signs for those that an encoding lacks: letters without what stands above them, else a mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    letters = (unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?" for sign in lacking)
    return "".join(PLAIN.get(sign, letter) for sign, letter in zip(lacking, letters, strict=True)), error.end
