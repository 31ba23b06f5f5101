"""Shell completion: of commands, options and choices."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.cli.process import ROOT, Msanic

Complete = Callable[[str], list[str]]


@pytest.fixture
def complete(msanic: Msanic) -> Complete:
    """Return what bash would offer at the end of a command line."""

    def run(line: str) -> list[str]:
        words = line.split(" ")
        env = {
            "_MSANIC_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        }
        done = msanic(env=env)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split()

    return run


def test_commands_complete(complete: Complete) -> None:
    assert complete("msanic n") == ["new"]


def test_options_complete(complete: Complete) -> None:
    assert complete("msanic new --api") == ["--api-version"]
    assert {"--redis", "--no-redis"} <= {
        *complete("msanic new --redis"),
        *complete("msanic new --no-r"),
    }


def test_options_that_print_and_leave_are_not_run_by_completing(complete: Complete) -> None:
    assert complete("msanic --version n") == ["new"]
    assert complete("msanic new --schema --db my") == ["mysql"]


def test_choices_complete(complete: Complete) -> None:
    assert complete("msanic new --db ") == ["pgsql", "mysql", "sqlite", "none"]
    assert complete("msanic new --db my") == ["mysql"]
    assert complete("msanic new --mode ") == ["http"]


def test_choices_after_a_comma_complete(complete: Complete) -> None:
    assert complete("msanic new --deploy docker,") == [
        "docker,kubernetes",
        "docker,systemd",
        "docker,github",
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_shown(msanic: Msanic, shell: str) -> None:
    env = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = msanic("--show-completion", shell, env=env)
    assert done.returncode == 0
    assert "_MSANIC_COMPLETE" in done.stdout


def test_completing_a_command_imports_nothing_heavy(environment: dict[str, str]) -> None:
    program = "import sys; from msanic_cli.cli import main; main([]); print(*sys.modules, sep='+')"
    env = environment | {
        "_MSANIC_COMPLETE": "complete_bash",
        "COMP_WORDS": "msanic --h",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=env,
        text=True,
        capture_output=True,
        check=True,
    )
    assert not {"jinja2", "questionary", "copier"} & set(done.stdout.split("+"))
