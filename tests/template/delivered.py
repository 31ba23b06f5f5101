"""Generated projects of every combination that the delivery files depend on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

from msanic_cli.engine import service_template
from tests.template.folder import render, texts

ENGINES = ("pgsql", "mysql", "sqlite", "none")
DELIVERIES = (
    "",
    "docker",
    "docker,kubernetes",
    "systemd,github",
    "docker,kubernetes,systemd,github",
)

Combination = tuple[str, bool, str, bool]
"""Engine, Redis, what is delivered, newest versions."""

COMBINATIONS: tuple[Combination, ...] = tuple(
    (db, redis, deploy, latest)
    for db, redis, deploy, latest in product(ENGINES, (True, False), DELIVERIES, (False, True))
    if not (db == "sqlite" and "kubernetes" in deploy)
)
PLAIN = tuple(product(ENGINES, (True, False)))


def deliver(db: str = "pgsql", redis: bool = True, **answers: Any) -> Mapping[str, str]:
    """Generate `a_shop` with everything that the engine can be delivered by, unless told."""
    every = "docker,systemd,github" if db == "sqlite" else DELIVERIES[-1]
    deploy = answers.pop("deploy", every)
    return _deliver(db, redis, deploy, tuple(sorted(answers.items())))


def combined(combination: Combination) -> Mapping[str, str]:
    """Generate one of the combinations."""
    db, redis, deploy, latest = combination
    return deliver(db, redis, deploy=deploy, latest=latest)


@cache
def _deliver(
    db: str, redis: bool, deploy: str, others: tuple[tuple[str, Any], ...]
) -> dict[str, str]:
    chosen = deploy.split(",") if deploy else []
    data = {"name": "a_shop", "db": db, "redis": redis, "deploy": chosen, **dict(others)}
    return texts(render(service_template(), data))
