"""How the command starts: quickly, with help that people can read."""

import subprocess
import sys
from pathlib import Path

import pytest

from msanic_cli import __version__
from tests.cli.process import ROOT, Msanic

HEAVY = {"jinja2", "yaml", "questionary", "copier", "pydantic", "rich", "prompt_toolkit"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["-h"], ["-V"], []])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom msanic_cli.cli import main\n"
        f"main({arguments!r})\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert HEAVY & {name.partition(".")[0] for name in done.stderr.split()} == set()


def test_version_is_one_line(msanic: Msanic) -> None:
    assert msanic("--version").stdout == f"msanic {__version__}\n"
    assert msanic("-V").stdout == f"msanic {__version__}\n"


def test_help_lists_the_commands(msanic: Msanic) -> None:
    done = msanic("--help")
    assert done.returncode == 0
    assert "Create a service" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def test_no_command_is_a_wrong_use_that_shows_the_help(msanic: Msanic) -> None:
    done = msanic()
    assert done.returncode == 2
    assert done.stdout == msanic("--help").stdout


def test_help_of_new_has_every_question_with_its_choices_and_default(msanic: Msanic) -> None:
    from msanic_cli.engine import service_template
    from msanic_cli.errors import flag

    text = msanic("new", "--help", env={"COLUMNS": "200"}).stdout
    for question in service_template().questions:
        assert (f"  {flag(question.name)} " in text) is not question.computed
    assert "--db pgsql|mysql|sqlite|none" in text
    assert "[default: pgsql]" in text
    assert "--redis / --no-redis" in text


@pytest.mark.parametrize("columns", ["40", "60", "80", "200"])
def test_help_fits_the_terminal(msanic: Msanic, columns: str) -> None:
    text = msanic("new", "--help", env={"COLUMNS": columns}).stdout
    long = [line for line in text.splitlines() if len(line) > max(int(columns), 60)]
    assert long == []


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nwe"], "error: unknown command nwe; did you mean new?"),
        (["zzz"], "error: unknown command zzz; msanic --help lists the commands"),
        (["--versoin"], "error: unknown option --versoin; did you mean --version?"),
        (["new", "--redsi"], "error: unknown option --redsi; did you mean --redis?"),
        (["new", "shop", "--db"], "error: option '--db' requires an argument"),
        (["new", "shop", "two"], "error: got unexpected extra argument(s) (two)"),
    ],
)
def test_a_wrong_word_is_one_line_with_a_suggestion(
    msanic: Msanic, arguments: list[str], line: str
) -> None:
    done = msanic(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", line + "\n")


def test_the_module_of_the_console_script_is_the_same_command() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"msanic": "msanic_cli.cli:main"}


@pytest.mark.parametrize("missing", ["typer", "jinja2", "yaml"])
def test_an_incomplete_installation_is_one_line(
    missing: str, environment: dict[str, str], work: Path
) -> None:
    program = (
        f"import sys\nsys.modules[{missing!r}] = None\nfrom msanic_cli.cli import main\n"
        "sys.exit(main(['new', 'shop', '-y']))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=work, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == f"error: import of {missing} halted; none in sys.modules: install msanic again\n"
    )
