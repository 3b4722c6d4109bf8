"""Show what came of a command: tables, figures, a report, and as the last line the folder.

The results are stored by then. A fault in one of these is told in one line and costs only itself.
"""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
from rich.console import Console, RenderableType

from sim.ensemble.run.reporter import Reporter
from sim.ensemble.store.files import file_digest, is_whole
from sim.ensemble.store.manifest import write_manifest
from sim.show.figures import Sheet, draw_files, drawable, left_out

WIDTH = 120  # of tables that no terminal limits
PLAIN = {"–": "-", "−": "-", "±": "+/-", "…": "...", "▲": "^", "▼": "v"}
EXIT_FAULTY = 1


@dataclass
class Showing:
    """Show one result folder.

    Parameters
    ----------
    folder, manifest
        Where the results lie, and what they tell about themselves.
    reporter
        Who tells what takes a while, and what went wrong.
    is_whole
        Whether nothing went wrong so far.
    """

    folder: Path
    manifest: dict[str, Any]
    reporter: Reporter
    is_whole: bool = True

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Tell in one line what goes wrong in the block; whatever it is, the results stand."""
        try:
            yield
        except BrokenPipeError:
            raise  # nobody reads any more
        except Exception as error:  # noqa: BLE001 - as above
            self.is_whole = False
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            self.reporter.note(f"{what}: left out ({reason}); the results are stored, and the same command tries again")

    def tables(self, tables: Callable[[], RenderableType]) -> None:
        """Print the tables that sum it up."""
        with self.step("the summary"):
            print_tables(tables())
        pa.default_memory_pool().release_unused()  # what tables of many runs took, before figures take their own

    def figures(self, sheets: Callable[[], Iterable[Sheet]], *, tells_left_out: bool = False) -> None:
        """Draw the figures that are missing or not as they were drawn; the manifest lists them with their digests.

        Parameters
        ----------
        sheets
            Returns the figures.
        tells_left_out
            Whether it is told which have nothing to show.
        """
        drawn = self.manifest["figures"]
        whole = {name: digest for name, digest in drawn.items() if is_whole(self.folder / name, digest)}
        with self.step("figures"):
            known = list(sheets())
            wanted = {name: sheet for name, sheet in drawable(known).items() if not _is_drawn(name, drawn, whole)}
            if wanted:
                self.reporter.note("drawing figures")
            for name, sheet in wanted.items():
                with self.step(f"figure {name}"):
                    paths = draw_files([sheet], self.folder)
                    whole |= {path.relative_to(self.folder).as_posix(): file_digest(path) for path in paths}
            if whole != drawn:
                self.manifest["figures"] = dict(sorted(whole.items()))
                write_manifest(self.folder, self.manifest)
            for line in left_out(known) if tells_left_out else ():
                self.reporter.note(line)

    def report(self, write: Callable[[], Path]) -> None:
        """Write a page and tell where it is."""
        with self.step("report"):
            path = write().resolve()
            self.reporter.note(f"{path.stem}: {path}")

    def end(self) -> None:
        """Print the folder as the last line; end with the status of a failure where something went wrong."""
        print(self.folder.resolve())
        if not self.is_whole:
            raise SystemExit(EXIT_FAULTY)


def print_tables(tables: RenderableType) -> None:
    """Print tables as wide as the terminal, or as a page where there is none; their text is no markup."""
    use_plainer_signs(sys.stdout)
    width = None if Console().is_terminal else WIDTH
    Console(width=width, markup=False, emoji=False).print(tables)


def _is_drawn(name: str, drawn: Iterable[str], whole: Iterable[str]) -> bool:
    """Tell whether all files of a figure are as they were drawn."""
    files = {file for file in drawn if Path(file).stem == name}
    return bool(files) and files <= {*whole}


def use_plainer_signs(output: TextIO) -> None:
    """Let what an encoding has no sign for be written in plainer ones."""
    codecs.register_error("plainer", _plainer)
    if isinstance(output, io.TextIOWrapper):
        output.reconfigure(errors="plainer")


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """Return plain signs for those that an encoding lacks: letters without what stands above them, else a mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    letters = (unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?" for sign in lacking)
    return "".join(PLAIN.get(sign, letter) for sign, letter in zip(lacking, letters, strict=True)), error.end
