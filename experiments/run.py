"""Run one ensemble, or a sweep of them with -m: tables, figures, and the result folder as the last line."""

from __future__ import annotations

import sys

import hydra
from omegaconf import DictConfig

from experiments.launch import CONF, main, run_point


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="run")
def job(config: DictConfig) -> None:
    """Run one composed configuration."""
    run_point(config)


if __name__ == "__main__":
    sys.exit(main(job, "run", sys.argv[1:]))
