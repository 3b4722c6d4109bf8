"""Set quality and morale of all worlds to the mean of both codings; `conf/world/README.md` says how each was made.

The first coding stands in `reason` of `factions.csv`, the second, blind one in `conf/world/second_coding.csv`. Both
stand in `reason` afterwards, and a world that has them already is left as it is. Of main regime forces the code W (a
backer leaves) is taken from dated facts instead of either coder, since it alone was tied to what happened later.

Usage
-----
python experiments/second_coding.py
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import NamedTuple

import yaml

WORLDS = Path(__file__).resolve().parents[1] / "conf" / "world"
FULL, PART = 0.1, 0.05  # of a capital and of a small letter
LOWEST, HIGHEST = 0.1, 0.9
GAINS = {"quality": "TECLAN", "morale": "VIHS"}
LOSSES = {"quality": "GFP", "morale": "DUXWQ"}
START = {"quality": 0.3, "morale": 0.5}
BACKER_LEAVES = {
    **dict.fromkeys(("afghanistan_1992", "afghanistan_2021", "ethiopia_1991", "vietnam_1975"), 1.0),
    **dict.fromkeys(("rwanda_1994", "drc_1998"), 1.0),
    **dict.fromkeys(("levant_2024", "car_2013", "vietnam_1972", "angola_1992"), 0.5),
}
"""W by dated facts: 1 where the main regime force's backer was leaving by day 0, 0.5 partly, 0 elsewhere."""
CODES = re.compile(r"Q\[([^]]*)\] M\[([^]]*)\]")


class Coding(NamedTuple):
    """Hold one coder's codes of a faction."""

    quality: str
    morale: str


def coded(codes: str, scale: str, without: str = "") -> float:
    """Return what codes sum up to.

    Parameters
    ----------
    codes, scale
        Letters, whatever stands between them, and ``quality`` or ``morale``.
    without
        A letter that does not count.
    """
    total = START[scale]
    for letter in re.sub("[^A-Za-z]", "", codes):
        size = FULL if letter.isupper() else PART
        sign = 1.0 if letter.upper() in GAINS[scale] else -1.0
        total += 0.0 if letter.upper() == without else sign * size
    return min(max(total, LOWEST), HIGHEST)


def both(first: Coding, second: Coding, leaving: float | None) -> tuple[float, float]:
    """Return quality and morale by both codings.

    Parameters
    ----------
    first, second
        What the two coders saw.
    leaving
        W of a main regime force by dated facts; None for other factions, whose coders' W counts.
    """
    without = "" if leaving is None else "W"
    quality = sum(coded(one.quality, "quality") for one in (first, second)) / 2.0
    morale = sum(coded(one.morale, "morale", without) for one in (first, second)) / 2.0
    morale = min(max(morale - FULL * (leaving or 0.0), LOWEST), HIGHEST)
    return round(quality, 4), round(morale, 4)


def spelt(second: Coding) -> str:
    """Return the second coder's codes as the first one's are written."""
    told = []
    for scale, codes in zip(("quality", "morale"), second, strict=True):
        letters = [f"{'-' if code.upper() in LOSSES[scale] else ''}{code}" for code in codes]
        told.append(f"{scale[0].upper()}[{' '.join(letters)}]")
    return " ".join(told)


def recoded(row: dict[str, str], second: Coding, leaving: float | None) -> dict[str, str]:
    """Return a row of `factions.csv` with the mean of both codings, and both in its reason."""
    found = CODES.search(row["reason"])
    if found is None or len(CODES.findall(row["reason"])) > 1:
        return row
    quality, morale = both(Coding(*found.groups()), second, leaving)
    fact = "" if leaving is None else f", W {leaving:g} by dated facts"
    reason = f"{row['reason'][: found.end()]} and {spelt(second)}{fact}{row['reason'][found.end() :]}"
    return {**row, "quality": f"{quality:g}", "morale": f"{morale:g}", "reason": reason}


def recode(folder: Path, seconds: dict[str, Coding]) -> None:
    """Rewrite one world's table of factions."""
    regime = yaml.safe_load((folder / "world.yaml").read_text(encoding="utf-8"))["regime"]
    path = folder / "factions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), list(reader.fieldnames or ())
    leaving = BACKER_LEAVES.get(folder.name, 0.0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            second = seconds.get(row["id"])
            writer.writerow(row if second is None else recoded(row, second, leaving if row["id"] == regime else None))


def main() -> None:
    """Recode every world."""
    seconds: dict[str, dict[str, Coding]] = {}
    with (WORLDS / "second_coding.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            seconds.setdefault(row["case"], {})[row["faction"]] = Coding(row["Q_codes"], row["M_codes"])
    for name, codings in sorted(seconds.items()):
        recode(WORLDS / name, codings)


if __name__ == "__main__":
    main()
