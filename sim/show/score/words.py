"""Say in words what figures of scores show: of which worlds and runs, and where they come from."""

from sim.show.kit.page import Words
from sim.show.kit.typeset import NO_BREAK
from sim.show.kit.wording import DIGEST_LENGTH
from sim.study.score.folder import Scored
from sim.tell.score_tables import scored_of

CAVEAT = "Skill on these wars is no promise for another."


def words_of(scored: Scored, title: str, shown: str, note: str, of: str = "") -> Words:
    """Return what a figure says.

    Parameters
    ----------
    scored
        Scores of some worlds.
    title
        The finding with its number.
    shown
        What is shown, without a full stop.
    note
        Which interval is given, and other words that the reader needs; without a full stop.
    of
        Of which worlds and runs; by default of all.
    """
    subtitle = f"{shown}. {of or scored_of(scored)}; {note}.".replace(" %", f"{NO_BREAK}%")
    return Words(title.replace(" %", f"{NO_BREAK}%"), subtitle, footer(scored))


def footer(scored: Scored) -> str:
    """Return the caveat, and where scores come from."""
    manifest = scored.manifest
    parts = (
        f"seed {manifest['seed']}",
        f"scores {manifest['config_digest'][:DIGEST_LENGTH]}",
        f"rulebook {manifest['rulebook'][:DIGEST_LENGTH]}",
    )
    return f"{CAVEAT}\n" + ", ".join(part.replace(" ", NO_BREAK) for part in parts)
