"""Let Hypothesis build small worlds: a few states, factions and places with random ties, forces and borders."""

import tempfile
from datetime import date
from pathlib import Path

import pandas as pd
import yaml
from hypothesis import strategies as st

from sim.core.codes import Terrain
from sim.world.config import read_config
from sim.world.scenario import Scenario, build_scenario
from sim.world.schema import PARTICIPATIONS, POLICIES
from sim.world.tables import load_tables

SHARES = st.integers(0, 20).map(lambda twentieth: twentieth / 20)
TIES = st.integers(-20, 20).map(lambda twentieth: twentieth / 20)
MADE_UP = {"reason": "made up", "source": "made up"}


@st.composite
def small_worlds(draw: st.DrawFn, *, days: int = 40) -> Scenario:
    """Draw a world: the contested state AAA with three to six places, one to three neighbours, two to five factions."""
    neighbours = ["BBB", "CCC", "DDD"][: draw(st.integers(1, 3))]
    inside = [f"a{i}" for i in range(draw(st.integers(3, 6)))]
    outside = {f"{state.lower()}0": state for state in neighbours}
    factions = ["crown", "rising", "black", "hill", "guests"][: draw(st.integers(2, 5))]
    frames = {
        "states": _states(draw, ["AAA", *neighbours]),
        "locations": _locations(draw, inside, outside),
        "borders": _borders(draw, inside, outside),
        "deployment": _deployment(draw, factions, [*inside, *outside]),
        "relations": _relations(draw, factions, ["AAA", *neighbours]),
        "neighbours_day0": _neighbours(draw, neighbours),
    }
    frames["factions"] = _factions(draw, factions, neighbours, frames["deployment"])
    frames["control"] = _control(frames["locations"], frames["deployment"])
    header = {
        "title": "A made-up world",
        "day0": date(2000, 1, 1),
        "horizon_days": days,
        "contested_state": "AAA",
        "regime": "crown",
        "challenger": "rising",
        "capital": "a0",
        "neighbours": neighbours,
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "world.yaml").write_text(yaml.safe_dump(header))
        for table, frame in frames.items():
            frame.to_csv(folder / f"{table}.csv", index=False)
        tables = load_tables(folder)
    asked = {"scenario": {"name": "made_up", "question": "Does it add up?"}, "world": {"name": "made_up"}}
    return build_scenario(tables, read_config(asked))


def _states(draw: st.DrawFn, ids: list[str]) -> pd.DataFrame:
    rows = [
        {
            "id": name,
            "name": name,
            "population": draw(st.integers(1, 60)) * 1_000_000,
            "gdp_usd_bn": 10,
            "capacity": draw(SHARES),
            "resolve": draw(SHARES),
            "foreign_workers": draw(st.integers(0, 100_000)),
            "refugees_hosted": draw(st.integers(0, 500_000)),
            **MADE_UP,
        }
        for name in ids
    ]
    rows[0] |= {"foreign_workers": 0, "refugees_hosted": 0}
    return pd.DataFrame(rows)


def _neighbours(draw: st.DrawFn, neighbours: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "state": name,
            "level_day_0": draw(st.integers(0, 2)),
            "policy": draw(st.sampled_from(POLICIES)),
            "participant": draw(st.sampled_from(PARTICIPATIONS)),
            "source": "made up",
        }
        for name in neighbours
    )


def _factions(draw: st.DrawFn, ids: list[str], neighbours: list[str], deployment: pd.DataFrame) -> pd.DataFrame:
    """Count as many fighters as are deployed, half of them for certain, perhaps half as many again."""
    placed = deployment.groupby("faction_id")["fighters"].sum()
    rows = []
    for name in ids:
        fighters = int(placed.get(name, 0))
        rows.append(
            {
                "id": name,
                "name": name,
                "home_state": neighbours[0] if name == "guests" else "AAA",
                "alignment": {"crown": "regime", "black": "jihadist", "guests": "militia"}.get(name, "rebel"),
                "jihadist": int(name == "black" or (name == "rising" and draw(st.booleans()))),
                "fighters_low": fighters // 2,
                "fighters_central": fighters,
                "fighters_high": fighters + fighters // 2,
                "quality": draw(SHARES),
                "morale": draw(SHARES),
                "heavy_weapons": draw(SHARES),
                **MADE_UP,
            }
        )
    return pd.DataFrame(rows)


