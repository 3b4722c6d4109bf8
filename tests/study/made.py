"""What manifests tell of worlds whose ensembles are made by hand."""

from tests.worlds import tables_of

DIGEST = "c0ffee" * 10 + "cafe"


def told_of(name: str) -> dict[str, object]:
    """Return what the manifest of scores tells of a world of three runs."""
    tables = tables_of(name)
    names = dict(tables.locations[["id", "name"]].tolist()) | dict(tables.states[["id", "name"]].tolist())
    header = tables.header
    told = {"name": name, "title": header.title, "day0": header.day0.isoformat(), "horizon_days": header.horizon_days}
    return told | {
        "runs": 3,
        "names": names,
        **dict.fromkeys(("config_digest", "world_digest", "record_digest"), DIGEST),
    }
