"""The thread that keeps the search index up with the log."""

import logging
import threading
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from tertulia.adapters.sqlite import schema
from tertulia.adapters.sqlite.search_index import IndexWriter, open_index
from tertulia.ports.store import Committed

STEP_ENTRIES: Final = 500
"""Entries in one transaction of the index."""
_PAUSE_SECONDS: Final = 1.0
"""After a fault of the database."""

_log: Final = logging.getLogger("tertulia.search")


class Indexer:
    """Works from its start to `close`. It is told only which conversations have more, and reads the log itself: so
    nothing is lost that it isn't told of, and what it holds is bounded by the number of conversations."""

    def __init__(self, log: Path, index: Path, gather: float) -> None:
        self._log_path = log
        self._index_path = index
        self._gather = gather
        self._changed = threading.Condition()
        self._waiting: dict[str, None] = {}
        self._stepping: list[str] = []
        self._steps = 0
        self.generation = 0
        """Grows each time the file of the index is opened, and perhaps made again."""
        self._ready = self._busy = self._urgent = self._stopping = False
        self._thread = threading.Thread(target=self._run, name="tertulia-index", daemon=True)
        self._thread.start()

    def told(self, committed: Sequence[Committed]) -> None:
        """There are new entries."""
        with self._changed:
            self._waiting.update(dict.fromkeys(each.conversation for each in committed))
            self._changed.notify_all()

    def pending(self) -> list[str]:
        """The conversations of which the index may not have everything; of all others it has. Known once it is
        ready."""
        with self._changed:
            return [*dict.fromkeys((*self._stepping, *self._waiting))]

    def wait_until_ready(self, seconds: float) -> bool:
        """Whether the index is known to be of this log; waits for it so long."""
        with self._changed:
            return seconds > 0 and self._changed.wait_for(lambda: self._ready, seconds)

    def wait_for_step(self, names: Iterable[str], seconds: float) -> None:
        """Asks for more of these conversations and waits until a step is done, or so long."""
        with self._changed:
            steps = self._steps
            self._waiting.update(dict.fromkeys(names))
            self._urgent = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._steps > steps, max(0.0, seconds))

    def settle(self) -> None:
        """Waits until nothing is left to be done."""
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._stopping)
            while (self._waiting or self._busy) and not self._stopping:
                self._urgent = True
                self._changed.notify_all()
                self._changed.wait(1.0)

    def close(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping:
            try:
                with (
                    closing(open_index(self._index_path)) as index,
                    closing(schema.connect(self._log_path, read_only=True)) as log,
                ):
                    self._follow(IndexWriter(index, log))
            except Exception:  # noqa: BLE001 - without this thread nobody finds anything
                _log.exception("The search index could not be written; it is tried again.")
                with self._changed:
                    self._ready = self._busy = False
                    self._changed.wait_for(lambda: self._stopping, _PAUSE_SECONDS)

    def _follow(self, writer: IndexWriter) -> None:
        if not writer.is_of_this_log():
            writer.clear()
        with self._changed:
            self._waiting.update(dict.fromkeys(writer.behind()))
            self._ready, self._busy = True, writer.wants_merging
            self.generation += 1
            self._changed.notify_all()
        while (names := self._next()) is not None:
            unfinished = writer.step(names, STEP_ENTRIES) if names else []
            if not names:
                writer.merge_some()
            with self._changed:
                self._waiting.update(dict.fromkeys(unfinished))
                # What is left of many at once has been gathered already.
                self._urgent = self._urgent or bool(unfinished)
                self._steps += 1
                # With nothing else to do, what is there is put into an order that is quicker to search.
                self._busy = writer.wants_merging
                self._stepping = []
                self._changed.notify_all()

    def _next(self) -> list[str] | None:
        """The conversations that have more, when some were gathered; none where there is only merging to be done; None
        when it is time to stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._busy or self._stopping)
            if self._waiting:
                self._changed.wait_for(lambda: self._urgent or self._stopping, self._gather)
            if self._stopping:
                return None
            names = self._stepping = list(self._waiting)
            self._waiting.clear()
            self._busy, self._urgent = True, False
            return names