def _locations(draw: st.DrawFn, inside: list[str], outside: dict[str, str]) -> pd.DataFrame:
    rows = []
    for i, name in enumerate([*inside, *outside]):
        holder = "crown" if i == 0 else draw(st.sampled_from(["crown", "crown", "rising"]))
        rows.append(
            {
                "id": name,
                "name": name,
                "state": outside.get(name, "AAA"),
                "capital_of": "AAA" if i == 0 else outside.get(name, ""),
                "seat": name,
                "lat": 10 + i,
                "lon": 20 + (i * 7) % 5,
                "population": draw(st.integers(1, 4_000_000)),
                "population_year": 2000,
                "terrain": draw(st.sampled_from([ground.name.lower() for ground in Terrain])),
                "military_installations": draw(st.integers(0, 5)),
                "seat_holder": "" if name in outside else holder,
                "note": "",
                "source": "made up",
            }
        )
    return pd.DataFrame(rows)


def _borders(draw: st.DrawFn, inside: list[str], outside: dict[str, str]) -> pd.DataFrame:
    pairs = {tuple(sorted((inside[i], inside[draw(st.integers(0, i - 1))]))) for i in range(1, len(inside))}
    pairs |= {tuple(sorted((draw(st.sampled_from(inside)), name))) for name in outside}
    rows = [
        {
            "a": a,
            "b": b,
            "kind": "international" if {a, b} & set(outside) else "internal",
            "road": draw(st.integers(0, 1)),
            "crossing": draw(st.integers(0, 1)),
            "notes": "",
            "source": "made up",
        }
        for a, b in sorted(pairs)
    ]
    return pd.DataFrame(rows)


def _deployment(draw: st.DrawFn, factions: list[str], places: list[str]) -> pd.DataFrame:
    rows = [{"location_id": "a0", "faction_id": "crown", "fighters": draw(st.integers(1, 20_000))}]
    for faction in factions:
        for place in draw(st.sets(st.sampled_from(places), max_size=4)):
            if (place, faction) != ("a0", "crown"):
                people = draw(st.integers(0, 20_000))
                rows.append({"location_id": place, "faction_id": faction, "fighters": people})
    return pd.DataFrame(rows)


def _control(locations: pd.DataFrame, deployment: pd.DataFrame) -> pd.DataFrame:
    """Give each holder most of its place, and others who stand there an equal part of the rest."""
    rows = []
    for place, holder in zip(locations["id"], locations["seat_holder"], strict=True):
        others = [f for f in deployment.loc[deployment["location_id"] == place, "faction_id"] if f != holder]
        if holder:
            rows.append({"location_id": place, "faction_id": holder, "share": 0.7 if others else 1.0})
            rows += [{"location_id": place, "faction_id": f, "share": round(0.3 / len(others), 6)} for f in others]
    return pd.DataFrame(rows).assign(source="made up")


def _relations(draw: st.DrawFn, factions: list[str], states: list[str]) -> pd.DataFrame:
    rows = []
    for source in [*factions, *states]:
        for target in factions:
            if source == target or not draw(st.booleans()):
                continue
            tie = draw(TIES)
            if {source, target} == {"crown", "rising"}:
                tie = -1.0
            kinds = draw(st.sampled_from(["", "money", "arms|air", "troops"])) if tie > 0 else ""
            rows.append(
                {
                    "source_actor": source,
                    "target_actor": target,
                    "relation": tie,
                    "support_kinds": kinds,
                    "commitment": draw(SHARES),
                    "evidence": "made up",
                    "source": "made up",
                }
            )
    rows.append(dict.fromkeys(["support_kinds"], "") | {
        "source_actor": "crown", "target_actor": "rising", "relation": -1.0, "commitment": 0.0,
        "evidence": "made up", "source": "made up",
    })  # fmt: skip
    return pd.DataFrame(rows).drop_duplicates(["source_actor", "target_actor"], keep="last")
