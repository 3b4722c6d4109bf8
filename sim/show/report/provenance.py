"""Say what an ensemble was made from, with what, and how to make it again."""

from sim.ensemble.store.results import Results
from sim.show.kit.wording import count
from sim.show.report.inline import tight
from sim.tell.section import Section
from sim.world.scenario import Scenario


def provenance_of(results: Results, scenario: Scenario) -> Section:
    """Return the manifest of an ensemble in words."""
    told, config = results.manifest, scenario.config
    failed = int((results.runs["status"] != "ok").sum())
    machine, versions = told["machine"], told["versions"]
    rows = (
        ("scenario", config.scenario.name),
        ("world", f"{scenario.tables.header.title} ({config.world.name})"),
        ("runs", f"{count(len(results.runs), 'run')} of {scenario.horizon_days} days; {failed:,} failed"),
        ("seed", str(told["seed"])),
        ("settings (digest)", told["config_digest"]),
        ("world tables (digest)", told["world_digest"]),
        ("model (digest)", told["model_digest"]),
        ("commit", _commit(told["git_commit"], is_changed=told["git_dirty"])),
        ("versions", ", ".join(f"{name} {version or 'not installed'}" for name, version in versions.items())),
        ("machine", f"{machine['os']}, {machine['arch']}, {count(machine['cpu_count'], 'processor')}"),
        ("started", told["started"]),
    )
    return Section.of_rows(
        "Where the numbers come from", ("what", "value"), ((name, tight(value)) for name, value in rows)
    )


def _commit(commit: str | None, *, is_changed: bool | None) -> str:
    """Return the version of the program's text."""
    if commit is None:
        return "not known: the program was not run from its repository"
    return f"{commit}{', with changes that are in no commit' if is_changed else ''}"
