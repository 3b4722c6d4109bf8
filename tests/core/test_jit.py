"""The cache of compiled code: a folder that can be written and is the user's own, whatever else cannot be."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.core import jit

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "sim" / "core"


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return an empty folder for temporary files of a user who has chosen no cache."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(jit.tempfile, "tempdir", str(folder))
    monkeypatch.setattr(jit._numba_config, "CACHE_DIR", "")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    return folder


def test_the_chosen_folder_comes_first_then_the_users_cache(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert jit.cache_folder() == tmp_path / "home" / ".cache" / "spillover" / jit.source_digest()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert jit.cache_folder().is_relative_to(tmp_path / "xdg")
    monkeypatch.setattr(jit._numba_config, "CACHE_DIR", str(tmp_path / "chosen"))
    assert jit.cache_folder().is_relative_to(tmp_path / "chosen")
    assert list(temporary.iterdir()) == []


def test_without_a_home_that_can_be_written_the_cache_is_temporary(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    assert jit.cache_folder().parent == temporary / f"spillover-{os.getuid()}"
    assert jit.cache_folder() == jit.cache_folder()


def test_a_user_without_a_home_has_a_cache(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_knows(_: Path) -> Path:
        message = "Could not determine home directory."
        raise RuntimeError(message)

    monkeypatch.setattr(Path, "expanduser", nobody_knows)
    assert jit.cache_folder().is_relative_to(temporary)


def test_a_temporary_cache_of_somebody_else_is_left_alone(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = os.getuid() + 1
    (temporary / f"spillover-{other}").mkdir()
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setattr(jit.os, "getuid", lambda: other)
    own = jit.cache_folder().parent
    assert own.parent == temporary
    assert own.name != f"spillover-{other}"
    assert own.stat().st_mode & 0o077 == 0


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")
def test_a_command_runs_where_neither_home_nor_cache_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR"), str(tmp_path / "file"))
    warm = {"TMPDIR": str(tmp_path)}
    (tmp_path / f"spillover-{os.getuid()}").mkdir()
    (tmp_path / f"spillover-{os.getuid()}" / jit.FOLDER.name).symlink_to(jit.FOLDER)  # compiling again takes a minute
    line = [sys.executable, "experiments/run.py", "world=liberia_2003", "ensemble.runs=4", "horizon_days=3"]
    environment = {k: v for k, v in os.environ.items() if k != "NUMBA_CACHE_DIR"} | blocked | warm
    done = subprocess.run(
        [*line, f"output={tmp_path}/results"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert (Path(done.stdout.splitlines()[-1]) / "runs.parquet").exists()


def test_no_rule_or_phase_takes_a_power_by_its_sign() -> None:
    """Compiled, x**2 is a product; NumPy's power, which plain Python meets, may differ from that in the last bit."""
    for path in (*(CORE / "rules").glob("*.py"), *(CORE / "phases").glob("*.py")):
        powers = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.BinOp)]
        assert not [node.lineno for node in powers if isinstance(node.op, ast.Pow)], path.name
