"""Prometheus metrics of requests and processes, correct over all workers of one service."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import Metric

    from core.http.request import HttpRequest

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
UNMATCHED = "(none)"
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_Bound = tuple[Callable[[], None], Callable[[float], None]]


class Metrics:
    """Count the requests of this process, and render those of all workers.

    With several workers, `core.server` sets PROMETHEUS_MULTIPROC_DIR: each worker then counts in
    files of that folder. What a dead worker counted stays, what it was doing is forgotten.
    """

    def __init__(self) -> None:
        # The library decides between memory and files when it is imported: not before now.
        from prometheus_client import (
            CollectorRegistry,
            Counter,
            Gauge,
            Histogram,
            ProcessCollector,
            disable_created_metrics,
        )

        disable_created_metrics()
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter(
            "http_requests", "Requests answered", labels, registry=self._registry
        )
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "Time from the request's head to its response",
            labels,
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
        self._bound: dict[tuple[str, str, int], _Bound] = {}
        if _FOLDER not in os.environ:
            ProcessCollector(registry=self._registry)

    def observe(self, request: HttpRequest, status: int) -> None:
        """Count a response, under the route's template and never under the path that came."""
        route = request.route
        key = (route.name, request.method, status) if route else (UNMATCHED, "", status)
        bound = self._bound.get(key)
        if bound is None:
            path = f"/{route.path}" if route else UNMATCHED
            bound = self._bound[key] = self._bind(path, key[1], status)
        bound[0]()
        began = getattr(request.stream, "perft0", None)
        if began is not None:
            bound[1](perf_counter() - began)

    def render(self) -> bytes:
        """Return the exposition of all workers; reads files when there are several."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        folder = os.environ.get(_FOLDER)
        if folder is None:
            return generate_latest(self._registry)
        alive = _forget_the_dead(folder)
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        registry.register(_Workers(alive))
        return generate_latest(registry)

    def _bind(self, path: str, method: str, status: int) -> _Bound:
        values = (method, path.replace(":str>", ">"), str(status))
        return self._requests.labels(*values).inc, self._seconds.labels(*values).observe


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
