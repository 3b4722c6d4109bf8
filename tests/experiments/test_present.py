"""Whatever the output can write: tables come in plainer signs, and the folder as the last line."""

import io
import sys
from pathlib import Path

import pytest

from experiments import launch, present
from experiments import run as script
from experiments.run import SCRIPT

SMALL = ["world=liberia_2003", "ensemble.runs=20", "horizon_days=20", "ensemble.traces=0"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_an_encoding_that_lacks_signs_costs_no_line(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "draw_files", lambda *_: [])
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    assert launch.main(SCRIPT, [*SMALL, f"output='{tmp_path}/Ergebnisse-Łódź'"]) == 0
    lines = written.getvalue().decode(encoding).splitlines()
    dash = "-" if encoding in ("ascii", "latin-1") else "\N{EN DASH}"
    assert any(f"10{dash}90 % of runs" in line for line in lines)
    assert "run" in Path(lines[-1]).parts
    assert ("Łódź" in lines[-1]) == (encoding == "utf-8")


def test_signs_become_plain_ones_and_letters_lose_their_marks_only_where_they_must() -> None:
    text = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    present.use_plainer_signs(text)
    text.write("▲ −12 [−14, −10] ±1 Türkiye Łódź 大")
    text.flush()
    text.seek(0)
    assert text.read() == "^ -12 [-14, -10] ±1 Türkiye ?ódz ?"
