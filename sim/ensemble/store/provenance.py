"""Tell what results depend on and what they were made with: digests, versions, commit, machine."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import subprocess
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.core.jit import source_digest
from sim.world.scenario import Scenario

PACKAGES = ("numpy", "numba", "pandas", "pyarrow", "mesa", "spillover")
FORMAT = 5  # of the stored tables; raised when the same runs would be stored otherwise
_ROOT = Path(__file__).resolve().parents[3]
_GIT_PATHS = ("sim", "conf", "experiments")


@functools.cache  # of the code as it was loaded, should somebody edit it meanwhile
def model_digest() -> str:
    """Return a digest of all code that numbers depend on: core, compilers, and the loader of worlds."""
    digest = hashlib.sha256(f"{FORMAT} {source_digest()}".encode())
    for path in sorted((_ROOT / "sim" / "world").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def config_digest(scenario: Scenario) -> str:
    """Return a digest of everything that the tables of an ensemble depend on.

    Workers, chunks and executor are left out, since the tables are the same whatever they are; so is the path
    of the world's folder, since its content counts, and so is the number of runs, which can be raised later; only where
    runs are added until some precision is reached does it count, as the first look.

    Parameters
    ----------
    scenario
        What is to be run.
    """
    config = scenario.config.model_dump(mode="json")
    ensemble = config["ensemble"]
    counted = ("seed", "traces", *(("runs", "until", "max_runs") if ensemble["until"] else ()))
    content = {
        "model": model_digest(),
        "scenario": config["scenario"],
        "world": [config["world"]["name"], scenario.tables.digest],
        "horizon_days": scenario.horizon_days,
        "channels": config["channels"],
        "rules": config["rules"],
        "uncertainty": _uncertainty(scenario),
        "ensemble": {name: ensemble[name] for name in counted},
        "weights": _weights(scenario),
        **({"living": scenario.living.digest} if scenario.living is not None else {}),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _weights(scenario: Scenario) -> dict[str, float] | bool:
    """Return what gives runs their weights, or whether they might have some."""
    tilt = scenario.config.tilt
    return scenario.config.weights if tilt is None else asdict(tilt)


def _uncertainty(scenario: Scenario) -> dict[str, Any] | None:
    """Return what runs draw their parameters from; of a file its content counts, wherever it lies."""
    if not scenario.is_uncertain:
        return None
    told = scenario.config.uncertainty.model_dump(mode="json", exclude={"file"})
    return told if scenario.posterior is None else told | {"posterior": scenario.posterior.digest}


def versions() -> dict[str, str | None]:
    """Return the versions of what computes, null for what is used without being installed."""
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str | None:
    """Return the version of an installed package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def git_state() -> dict[str, Any]:
    """Return the commit of the project and whether its files differ from it; null outside its repository."""
    # The project may lie, installed, inside the repository of another one, whose commit says nothing.
    if _git("ls-files", "--error-unmatch", "sim/__init__.py") is None:
        return {"git_commit": None, "git_dirty": None}
    changes = _git("status", "--porcelain", "--", *_GIT_PATHS)
    return {"git_commit": _git("rev-parse", "HEAD"), "git_dirty": None if changes is None else changes != ""}


def _git(*arguments: str) -> str | None:
    """Return what git says about the project, None where it cannot."""
    try:
        done = subprocess.run(
            ["git", "-C", str(_ROOT), *arguments],  # noqa: S607 - whichever git the user has
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def machine() -> dict[str, Any]:
    """Return what kind of machine this is, without a name of it or of its user."""
    return {"os": platform.system(), "cpu_count": os.cpu_count(), "arch": platform.machine()}
