"""Show a figure in a notebook at the size at which it is read, and save it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure

from sim.show.kit.page import save
from sim.show.kit.theme import styled
from sim.world.text import place

DPI = 100  # on a screen; files have more


class Plot:
    """Hold a finished figure; as the last value of a notebook's cell it is shown.

    Parameters
    ----------
    figure
        A Matplotlib figure.
    """

    def __init__(self, figure: Figure) -> None:
        self.figure = figure

    def save(self, stem: Path | str) -> list[Path]:
        """Write it as PNG and as SVG, and return the two paths.

        Parameters
        ----------
        stem
            Path without the ending.
        """
        return save(self.figure, place(stem))

    def _repr_png_(self) -> bytes:
        """Return it as a notebook shows it."""
        file = BytesIO()
        with styled():
            self.figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
        return file.getvalue()
