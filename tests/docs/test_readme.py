"""The commands of the README do what the README says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import Block, blocks
from tests.docs.shell import Shell
from tests.generated.project import free_port
from tests.generated.servers import fresh_database, redis_keys

REPOSITORY = Path(__file__).parents[2]
README = REPOSITORY / "README.md"
# The two commands on top set everything up; the rest of the page is the tour.
SET_UP = ("./scripts/try\n", "./scripts/test\n")
ACTIVATE = ". .venv/bin/activate\n"
KEEPS_RUNNING = "keeps running"
PORT = "8888"


def tour() -> list[Block]:
    """List the blocks that a reader of the tour goes through."""
    left_out = (*SET_UP, ACTIVATE)  # the environment of this test is the one to activate
    return [block for block in blocks(README) if block.text not in left_out]


@pytest.fixture
def addresses(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Map what the page says to a port, a database and a Redis of our own."""
    with (
        fresh_database("pgsql", "msanic_readme", tmp_path) as database,
        redis_keys("shop:readme:") as redis,
    ):
        yield {
            PORT: str(free_port()),
            "postgres://postgres@127.0.0.1:5432/shop": database,
            "redis://127.0.0.1:6379/0": redis,
        }


@pytest.fixture
def shell(tmp_path: Path, addresses: dict[str, str]) -> Iterator[Shell]:
    """Open a shell in an empty folder, with the command installed."""
    env = {
        **outside_of_environments(),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "SHOP_PORT": addresses[PORT],
        "SHOP_REDIS_PREFIX": "shop:readme:",
    }
    shell = Shell(tmp_path, env, f"http://127.0.0.1:{addresses[PORT]}")
    yield shell
    shell.stop()


@pytest.mark.heavy
@pytest.mark.servers
@pytest.mark.timeout(600)
def test_the_tour_can_be_followed_from_top_to_bottom(
    shell: Shell, addresses: dict[str, str]
) -> None:
    printed = ""
    for block in tour():
        text = block.text
        for said, ours in addresses.items():
            text = text.replace(said, ours)
        if block.language == "json":
            assert_shows(json.loads(printed.strip().splitlines()[-1]), json.loads(text))
        elif block.note == KEEPS_RUNNING:
            shell.keep_running(text)
        else:
            printed = shell.type(text)


def assert_shows(answer: dict[str, Any], shown: dict[str, Any]) -> None:
    """Check that what the page shows is in the answer; it may leave keys out."""
    for key, value in shown.items():
        if isinstance(value, dict):
            assert_shows(answer[key], value)
        else:
            assert answer[key] == value, f"{key}: the page says {value!r}, not {answer[key]!r}"


def test_every_block_is_of_a_kind_that_is_executed_or_compared() -> None:
    assert {block.language for block in blocks(README)} == {"sh", "json"}
    assert [block.text for block in blocks(README)][:2] == list(SET_UP)


def test_files_that_are_linked_to_exist() -> None:
    for document in REPOSITORY.glob("*.md"):
        for link in set(_links(document.read_text("utf-8"))):
            assert (REPOSITORY / link).exists(), f"{document.name} links to {link}"


def _links(text: str) -> Iterator[str]:
    import re

    for target in re.findall(r"\]\(([^)#\s]+)\)", text):
        if not target.startswith(("http:", "https:")):
            yield target


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_the_first_command_of_the_page_shows_an_answer_of_a_service(tmp_path: Path) -> None:
    """From a clone without anything: a fresh home, no environment, no terminal."""
    clone = tmp_path / "msanic"
    subprocess.run(["git", "clone", "--quiet", REPOSITORY, clone], check=True)
    (tmp_path / "home").mkdir()
    done = subprocess.run(
        SET_UP[0].split(),
        cwd=clone,
        env=outside_of_environments() | {"HOME": str(tmp_path / "home")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert '"title":"Hello"' in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def outside_of_environments() -> dict[str, str]:
    """Return what a new terminal would have in its environment."""
    active = str(Path(sys.executable).parent)
    path = [part for part in os.environ["PATH"].split(os.pathsep) if part != active]
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTHON", "PYTEST", "VIRTUAL_ENV", "COV"))
    }
    return kept | {"PATH": os.pathsep.join(path)}
