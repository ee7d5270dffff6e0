"""The file of results: a JSON record a line, only ever appended to, so that a run can be stopped and gone on with."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from tertulia.evaluation.places import UnavailableHomeError

VERSION: Final = 2
"""Of the records, and of how they come about. From 2 on the report's steps are measured in turns (IN_TURNS)."""
IN_TURNS: Final = 2


class Begun(Struct, frozen=True, kw_only=True, tag_field="record", tag="begun"):
    """The first record: what is measured, and on what. `largest` bounds the sizes, `rounds` are samples of each."""

    version: int
    home: str
    about: str
    machine: dict[str, Any]
    versions: dict[str, str]
    command: str
    largest: int
    rounds: int


class Step(Struct, frozen=True, kw_only=True, tag_field="record", tag="step"):
    """One table at one step of the report's evaluation. Times in seconds; `read_query` and `read_scan` in `reads_in`;
    `written` in units, None where the home has none; `pages` is what the whole step wrote to a file."""

    step: str
    table: str
    query: list[float]
    scan: list[float]
    found: int
    read_query: float
    read_scan: float
    reads_in: str
    written: float | None
    pages: int | None
    added: int
    items: int
    bytes: int


class Filled(Struct, frozen=True, kw_only=True, tag_field="record", tag="filled"):
    """A home of one size has all that it must have."""

    name: str


class Samples(Struct, frozen=True, kw_only=True, tag_field="record", tag="samples"):
    """Seconds that an operation took, at one size."""

    series: str
    operation: str
    size: int
    seconds: list[float]


class UnitsUsed(Struct, frozen=True, kw_only=True, tag_field="record", tag="units"):
    """What an operation used, once for each number: capacity units, or pages written to a file."""

    series: str
    operation: str
    size: int
    read: list[float]
    written: list[float]
    pages: list[int]


class Skipped(Struct, frozen=True, kw_only=True, tag_field="record", tag="skipped"):
    series: str
    reason: str


class Done(Struct, frozen=True, kw_only=True, tag_field="record", tag="done"):
    """A part is finished and its homes are removed."""

    part: str


Record = Begun | Step | Filled | Samples | UnitsUsed | Skipped | Done


class Results:
    """The records of one run, in memory and in its file."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self.records: list[Record] = list(read(path)) if path.exists() else []

    def append(self, *records: Record) -> None:
        """They are safe on disk when it returns."""
        with self.path.open("ab") as file:
            for record in records:
                file.write(msgspec.json.encode(record) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.records += records

    @property
    def begun(self) -> Begun:
        first = self.records[0]
        assert isinstance(first, Begun), "the first record says what the run is"  # noqa: S101
        return first

    def done(self) -> set[str]:
        return {record.part for record in self.records if isinstance(record, Done)}

    def filled(self) -> set[str]:
        return {record.name for record in self.records if isinstance(record, Filled)}

    def steps(self) -> list[Step]:
        return [record for record in self.records if isinstance(record, Step)]

    def skipped(self) -> dict[str, str]:
        return {record.series: record.reason for record in self.records if isinstance(record, Skipped)}

    def series(self) -> list[str]:
        """The names of what was measured at several sizes."""
        return list(dict.fromkeys(record.series for record in self.records if isinstance(record, Samples)))

    def samples(self, series: str) -> dict[str, dict[int, list[float]]]:
        """By operation and size, in their order."""
        found: dict[str, dict[int, list[float]]] = {}
        for record in self.records:
            if isinstance(record, Samples) and record.series == series:
                found.setdefault(record.operation, {}).setdefault(record.size, []).extend(record.seconds)
        return {operation: dict(sorted(found[operation].items())) for operation in sorted(found)}

    def units(self, series: str) -> dict[str, dict[int, UnitsUsed]]:
        """By operation and size; the last ones where there are several."""
        found: dict[str, dict[int, UnitsUsed]] = {}
        for record in self.records:
            if isinstance(record, UnitsUsed) and record.series == series:
                found.setdefault(record.operation, {})[record.size] = record
        return found


def read(path: Path) -> Iterator[Record]:
    """The records of a file. A last line that was cut off by a crash is left out. Raises UnavailableHomeError."""
    decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines[:-1], start=1):
        try:
            record = decoder.decode(line)
        except msgspec.DecodeError as error:
            message = f"{path}, line {number}, is not a record of an evaluation: {error}"
            raise UnavailableHomeError(message) from error
        if number == 1 and not (isinstance(record, Begun) and record.version <= VERSION):
            message = f"{path} is not the result of an evaluation that this version can read."
            raise UnavailableHomeError(message)
        yield record
