"""The command that writes a report from stored results."""

from pathlib import Path

import pytest

from experiments import report, run
from experiments.launch import main


@pytest.mark.slow
def test_it_tells_typical_histories_unless_told_not_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = ["ensemble.runs=20", "ensemble.traces=1", "horizon_days=20", "figures=false", f"output={tmp_path}"]
    assert main(run.SCRIPT, few) == 0
    folder = capsys.readouterr().out.splitlines()[-1]
    pages = []
    for more in ([], ["histories=false"]):
        assert main(report.SCRIPT, [f"results=[{folder}]", f"path={tmp_path / 'report.html'}", *more]) == 0
        pages.append(Path(capsys.readouterr().out.splitlines()[-1]).read_text(encoding="utf-8"))
    assert ['id="told"' in page for page in pages] == [True, False]
