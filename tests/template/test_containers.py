"""Images, compose files and units follow the rules of careful operators.

There is no Docker daemon here: the files are read, not run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from tests.template.delivered import PLAIN, deliver

Instruction = tuple[str, str]
BOTH = pytest.mark.parametrize("latest", [False, True])


def instructions(dockerfile: str) -> list[Instruction]:
    """Split a Dockerfile into instructions, continued lines joined."""
    joined = re.sub(r"\\\n\s*", "", dockerfile)
    lines = (line for line in joined.splitlines() if line.strip() and not line.startswith("#"))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def compose_of(db: str, redis: bool) -> Any:
    return yaml.safe_load(deliver(db, redis)["compose.yaml"])


@BOTH
def test_the_image_has_two_stages_and_runs_without_rights(latest: bool) -> None:
    steps = instructions(deliver(latest=latest, python_version="3.12")["Dockerfile"])
    words = [word for word, _ in steps]

    assert [rest for word, rest in steps if word == "FROM"] == [
        "python:3.12-slim AS dependencies",
        "python:3.12-slim",
    ]
    assert ("USER", "10001:10001") in steps
    assert words.index("USER") > max(i for i, word in enumerate(words) if word in ("RUN", "COPY"))
    assert not {"ADD", "SHELL", "VOLUME"} & set(words)


@BOTH
def test_a_change_of_code_installs_nothing_again(latest: bool) -> None:
    steps = instructions(deliver(latest=latest)["Dockerfile"])
    install = next(i for i, (_, rest) in enumerate(steps) if "pip install" in rest)
    copied = [rest.split()[:-1] for word, rest in steps[:install] if word == "COPY"]

    assert copied == [["pyproject.toml"] + ["constraints.txt"] * (not latest)]
    assert ("-c constraints.txt" in steps[install][1]) == (not latest)


def test_signals_reach_python_and_python_checks_the_health() -> None:
    files = deliver(port=9001)
    steps = dict(instructions(files["Dockerfile"]))
    command, check = json.loads(steps["CMD"]), json.loads(steps["HEALTHCHECK"].partition("CMD ")[2])

    assert command[0] == "python"
    assert command[1] in files
    assert check[:2] == ["python", "-c"]
    compile(check[2], "health check", "exec")
    assert "/health/live" in check[2]
    assert steps["EXPOSE"] == "9001"


def test_secrets_and_local_files_stay_out_of_the_image() -> None:
    ignored = deliver()[".dockerignore"].splitlines()

    assert {".*", "var", "tests", "**/__pycache__"} <= set(ignored)
    assert not {"pyproject.toml", "constraints.txt", "migrations", "core"} & set(ignored)


@pytest.mark.parametrize(("db", "redis"), PLAIN)
def test_compose_starts_what_was_chosen_in_the_right_order(db: str, redis: bool) -> None:
    services = compose_of(db, redis)["services"]
    server = db in ("pgsql", "mysql")

    expected = {"service"} | ({"migrate"} if db != "none" else set())
    assert set(services) == expected | {*["database"] * server, *["redis"] * redis}
    if db != "none":
        assert services["migrate"]["command"] == ["aerich", "upgrade"]
        condition = services["service"]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"
    for service in services.values():
        for name, need in service.get("depends_on", {}).items():
            assert need["condition"] != "service_healthy" or "healthcheck" in services[name]


@pytest.mark.parametrize(("db", "redis"), PLAIN)
def test_compose_declares_its_volumes_and_takes_passwords_from_env(db: str, redis: bool) -> None:
    compose = compose_of(db, redis)
    mounted = [v.split(":")[0] for s in compose["services"].values() for v in s.get("volumes", [])]
    text = deliver(db, redis)["compose.yaml"]
    variables = set(re.findall(r"\$\{(\w+)", text))

    assert set(mounted) == set(compose.get("volumes", {}))
    assert variables <= set(re.findall(r"^(\w+)=", deliver(db, redis)[".env"], re.MULTILINE))
    assert all(
        "${" in line for line in text.splitlines() if re.search(r"_PASSWORD: (?!\"1\")", line)
    )
    assert all(port.startswith("127.0.0.1:") for port in compose["services"]["service"]["ports"])


@pytest.mark.parametrize("port", [80, 8888])
def test_units_are_confined_and_may_use_their_port(port: int) -> None:
    unit = unit_of(deliver(port=port)["deploy/systemd/web_a_shop.service"])

    for key in ("NoNewPrivileges", "DynamicUser", "PrivateTmp", "ProtectHome", "LockPersonality"):
        assert unit[key] == "yes"
    assert unit["ProtectSystem"] == "strict"
    assert unit["CapabilityBoundingSet"] == ("CAP_NET_BIND_SERVICE" if port < 1024 else "")
    assert unit["ExecStart"].endswith("/.venv/bin/python web_a_shop.py")
    assert "PrivateUsers" not in unit or port >= 1024


def test_every_stop_is_given_the_time_it_may_take() -> None:
    files = deliver()
    settings = yaml.safe_load(files["deploy/kubernetes/configmap.yaml"])["data"]
    longest = float(settings["A_SHOP_SHUTDOWN_DELAY"]) + float(settings["A_SHOP_GRACE"])
    pod = yaml.safe_load(files["deploy/kubernetes/deployment.yaml"])["spec"]["template"]["spec"]
    compose = yaml.safe_load(files["compose.yaml"])["services"]["service"]
    unit = unit_of(files["deploy/systemd/web_a_shop.service"])

    assert pod["terminationGracePeriodSeconds"] >= longest + 5
    assert float(compose["stop_grace_period"].rstrip("s")) >= longest + 5
    assert float(unit["TimeoutStopSec"]) >= longest + 5


def unit_of(text: str) -> Mapping[str, str]:
    """Read a unit's settings; of repeated ones the last."""
    pairs = (line.partition("=") for line in text.splitlines() if re.match(r"[A-Z]\w+=", line))
    return {key: value for key, _, value in pairs}
