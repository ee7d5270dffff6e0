"""Metrics in Prometheus' text format, counted in plain integers and collected when they are asked for.

Labels are names from fixed sets (operation, status, code): no user, no conversation, no address.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import CollectorRegistry

LATENCY: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds."""
BATCHES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
"""Entries in one commit."""


class Histogram:
    """Counts by upper bound."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Iterable[float]) -> None:
        self.bounds: Final = tuple(bounds)
        self.counts: Final = [0] * (len(self.bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def buckets(self) -> list[tuple[str, float]]:
        """Cumulative, as Prometheus wants them."""
        names = [*(f"{bound:g}" for bound in self.bounds), "+Inf"]
        seen = 0
        buckets: list[tuple[str, float]] = []
        for name, count in zip(names, self.counts, strict=True):
            seen += count
            buckets.append((name, seen))
        return buckets


class Metrics:
    """What one process counts.

    The edge calls `request`; the home registers what it can read elsewhere (`gauge`, `counter`) and hands `committed`
    to the store. None of them blocks or raises.
    """

    def __init__(self) -> None:
        self._requests: Final[dict[tuple[str, int, str], int]] = {}
        self._latency: Final[dict[str, Histogram]] = {}
        self._batches: Final = Histogram(BATCHES)
        self._readings: Final[dict[str, tuple[type[Metric], str, Callable[[], float]]]] = {}
        self.registry: Final = CollectorRegistry(auto_describe=False)
        self.registry.register(self)

    def request(self, operation: str, status: int, code: str, seconds: float) -> None:
        """A request was answered. `code` is the error's, or empty."""
        key = (operation, status, code)
        self._requests[key] = self._requests.get(key, 0) + 1
        latency = self._latency.get(operation)
        if latency is None:
            latency = self._latency[operation] = Histogram(LATENCY)
        latency.observe(seconds)

    def committed(self, entries: int) -> None:
        """A transaction with that many entries became durable."""
        self._batches.observe(entries)

    def gauge(self, name: str, description: str, read: Callable[[], float]) -> None:
        """A value that goes up and down, such as connections or the depth of a queue; read when it is asked for."""
        self._readings[name] = (GaugeMetricFamily, description, read)

    def counter(self, name: str, description: str, read: Callable[[], float]) -> None:
        """A value that only grows, such as deliveries or frames; read when it is asked for. `name` without `_total`."""
        self._readings[name] = (CounterMetricFamily, description, read)

    def collect(self) -> Iterator[Metric]:
        """What the registry calls."""
        requests = CounterMetricFamily(
            "tertulia_http_requests", "Requests answered.", labels=["operation", "status", "code"]
        )
        limited = 0
        for (operation, status, code), count in list(self._requests.items()):
            requests.add_metric([operation, str(status), code], count)
            limited += count if code == "rate_limited" else 0
        yield requests
        yield CounterMetricFamily("tertulia_rate_limited", "Requests refused for their rate.", value=limited)
        latency = HistogramMetricFamily(
            "tertulia_http_request_seconds", "Time from a request's headers to its answer's end.", labels=["operation"]
        )
        for operation, histogram in list(self._latency.items()):
            latency.add_metric([operation], histogram.buckets(), sum_value=histogram.total)
        yield latency
        batches = HistogramMetricFamily("tertulia_commit_entries", "Entries in one durable commit.")
        batches.add_metric([], self._batches.buckets(), sum_value=self._batches.total)
        yield batches
        for name, (kind, description, read) in self._readings.items():
            yield kind(name, description, value=read())  # type: ignore[call-arg]

    def text(self) -> bytes:
        """All of it in the text format, version 0.0.4."""
        from prometheus_client.exposition import generate_latest

        return generate_latest(self.registry)
