"""Tell a person how far an ensemble is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

FAST = 10.0  # runs a second from which on decimals say nothing
SECONDS_BETWEEN_LINES = 10.0


class Reporter:
    """Write progress to one console.

    Parameters
    ----------
    console
        Where to; quiet for nobody. Results go elsewhere, so that scripts can read them.
    """

    def __init__(self, console: Console) -> None:
        self.console = console

    def note(self, text: str) -> None:
        """Write a line."""
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def count(self, items: str, total: int, done: int) -> Iterator[Callable[[int], None]]:
        """Give a function that takes how many more items are done; show them with rate and time left.

        Parameters
        ----------
        items
            What is counted, such as runs.
        total, done
            How many there are to be, and how many are there already.
        """
        clock = _Clock(items, total, done)
        with self._bar(clock) if self.console.is_terminal else self._lines(clock) as show:

            def advance(more: int) -> None:
                clock.done += more
                show()

            yield advance

    @contextmanager
    def _bar(self, clock: _Clock) -> Iterator[Callable[[], None]]:
        """Give a function that redraws a bar."""
        text = TextColumn("{task.fields[text]}")
        with Progress(TextColumn(clock.items), BarColumn(), text, console=self.console, transient=True) as bar:
            task = bar.add_task(clock.items, total=clock.total, completed=clock.done, text=str(clock))
            yield lambda: bar.update(task, completed=clock.done, text=str(clock))
        self.note(str(clock))

    @contextmanager
    def _lines(self, clock: _Clock) -> Iterator[Callable[[], None]]:
        """Give a function that writes a line now and then."""
        last = time.monotonic()

        def show() -> None:
            nonlocal last
            if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
                last = time.monotonic()
                self.note(str(clock))

        yield show
        self.note(str(clock))


class _Clock:
    """Count items and time."""

    def __init__(self, items: str, total: int, done: int) -> None:
        self.items = items
        self.total = total
        self.done = done
        self._done_before = done
        self._start = time.monotonic()

    def __str__(self) -> str:
        """Return how far the count is, how fast it goes, and how long it will take."""
        text = f"{self.done:,} of {self.total:,} {self.items if self.total != 1 else self.items.removesuffix('s')}"
        computed = self.done - self._done_before
        if computed == 0:
            return text
        rate = computed / max(time.monotonic() - self._start, 1e-9)
        left = (self.total - self.done) / rate
        return f"{text}, {rate:,.{0 if rate >= FAST else 1}f} a second" + (f", {_duration(left)} left" if left else "")


def _duration(seconds: float) -> str:
    """Return a time in its two largest units."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
