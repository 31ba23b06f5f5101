"""What a service says when it has started."""

from typing import TYPE_CHECKING

import structlog

from core.settings import ServiceSettings, unknown_variables

if TYPE_CHECKING:
    from core.app import Service

log = structlog.stdlib.get_logger(__name__)


def warn(settings: ServiceSettings) -> None:
    """Warn about variables that look like settings and are none."""
    for problem in unknown_variables(type(settings)):
        log.warning(problem)


def show(app: "Service") -> None:
    """Say where the service answers."""
    if app.settings.logs_json:
        log.info("started", **facts(app))
        return
    lines = [f"  {name:<13}{value}" for name, value in facts(app).items()]
    print("\n".join([f"{app.settings.name} is ready", *lines]), flush=True)
    if app.debug:
        print("\n".join(f"  {line}" for line in routes(app)), flush=True)


def facts(app: "Service") -> dict[str, str]:
    """Return what is worth knowing: address, environment, docs, stand-ins."""
    address = app.serve_location
    shown = {"address": address, "environment": app.settings.env}
    if any(route.path == "docs" for route in app.router.routes_all.values()):
        shown["docs"] = f"{address}/docs"
    if hasattr(app, "multiplexer"):
        servers = [worker for worker in app.multiplexer.workers.values() if worker.get("server")]
        shown["processes"] = f"{len(servers)}, each given {app.settings.grace:g} s to stop"
    stand_ins = {resource.name: resource.stand_in for resource in app.resources}
    return shown | {name: text for name, text in stand_ins.items() if text}


def routes(app: "Service") -> list[str]:
    """Return a line per route: its methods, its path, its name."""
    found = sorted(app.router.routes_all.values(), key=lambda route: route.path)
    return [
        f"{','.join(sorted(route.methods or ())):<30} /{route.path} ({route.name})"
        for route in found
    ]
