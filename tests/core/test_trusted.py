"""Compiled code that is not what was written is made again: nothing of it is loaded, and nobody sees a traceback."""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import pytest
from numba.core import caching

from sim.core import jit
from sim.core.trusted import TrustedFile, is_whole, trust

pytestmark = pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")
SOURCE = """
import numba

@numba.njit(cache=True)
def twice(x):
    return x + x
"""
Captured = pytest.CaptureFixture[str]
Start = Callable[[], Any]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Return what imports a small module anew, as a new process would, with a cache of its own."""
    path = tmp_path / "small.py"
    path.write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(caching, "IndexDataCacheFile", caching.IndexDataCacheFile)
    trust(tmp_path / "cache")

    def imported() -> Any:
        spec = importlib.util.spec_from_file_location("small", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.twice

    return imported


def flipped(bit: int) -> Callable[[bytes], bytes]:
    """Return what flips one bit, counted from the beginning or, below 0, from the end."""

    def change(content: bytes) -> bytes:
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        return bytes(changed)

    return change


FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "one byte": lambda content: content[:1],
    "cut in half": lambda content: content[: len(content) // 2],
    "cut by a byte": lambda content: content[:-1],
    "longer": lambda content: content + b"\0",
    "something else": lambda content: os.urandom(len(content)),
    "zeros": lambda content: bytes(len(content)),
    **{f"bit {bit}": flipped(bit) for bit in (0, 50, 1000, 2024, -1, -256, -257, -1500)},
}


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_file_is_made_again_with_one_line(fault: str, kind: str, start: Start, capfd: Captured) -> None:
    assert start()(3) == 6
    (path,) = Path(numba.config.CACHE_DIR).rglob(f"*.{kind}")
    path.write_bytes(FAULTS[fault](path.read_bytes()))
    assert not is_whole(path)
    again = start()
    assert again(3) == 6
    assert sum(again.stats.cache_hits.values()) == 0
    (line,) = capfd.readouterr().err.splitlines()
    assert line.endswith("compiled code is damaged; it is made again")
    assert is_whole(path)
    warm = start()
    assert warm(3) == 6
    assert sum(warm.stats.cache_hits.values()) == 1
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_a_file_that_is_gone_is_made_again_without_a_word(kind: str, start: Start, capfd: Captured) -> None:
    assert start()(3) == 6
    (path,) = Path(numba.config.CACHE_DIR).rglob(f"*.{kind}")
    path.unlink()
    assert start()(3) == 6
    assert capfd.readouterr().err == ""


def test_other_types_are_kept_beside_the_first(start: Start) -> None:
    assert (start()(3), start()(1.5)) == (6, 3.0)
    assert len(list(Path(numba.config.CACHE_DIR).rglob("*.nbc"))) == 2
    warm = start()
    assert (warm(3), warm(1.5)) == (6, 3.0)
    assert sum(warm.stats.cache_hits.values()) == 2


def test_the_model_is_kept_this_way() -> None:
    from sim.core.engine import live_runs  # noqa: PLC0415 - compiled code of the whole model

    assert isinstance(live_runs._cache._cache_file, TrustedFile)
    assert Path(live_runs._cache.cache_path).is_relative_to(jit.FOLDER)
