"""The wizard, on a terminal: ask, go back, review, change, repeat, leave."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest
import yaml

from tests.cli.process import Msanic

ENTER, ESCAPE, DOWN, UP, CLEAR = "\r", "\x1b", "\x1b[B", "\x1b[A", "\x15"
LAST = "newest releases"
Wizard = Callable[..., Any]


@pytest.fixture
def wizard(work: Path, environment: dict[str, str]) -> Wizard:
    """Return a function that starts the command on a terminal."""

    def start(*arguments: str, columns: int = 100) -> Any:
        return pexpect.spawn(
            sys.executable,
            ["-m", "msanic_cli", "new", *arguments],
            cwd=str(work),
            env=environment | {"PROMPT_TOOLKIT_NO_CPR": "1", "NO_COLOR": "1"},
            timeout=20,
            encoding="utf-8",
            dimensions=(40, columns),
        )

    return start


def accept(child: Any, *questions: str) -> None:
    for question in questions:
        child.expect(question)
        child.send(ENTER)


def finish(child: Any) -> int:
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus)


def recorded(project: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((project / ".copier-answers.yml").read_text())
    return content


ALL = (
    "What the service speaks",
    "Database engine",
    "under migration",
    "not migrated",
    "Use Redis",
    "Port",
    "API version",
    "Processes",
    "Short id",
    "One line",
    "Author",
    "Oldest Python",
    "Delivery",
    LAST,
)


def test_enter_all_the_way_is_the_defaults(wizard: Wizard, work: Path) -> None:
    child = wizard()
    child.expect("Esc goes back")
    child.expect("Name of the service")
    child.send("Shop" + ENTER)
    accept(child, *ALL)
    child.expect("Create it")
    child.send(ENTER)
    child.expect("msanic new shop -y")
    child.expect("Created ")
    assert finish(child) == 0
    answers = recorded(work / "shop")
    assert (answers["name"], answers["db"], answers["redis"]) == ("shop", "pgsql", True)


def test_the_equivalent_command_makes_the_same_service(
    wizard: Wizard, msanic: Msanic, work: Path
) -> None:
    child = wizard("shop", "--port", "9001", "--no-git")
    accept(child, "What the service speaks")
    child.expect("Database engine")
    child.send(DOWN + ENTER)
    accept(child, "under migration", "not migrated", "Use Redis", "API version", "Processes")
    child.expect("Short id")
    child.send(CLEAR + "S0042" + ENTER)
    child.expect("One line")
    child.send(CLEAR + 'It\'s "new"; $x' + ENTER)
    accept(child, "Author", "Oldest Python")
    child.expect("Delivery")
    child.send(DOWN + " " + ENTER)
    accept(child, LAST, "Create it")
    child.expect(r"\n  (msanic new [^\r]*)\r")
    command = shlex.split(child.match.group(1))
    assert finish(child) == 0
    assert command[:3] == ["msanic", "new", "shop"]
    done = msanic(*command[1:], "--output-dir", "again")
    assert done.returncode == 0, done.stderr
    assert {**recorded(work / "again/shop"), "_base": ""} == {
        **recorded(work / "shop"),
        "_base": "",
    }


def test_escape_goes_back_and_keeps_what_was_typed(wizard: Wizard, work: Path) -> None:
    child = wizard()
    child.expect("Name of the service")
    child.send("shop" + ENTER)
    accept(child, "What the service speaks")
    child.expect("Database engine")
    child.send(ESCAPE)
    child.expect("What the service speaks")
    child.send(ESCAPE)
    child.expect("Name of the service")
    child.send("two" + ENTER)
    accept(child, *ALL)
    child.expect("Create it")
    child.send(ENTER)
    assert finish(child) == 0
    assert (work / "shoptwo").is_dir()


def test_escape_at_the_first_question_stays_there(wizard: Wizard) -> None:
    child = wizard()
    child.expect("Name of the service")
    child.send(ESCAPE)
    child.expect("Name of the service")
    child.send("\x03")
    assert finish(child) == 130


def test_questions_follow_the_answers(wizard: Wizard) -> None:
    child = wizard("shop")
    accept(child, "What the service speaks")
    child.expect("Database engine")
    child.send(UP + ENTER)
    assert child.expect(["under migration", "Use Redis"]) == 1
    child.send("\x03")
    assert finish(child) == 130


def test_a_wrong_answer_is_said_and_asked_again(wizard: Wizard) -> None:
    child = wizard()
    child.expect("Name of the service")
    child.send("class" + ENTER)
    child.expect("is taken by Python")
    child.send(CLEAR + "shop" + ENTER)
    child.expect("What the service speaks")
    child.send("\x03")
    assert finish(child) == 130


def test_any_answer_can_be_changed_in_the_review(wizard: Wizard, work: Path) -> None:
    child = wizard("shop", "--db", "pgsql")
    accept(child, *(question for question in ALL if question != "Database engine"))
    child.expect("Create it")
    child.send(DOWN * 3 + ENTER)  # db, which stood on the command line
    child.expect("Database engine")
    child.send(DOWN * 2 + ENTER)
    child.expect("cannot be shared by kubernetes")
    accept(child, "Delivery", "Create it")
    assert finish(child) == 0
    answers = recorded(work / "shop")
    assert (answers["db"], answers["deploy"]) == ("sqlite", ["docker", "systemd", "github"])


def test_a_change_in_the_review_can_be_taken_back(wizard: Wizard, work: Path) -> None:
    child = wizard("shop")
    accept(child, *ALL)
    child.expect("Create it")
    child.send(DOWN * 3 + ENTER)
    child.expect("Database engine")
    child.send(ESCAPE)
    child.expect("Create it")
    child.send(ENTER)
    assert finish(child) == 0
    assert recorded(work / "shop")["db"] == "pgsql"


def test_leaving_the_review_writes_nothing(wizard: Wizard, work: Path) -> None:
    child = wizard("shop")
    accept(child, *ALL)
    child.expect("Create it")
    child.send(UP + ENTER)
    child.expect("nothing was written")
    assert finish(child) == 130
    assert list(work.iterdir()) == []


@pytest.mark.parametrize("questions", range(4))
def test_ctrl_c_leaves_at_any_prompt(wizard: Wizard, work: Path, questions: int) -> None:
    child = wizard("shop")
    accept(child, *ALL[:questions])
    child.expect(ALL[questions])
    child.send("\x03")
    child.expect("interrupted")
    assert finish(child) == 130
    assert list(work.iterdir()) == []


def test_sigterm_at_a_prompt_gives_the_terminal_back(wizard: Wizard, work: Path) -> None:
    import signal

    child = wizard("shop")
    child.expect("What the service speaks")
    child.kill(signal.SIGTERM)
    child.expect("interrupted")
    assert finish(child) == 130
    assert list(work.iterdir()) == []


def test_a_wrong_option_is_refused_before_the_first_question(wizard: Wizard) -> None:
    child = wizard("shop", "--port", "7")
    assert child.expect(["port: expected 80 to 65535", "What the service speaks"]) == 0
    assert finish(child) == 2


def test_the_users_defaults_are_offered(wizard: Wizard, work: Path, home: Path) -> None:
    (home / ".config/msanic").mkdir(parents=True)
    (home / ".config/msanic/config.toml").write_text('[answers]\nport = 7000\ndb = "mysql"\n')
    child = wizard("shop")
    accept(child, *ALL)
    child.expect("Create it")
    child.send(ENTER)
    child.expect("msanic new shop -y")
    assert finish(child) == 0
    assert (recorded(work / "shop")["port"], recorded(work / "shop")["db"]) == (7000, "mysql")


def test_nothing_left_to_ask_is_no_wizard(wizard: Wizard, msanic: Msanic, work: Path) -> None:
    msanic("new", "shop", "-y", "--no-git")
    child = wizard("--answers", "shop/.copier-answers.yml", "--output-dir", "again")
    assert child.expect(["Create it", "Created "]) == 1
    assert finish(child) == 0


def test_keys_typed_ahead_do_not_disturb_the_screen(wizard: Wizard, work: Path) -> None:
    child = wizard("shop", columns=46)
    child.expect("What the service speaks")
    child.send(ENTER * len(ALL))
    child.expect("Create it")
    child.send(ENTER)
    assert finish(child) == 0
    assert (work / "shop").is_dir()
