"""Odd surroundings: streams that are closed or full, no home, no current folder."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.process import tree

COMMAND = f'msanic() {{ {shlex.quote(sys.executable)} -m msanic_cli "$@"; }}'


def shell(line: str, work: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a line with `msanic` in it, with streams buffered as they are for users."""
    env = {key: value for key, value in environment.items() if key != "PYTHONUNBUFFERED"}
    command = ["/bin/sh", "-c", f"{COMMAND}\n{line}"]
    return subprocess.run(command, cwd=work, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-", "<&- >&- 2>&-"])
def test_a_service_is_created_where_streams_are_closed(
    work: Path, environment: dict[str, str], closed: str
) -> None:
    done = shell(f"msanic new shop -y {closed}", work, environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert {"web_shop.py", "README.md"} <= tree(work / "shop").keys()
    assert all(b"first commit on main" not in content for content in tree(work).values())


@pytest.mark.parametrize("arguments", ["--help", "--version", "new --help", "new --schema"])
def test_nothing_is_shown_where_output_is_closed(
    work: Path, environment: dict[str, str], arguments: str
) -> None:
    done = shell(f"msanic {arguments} >&-", work, environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_full_disk_for_the_output_is_one_line(work: Path, environment: dict[str, str]) -> None:
    done = shell("msanic new shop -y --no-git >/dev/full", work, environment)
    assert (done.returncode, done.stderr) == (
        1,
        "error: standard output: no space left on device\n",
    )
    assert (work / "shop/web_shop.py").is_file()


@pytest.mark.parametrize("line", ["new --json >/dev/full", "new 2>/dev/full"])
def test_an_error_that_nobody_can_read_has_its_exit_code(
    work: Path, environment: dict[str, str], line: str
) -> None:
    done = shell(f"msanic {line}", work, environment)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


def test_who_has_no_home_has_no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    from msanic_cli import defaults

    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as for an unknown user
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    path = defaults.config_path()
    assert defaults.load(path) == defaults.Defaults(path)


def test_a_current_folder_that_is_gone_is_named(
    work: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    gone = "mkdir gone && cd gone && rmdir ../gone && msanic new shop -y --json"
    done = shell(gone, work, environment)
    message = json.loads(done.stdout)["error"]["message"]
    assert message == "the current folder is gone: go to another, or use -o DIR"
    assert done.returncode == 2
    done = shell(f"{gone} -o {tmp_path}/there", work, environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["commands"][0] == f"cd {tmp_path}/there/shop"
