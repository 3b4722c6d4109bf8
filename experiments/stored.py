"""Make anew what pages show and nobody can compute while they are built: a figure, examples, outputs of notebooks."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import sim
from sim.study.explain.chronicle import explain
from sim.study.explain.keep import necessary
from sim.tell.comparison_summary import UNCHANGED, sections
from sim.tell.section import Section
from sim.tell.summary import markdown_table

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "figures"
HOWTO = ROOT / "docs" / "howto"
NOTEBOOKS = ROOT / "experiments" / "notebooks"
SHOWN = ("level_by_neighbour",)
ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # in memory: another one each time, and nothing to read
CELL_SECONDS = 600
SCENARIOS = ("offensive_2024", "patrons_leave")
COMPARED, ASKED = 2000, 500  # runs of the examples; pages say so


def draw_figures() -> None:
    """Draw the figures of the default run."""
    ensemble = sim.run(sim.load_scenario("offensive_2024"))
    for name in SHOWN:
        _, vectors = ensemble.plot(name).save(FIGURES / name)
        vectors.unlink()


def run_notebooks() -> None:
    """Run all notebooks and keep what they show; they find no results that somebody else has stored."""
    import nbformat  # noqa: PLC0415 - tools of development, which only this part needs
    from nbclient import NotebookClient  # noqa: PLC0415

    with TemporaryDirectory() as checkout:
        place = Path(checkout) / "experiments" / "notebooks"  # results go to ../../results
        place.mkdir(parents=True)
        resources = {"metadata": {"path": str(place)}}
        for path in sorted(NOTEBOOKS.glob("*.ipynb")):
            notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
            client = NotebookClient(notebook, timeout=CELL_SECONDS, resources=resources, record_timing=False)
            client.execute()
            for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
                if "text/plain" in output.get("data", {}):
                    output["data"]["text/plain"] = ADDRESS.sub("", output["data"]["text/plain"])
            nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def examples() -> dict[Path, dict[str, str]]:
    """Return what how-to pages show of commands that take a while, by page and part."""
    pair = [sim.run(sim.load_scenario(name, {"ensemble.runs": COMPARED})) for name in SCENARIOS]
    overview, _, changes = sections(sim.compare(*pair))
    scenario, seed = pair[0].scenario, pair[0].scenario.config.ensemble.seed
    history = explain(scenario, seed, 0)
    needed, *_ = necessary(scenario, seed, ASKED)
    event = [*history.about(kind="flight"), *history.about(kind="fall")][:1]
    told = {"event": history.text(event), "needed": f"{needed.text}."}
    return {
        HOWTO / "compare.md": {"overview": titled(overview), "changes": titled(differing(changes))},
        HOWTO / "explain.md": {name: f"```text\n{text}\n```" for name, text in told.items()},
    }


def differing(section: Section) -> Section:
    """Return the rows of a comparison's table in which any run differs."""
    rows = [row for row in zip(*(column.cells for column in section.columns), strict=True) if row[-1] != UNCHANGED]
    return Section.of_rows(section.title, section.header, rows)


def titled(section: Section) -> str:
    """Return a table below its title."""
    return f"{section.title}:\n\n{markdown_table(section)}"
