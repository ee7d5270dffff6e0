"""A history to break, and where that can be done."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from random import Random
from typing import Any, TypeVar

from tests.history.events import Event, History, Push, ReadLog
from tests.history.model import CONVERSATION
from tests.history.truth import Truth

E = TypeVar("E")
Plant = Callable[["Scene"], History | None]


class Scene:
    """One correct history, its log, and ways to pick places and to put something else there."""

    def __init__(self, history: History, random: Random) -> None:
        self.history = History(events=list(history.events), logs=deepcopy(history.logs))
        self.log: list[dict[str, Any]] = [dict(entry) for entry in self.history.logs[CONVERSATION]]
        self.truth = Truth(CONVERSATION, history.logs[CONVERSATION], history.events)
        self.random = random

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.history.events if isinstance(event, kind)]

    def one(self, places: Iterable[E]) -> E | None:
        """Any of the places, or None where there are none."""
        found = list(places)
        return self.random.choice(found) if found else None

    def with_log(self, log: list[dict[str, Any]]) -> History:
        return History(events=self.history.events, logs={CONVERSATION: list(log)})

    def without(self, *gone: Event) -> History:
        return History(events=[e for e in self.history.events if not any(e is g for g in gone)], logs=self.history.logs)

    def instead(self, old: Event, new: Event) -> History:
        return History(events=[new if e is old else e for e in self.history.events], logs=self.history.logs)

    def seen_by(self, device: str) -> dict[int, int]:
        """How often the device was given each seq."""
        counts: dict[int, int] = {}
        for event in self.history.events:
            if isinstance(event, Push) and event.device == device:
                counts[event.entry["seq"]] = counts.get(event.entry["seq"], 0) + 1
            elif isinstance(event, ReadLog) and event.device == device:
                for entry in event.entries:
                    counts[entry["seq"]] = counts.get(entry["seq"], 0) + 1
        return counts
