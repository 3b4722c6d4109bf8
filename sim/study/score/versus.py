"""Put two score folders beside each other: whether a variant helps, family by family, paired by world.

Both score the same items against the same record, so that what differs is the variant. Its gain is what is saved of the
base's score; its interval comes from drawing whole worlds anew, each with both its scores.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.core.outputs import Kind, output
from sim.ensemble.store.folders import DIGEST_LENGTH
from sim.ensemble.store.manifest import store_frames
from sim.ensemble.store.provenance import versions
from sim.ensemble.store.results import COMPLETE
from sim.ensemble.store.schema import Names, schema_of
from sim.study.score.board import ITEM, MODEL, skill_interval
from sim.study.score.families import FAMILIES
from sim.study.score.folder import Scored
from sim.study.score.score import Settings
from sim.world.frozen import ConfigError

GAINS = "gains"
HELPS, HURTS, OPEN = "helps", "hurts", "cannot be told"


class GainRow:
    """A family and a rule in both folders, in ``gains.parquet``."""

    family: str = output(Kind.TEXT, "", "which family of numbers")
    rule: str = output(Kind.TEXT, "", "how it is scored")
    n: int = output(Kind.COUNT, "items", "how many both have")
    worlds: int = output(Kind.COUNT, "worlds", "in how many worlds")
    base: float = output(Kind.INDEX, "of the rule", "mean score of the base", "smaller is better")
    variant: float = output(Kind.INDEX, "of the rule", "mean score of the variant")
    gain: float = output(
        Kind.INDEX, "share", "1 - variant / base", "above 0 the variant is better", null="base scores 0"
    )
    gain_low: float = output(Kind.INDEX, "share", "lower end of its 90 % interval", "over worlds", null="one world")
    gain_high: float = output(Kind.INDEX, "share", "upper end", null="one world")
    worlds_better: int = output(Kind.COUNT, "worlds", "worlds in which the variant scores better")
    worlds_worse: int = output(Kind.COUNT, "worlds", "worlds in which it scores worse")
    verdict: str = output(Kind.TEXT, "", "`helps`, `hurts` or `cannot be told` by that interval")


SCHEMA = schema_of(GainRow, Names())


@dataclass(frozen=True, eq=False)
class Versus:
    """Hold two score folders beside each other.

    Parameters
    ----------
    folder, manifest
        Where the comparison lies, and what it was made from.
    base, variant
        The scores.
    table
        A row for each family and rule that both have.
    """

    folder: Path
    manifest: dict[str, Any]
    base: Scored
    variant: Scored
    table: pd.DataFrame

    @property
    def names(self) -> tuple[str, str]:
        """Return what base and variant are called: by their folders."""
        return self.base.folder.resolve().name, self.variant.folder.resolve().name


def versus(base: Scored, variant: Scored, output_folder: Path, command: str) -> Versus:
    """Return whether a variant helps.

    Parameters
    ----------
    base, variant
        Scores of at least one world that both have.
    output_folder
        Folder for all results.
    command
        The command that makes it again.

    Raises
    ------
    ConfigError
        If they have no world in common, or differ in what is scored and how.
    """
    check_alike(base, variant)
    digests = [scored.manifest["config_digest"] for scored in (base, variant)]
    digest = hashlib.sha256(" ".join(digests).encode()).hexdigest()
    manifest = {
        "status": COMPLETE,
        "scores": [str(scored.folder.resolve()) for scored in (base, variant)],
        "config_digest": digest,
        "command": command,
        "versions": versions(),
        "figures": {},
    }
    folder = output_folder / "score" / f"versus-{digest[:DIGEST_LENGTH]}"
    return Versus(folder, manifest, base, variant, gains(base.scores.table, variant.scores.table))


def check_alike(base: Scored, variant: Scored) -> None:
    """Raise ConfigError where two folders were not scored alike, or have no world in common."""
    names = [scored.folder.name for scored in (base, variant)]
    faults = [
        f"{names[1]} cannot be compared with {names[0]}: {text} differ; score both again with one version"
        for key, text in (("scoring", "the definitions of scores"), ("records", "the records of what happened"))
        if base.manifest[key] != variant.manifest[key]
    ]
    common = base.worlds.keys() & variant.worlds.keys()
    faults += [
        f"{world}: its record differs between {names[0]} and {names[1]}; score both again"
        for world in sorted(common)
        if base.worlds[world]["record_digest"] != variant.worlds[world]["record_digest"]
    ]
    if base.manifest["config_digest"] == variant.manifest["config_digest"]:
        faults.append(f"{names[1]} and {names[0]} hold the same scores; name a variant beside its base")
    if not common:
        faults.append(f"{names[1]} and {names[0]} have no world in common")
    if faults:
        raise ConfigError(faults)


def gains(base: pd.DataFrame, variant: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each family and rule.

    Parameters
    ----------
    base, variant
        Scores by item.
    """
    key = ["family", "rule", *ITEM]
    one, other = (table[table["forecast"] == MODEL].set_index(key)["score"] for table in (base, variant))
    both = pd.DataFrame({"base": one, "variant": other}).dropna()
    order = {family.name: i for i, family in enumerate(FAMILIES)}
    groups = both.reset_index(["family", "rule"]).groupby(["family", "rule"])
    rows = [(family, rule, *_gain(rows[["base", "variant"]])) for (family, rule), rows in groups]
    table = pd.DataFrame(rows, columns=SCHEMA.names)
    return table.sort_values("family", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def store_versus(found: Versus) -> None:
    """Write a comparison and its manifest; figures stay that were drawn of the same table."""
    store_frames(found.folder, found.manifest, {GAINS: found.table}, {GAINS: SCHEMA})


def _gain(rows: pd.DataFrame) -> tuple[object, ...]:
    """Return what a variant changes in some items, by world and item."""
    how, by_world = Settings(), rows.groupby(level="world").sum()
    low, high = skill_interval(rows["variant"], rows["base"], how.resamples, how.seed)
    mean = rows.mean()
    gain = 1.0 - mean["variant"] / mean["base"] if mean["base"] > 0.0 else None
    better = by_world["variant"] < by_world["base"]
    worse = by_world["variant"] > by_world["base"]
    told = HELPS if low > 0.0 else HURTS if high < 0.0 else OPEN
    counts = (len(rows), len(by_world), mean["base"], mean["variant"], gain, low, high)
    return *counts, int(better.sum()), int(worse.sum()), told
