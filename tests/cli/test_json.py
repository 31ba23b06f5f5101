"""`--json`: one document on standard output, whatever happens. No terminal: no questions."""

import json
from pathlib import Path

import pytest

from tests.cli.process import Msanic


def test_a_plan_has_files_answers_and_commands(msanic: Msanic, work: Path) -> None:
    done = msanic("new", "shop", "-y", "--dry-run", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    plan = json.loads(done.stdout)
    assert (plan["created"], plan["name"], plan["path"]) == (False, "shop", str(work / "shop"))
    files = {file["path"]: file for file in plan["files"]}
    assert files["web_shop.py"]["bytes"] > 0
    assert plan["answers"]["port"] == 8888
    assert plan["commands"][0] == "cd shop"
    assert plan["git"] is True
    assert list(work.iterdir()) == []


def test_a_run_says_what_was_created(msanic: Msanic, work: Path) -> None:
    done = msanic("new", "Shop", "-y", "--json")
    assert done.returncode == 0
    result = json.loads(done.stdout)
    assert (result["created"], result["git"], result["install"]) == (True, True, False)
    on_disk = {
        str(path.relative_to(work / "shop")): path.stat().st_size
        for path in (work / "shop").rglob("*")
        if path.is_file() and ".git" not in path.relative_to(work).parts
    }
    assert {file["path"]: file["bytes"] for file in result["files"]} == on_disk
    assert done.stderr == "note: the name 'Shop' becomes shop\n"


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (["new", "--json"], 2, "missing"),
        (["new", "shop", "-y", "--json", "--port", "7"], 2, "answer"),
        (["new", "shop", "-y", "--json", "--prot", "7"], 2, "usage"),
        (["new", "taken", "-y", "--json"], 2, "target"),
        (["nwe", "--json"], 2, "usage"),
        (["new", "shop", "-y", "--json", "--data", "x=1"], 2, "unknownanswer"),
    ],
)
def test_an_error_is_a_document_too(
    msanic: Msanic, work: Path, arguments: list[str], code: int, kind: str
) -> None:
    (work / "taken").write_text("")
    done = msanic(*arguments)
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, done.stderr) == (code, "")
    assert (error["exit_code"], error["kind"]) == (code, kind)
    assert "\n" not in error["message"]


def test_what_is_missing_is_listed_with_its_flag(msanic: Msanic) -> None:
    done = msanic("new", "--json", "--db", "none", "--redis", "--data", "mode=http")
    error = json.loads(done.stdout)["error"]
    assert [entry["flag"] for entry in error["missing"]] == ["--name"]


def test_without_a_terminal_nothing_is_asked(msanic: Msanic, work: Path) -> None:
    done = msanic("new", input="shop\n\n\n\n", stdin=None)
    assert (done.returncode, done.stdout) == (2, "")
    first, *rest = done.stderr.splitlines()
    assert first == "error: no answer and no default for --name"
    assert [line.split()[0] for line in rest] == ["--name"]
    assert list(work.iterdir()) == []


def test_without_a_terminal_what_is_not_given_is_the_default(msanic: Msanic) -> None:
    plan = json.loads(msanic("new", "shop", "--db", "mysql", "--dry-run", "--json").stdout)
    assert plan["answers"]["db"] == "mysql"
    assert (plan["answers"]["port"], plan["answers"]["redis"]) == (8888, True)


def test_defaults_without_a_name_miss_the_name_alone(msanic: Msanic) -> None:
    done = msanic("new", "-y")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "error: no answer and no default for --name"
