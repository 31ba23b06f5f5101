"""Prometheus metrics of requests and processes, correct over all workers of one service."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import Metric
    from prometheus_client.registry import Collector

    from core.http.request import HttpRequest

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
UNMATCHED = "(none)"
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_LABELS = ("method", "route", "status")
_SECONDS = "http_request_duration_seconds"


class Metrics:
    """Count the requests of this process, and render those of all workers.

    With several workers, `core.server` sets PROMETHEUS_MULTIPROC_DIR: each worker then counts in
    files of that folder. What a dead worker counted stays, what it was doing is forgotten.
    """

    def __init__(self) -> None:
        # The library decides between memory and files when it is imported: not before now.
        from prometheus_client import CollectorRegistry, Gauge, Histogram, disable_created_metrics

        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            _SECONDS,
            "Time from a request's head to its response",
            _LABELS,
            buckets=BUCKETS,
            registry=self._registry,
        )
        in_flight = Gauge(
            "http_requests_in_flight",
            "Requests that views are working on",
            multiprocess_mode="livesum",
            registry=self._registry,
        )
        self.enter: Callable[[], None] = in_flight.inc
        self.leave: Callable[[], None] = in_flight.dec
        self._observers: dict[tuple[str, str, int], Callable[[float], None]] = {}

    def observe(self, request: HttpRequest, status: int) -> None:
        """Count a response, under the route's template and never under the path that came."""
        route = request.route
        key = (route.name, request.method, status) if route else (UNMATCHED, "", status)
        observe = self._observers.get(key)
        if observe is None:
            path = f"/{route.path}".replace(":str>", ">") if route else UNMATCHED
            observe = self._seconds.labels(key[1], path, str(status)).observe
            self._observers[key] = observe
        began = getattr(request.stream, "perft0", None)  # None for what is no HTTP request
        observe(0.0 if began is None else perf_counter() - began)

    def render(self) -> bytes:
        """Return the exposition of all workers; reads files when there are several."""
        from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        exposed = CollectorRegistry()
        folder = os.environ.get(_FOLDER)
        if folder is None:
            exposed.register(_WithTotals(self._registry))
            ProcessCollector(registry=exposed)
        else:
            alive = _forget_the_dead(folder)
            files = MultiProcessCollector(None, folder)  # type: ignore[no-untyped-call]
            exposed.register(_WithTotals(files))
            exposed.register(_Workers(alive))
        return generate_latest(exposed)


class _WithTotals:
    """Add http_requests_total, which is the count of the histogram: hot code counts once."""

    def __init__(self, source: Collector) -> None:
        self._source = source

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics of the source, and the totals."""
        from prometheus_client.metrics_core import CounterMetricFamily

        totals = CounterMetricFamily("http_requests", "Requests answered", labels=_LABELS)
        for metric in self._source.collect():
            if metric.name == _SECONDS:
                for sample in metric.samples:
                    if sample.name == f"{_SECONDS}_count":
                        labels = [sample.labels[name] for name in _LABELS]
                        totals.add_metric(labels, sample.value)
            yield metric
        yield totals


class _Workers:
    """Collect what the system says of each living worker, labelled by process id."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._pids = sorted(pids)

    def collect(self) -> Iterable[Metric]:
        """Return one metric per quantity with a sample per worker."""
        from prometheus_client.samples import Sample

        merged: dict[str, Metric] = {}
        for pid in self._pids:
            for metric in _process(pid):
                samples = [
                    Sample(sample.name, {**sample.labels, "pid": str(pid)}, sample.value)
                    for sample in metric.samples
                ]
                metric.samples = merged[metric.name].samples if metric.name in merged else []
                metric.samples.extend(samples)
                merged[metric.name] = metric
        return merged.values()


def _process(pid: int) -> Iterable[Metric]:
    from prometheus_client import ProcessCollector

    return ProcessCollector(pid=lambda: pid, registry=None).collect()


def _forget_the_dead(folder: str) -> set[int]:
    """Drop the gauges of workers that are gone, killed ones too, and return the living."""
    from prometheus_client.multiprocess import mark_process_dead

    pids = {
        int(stem.rsplit("_", 1)[1])
        for name in os.listdir(folder)
        if (stem := name.removesuffix(".db")) != name and stem.rsplit("_", 1)[-1].isdigit()
    }
    alive = {pid for pid in pids if _is_alive(pid)}
    for pid in pids - alive:
        mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]
    return alive


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
