"""The notebooks run from top to bottom, with fewer runs, and show what they were committed with."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "experiments" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path: Path, tmp_path: Path) -> None:
    place = tmp_path / "experiments" / "notebooks"  # results go to ../../results
    place.mkdir(parents=True)
    notebook = nbformat.read(path, as_version=4)
    committed = [_kinds(cell) for cell in notebook.cells]
    for cell in notebook.cells:
        if "ensemble.until" not in cell.source:  # with few runs to begin with, one looks more often
            cell.source = re.sub(r'("ensemble\.runs": )\d+', r"\g<1>40", cell.source)
    resources = {"metadata": {"path": str(place)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    assert [_kinds(cell) for cell in notebook.cells] == committed


def _kinds(cell: nbformat.NotebookNode) -> list[str]:
    """Return what kinds of output a cell has; warnings would be streams."""
    return [kind for output in cell.get("outputs", []) for kind in sorted(output.get("data", [output.output_type]))]


def test_there_are_five_notebooks_with_their_outputs() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05"]
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        assert any(cell.get("outputs") for cell in cells)
        assert not any(output.output_type == "error" for cell in cells for output in cell.get("outputs", []))
        assert path.stat().st_size < 500_000
