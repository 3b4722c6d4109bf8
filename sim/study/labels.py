"""Say in settings what an ensemble is: what differs from the usual, and what tells those of one scenario apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sim.study.cases import Case
from sim.world.faults import shown

HOW = ("executor", "output", "ensemble", "world")  # how and where it is run, not what is asked
TOLD = ("scenario.name", "scenario.question")  # beside the settings, wherever these are shown
MOST_TOLD = 3  # settings in a label
AnyCase = TypeVar("AnyCase", bound=Case)


def told_apart(cases: Sequence[AnyCase]) -> list[AnyCase]:
    """Return ensembles under names of their own: those of one scenario are called by the settings that differ.

    Parameters
    ----------
    cases
        Ensembles, perhaps several of one name.
    """
    return [_labelled(case, [other for other in cases if other.name == case.name]) for case in cases]


def _labelled(case: AnyCase, namesakes: Sequence[AnyCase]) -> AnyCase:
    """Return an ensemble under a name that tells it from its namesakes, if their settings do."""
    own, *others = (_settings_of(c) for c in (case, *namesakes))
    differing = [text for key, text in own.items() if any(other.get(key) != text for other in others)]
    more = f", {len(differing) - MOST_TOLD} more" if len(differing) > MOST_TOLD else ""
    label = f"{case.name} ({', '.join(differing[:MOST_TOLD])}{more})"
    return replace(case, name=label) if differing else case


def _settings_of(case: Case) -> dict[str, str]:
    """Return the settings of an ensemble in words, by key."""
    config = case.scenario.config.model_dump(mode="json")
    living = case.scenario.living
    own = {"model": None if living is None else living.name}
    return settings_in_words(config | {"horizon_days": case.scenario.horizon_days} | own)


def settings_in_words(config: Mapping[str, Any]) -> dict[str, str]:
    """Return what is asked in a configuration, such as ``rules.morale.beta=6``, by key.

    Parameters
    ----------
    config
        Its plain values.
    """
    asked = {key: value for key, value in config.items() if key not in HOW}
    asked |= {"ensemble": {"tilt": config["ensemble"]["tilt"]}} if "tilt" in config.get("ensemble", {}) else {}
    return {key: f"{key}={_word(value)}" for key, value in _leaves(asked, "") if key not in TOLD}


def _leaves(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield everything that is no group of keys, by dotted keys."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _word(value: Any) -> str:
    """Return a value as the command line has it; of a lever or event what it is, and its value or day."""
    if isinstance(value, list):
        return f"[{', '.join(_entry(item) for item in value)}]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return f"{value:g}" if isinstance(value, float) else shown(value)


def _entry(item: Mapping[str, Any]) -> str:
    """Return a lever or event in few words."""
    return " ".join(_word(value) for value in item.values() if value not in (0, "all"))
