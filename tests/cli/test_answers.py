"""Where answers come from: --data, files, the user's defaults; which one wins."""

import json
import os
from pathlib import Path

import pytest
import yaml

from tests.cli.process import Msanic, tree


def answers(msanic: Msanic, *arguments: str | Path) -> dict[str, object]:
    done = msanic("new", "shop", "-y", "--dry-run", "--json", *arguments)
    assert done.returncode == 0, done.stdout
    content = json.loads(done.stdout)["answers"]
    assert isinstance(content, dict)
    return content


def refusal(msanic: Msanic, *arguments: str | Path) -> str:
    done = msanic("new", "shop", "-y", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    return done.stderr.removeprefix("error: ").rstrip("\n")


def configure(home: Path, text: str) -> None:
    path = home / ".config/msanic/config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="surrogateescape")


def test_data_answers_any_question(msanic: Msanic) -> None:
    given = answers(msanic, "--data", "db=mysql", "--data", "redis=no", "--data", "deploy=docker")
    assert (given["db"], given["redis"], given["deploy"]) == ("mysql", False, ["docker"])


def test_data_keeps_what_follows_the_first_equals_sign(msanic: Msanic) -> None:
    assert answers(msanic, "--data", "description=a=b")["description"] == "a=b"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--data", "dbb=mysql"], "dbb: no such question; did you mean db?"),
        (["--data", "script=x"], "script: no such question; did you mean description?"),
        (["--data", "db"], "--data: expected key=value, got db"),
        (["--data", "db=x"], "db: expected one of pgsql, mysql, sqlite, none, got x (--db)"),
        (["--db", "mysql", "--data", "db=pgsql"], "db: given twice, as mysql and as pgsql (--db)"),
        (["--db", "mysql", "--db", "pgsql"], "db: given twice, as mysql and as pgsql (--db)"),
        (["--redis", "--no-redis"], "redis: given twice, as yes and as no (--redis)"),
        (["--name", "other"], "name: given twice, as shop and as other (--name)"),
    ],
)
def test_wrong_data_is_refused(msanic: Msanic, arguments: list[str], line: str) -> None:
    assert refusal(msanic, *arguments) == line


def test_the_same_answer_twice_is_no_contradiction(msanic: Msanic) -> None:
    given = answers(
        msanic,
        "--redis",
        "--data",
        "redis=yes",
        "--name",
        "Shop",
        "--db",
        "mysql",
        "--data",
        "db=mysql",
    )
    assert given["redis"] is True


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yml", "db: mysql\napi_version: 1.10\nredis: no\ndeploy: [docker]\nauthor: 'Ada ☃'\n"),
        (
            "b.json",
            '{"db": "mysql", "api_version": 1.10, "redis": false, "deploy": ["docker"], '
            '"author": "Ada \\u2603"}',
        ),
        ("c", "{db: mysql, api_version: '1.10', redis: off, deploy: docker, author: Ada ☃}"),
    ],
)
def test_an_answers_file_is_yaml_or_json(msanic: Msanic, work: Path, name: str, text: str) -> None:
    (work / name).write_text(text, encoding="utf-8")
    given = answers(msanic, "--answers", name)
    assert given["api_version"] == "1.10"
    assert (given["db"], given["redis"], given["deploy"]) == ("mysql", False, ["docker"])
    assert given["author"] == "Ada ☃"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("dbb: mysql", "dbb: no such question; did you mean db? (in a.yml)"),
        ("port: 7", "port: expected 80 to 65535, got 7 (in a.yml)"),
        ("- db", "a.yml: expected a mapping of answers, such as db: mysql"),
        ("", "a.yml: expected a mapping of answers, such as db: mysql"),
        (
            "db: mysql\ndb: pgsql",
            "a.yml: neither YAML nor JSON: db is there twice, with different values",
        ),
        (
            '{"db": "mysql", "db": "pgsql"}',
            "a.yml: neither YAML nor JSON: db is there twice, with different values",
        ),
        ("a: &a [x]\nb: *a", "a.yml: neither YAML nor JSON: expected answers without YAML aliases"),
        (
            "db: [",
            "a.yml: neither YAML nor JSON: line 1: expected the node content, but found "
            "'<stream end>'",
        ),
        (
            "_src_path: gh:somebody/template",
            "a.yml: holds the answers of another template (gh:somebody/template)",
        ),
        ("db: {a: b}", "db: expected text, got {'a': 'b'} (in a.yml)"),
    ],
)
def test_a_wrong_answers_file_is_refused(msanic: Msanic, work: Path, text: str, line: str) -> None:
    (work / "a.yml").write_text(text)
    assert refusal(msanic, "--answers", "a.yml") == line


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00", b"db: \x07", b"a" * 1_000_001])
def test_a_file_of_bytes_is_refused(msanic: Msanic, work: Path, content: bytes) -> None:
    (work / "a.yml").write_bytes(content)
    assert refusal(msanic, "--answers", "a.yml").startswith("a.yml: ")


def test_a_file_that_is_not_there_is_refused(msanic: Msanic, work: Path) -> None:
    assert refusal(msanic, "--answers", "a.yml") == "--answers: a.yml: no such file or directory"
    assert refusal(msanic, "--answers", work) == f"--answers: {work}: is a directory"


def test_recorded_answers_make_the_same_project_again(msanic: Msanic, work: Path) -> None:
    flags = [
        "--db",
        "mysql",
        "--port",
        "9001",
        "--author",
        "Ada: 'x' \"y\" {{ z }}",
        "--api-version",
        "1.10",
        "--deploy",
        "",
    ]
    assert msanic("new", "shop", "-y", "--no-git", *flags).returncode == 0
    record = "shop/.copier-answers.yml"
    done = msanic("new", "--answers", record, "--no-git", "--output-dir", "again")
    assert (done.returncode, done.stderr) == (0, "")
    first, again = tree(work / "shop"), tree(work / "again/shop")
    for files in (first, again):  # the secret of a project is drawn anew
        files[".env"] = b"\n".join(
            line for line in files[".env"].splitlines() if b"OPS_TOKEN=" not in line
        )
    assert again == first
    assert yaml.safe_load(first[".copier-answers.yml"])["api_version"] == "1.10"


def test_recorded_answers_can_be_changed_by_options(msanic: Msanic, work: Path) -> None:
    msanic("new", "shop", "-y", "--no-git", "--db", "mysql")
    done = msanic(
        "new",
        "other",
        "-y",
        "--dry-run",
        "--json",
        "--db",
        "none",
        "--answers",
        "shop/.copier-answers.yml",
    )
    given = json.loads(done.stdout)["answers"]
    assert (given["name"], given["db"]) == ("other", "none")
    assert "models" not in given


def test_options_win_over_the_file_and_the_file_over_the_users_defaults(
    msanic: Msanic, home: Path, work: Path
) -> None:
    configure(home, '[answers]\ndb = "sqlite"\nport = 1001\nauthor = "config"\n')
    (work / "a.yml").write_text("port: 1002\nauthor: file\n")
    given = answers(msanic, "--answers", "a.yml", "--author", "flag")
    assert (given["db"], given["port"], given["author"]) == ("sqlite", 1002, "flag")
    assert given["deploy"] == ["docker", "systemd", "github"]
    assert answers(msanic, "--no-config")["db"] == "pgsql"


def test_the_users_defaults_are_typed_as_toml_says(msanic: Msanic, home: Path) -> None:
    configure(home, '[answers]\napi_version = 1.10\nredis = false\ndeploy = ["docker"]\n')
    given = answers(msanic)
    assert (given["api_version"], given["redis"]) == ("1.10", False)
    assert given["deploy"] == ["docker"]


def test_the_users_defaults_follow_xdg(msanic: Msanic, tmp_path: Path) -> None:
    (tmp_path / "xdg/msanic").mkdir(parents=True)
    (tmp_path / "xdg/msanic/config.toml").write_text("[answers]\nport = 1001\n")
    done = msanic(
        "new", "shop", "-y", "--dry-run", "--json", env={"XDG_CONFIG_HOME": str(tmp_path / "xdg")}
    )
    assert json.loads(done.stdout)["answers"]["port"] == 1001


def test_the_users_defaults_say_whether_git_and_install_run(
    msanic: Msanic, home: Path, work: Path
) -> None:
    configure(home, "[new]\ngit = false\n")
    msanic("new", "shop", "-y")
    assert not (work / "shop/.git").exists()
    msanic("new", "other", "-y", "--git")
    assert (work / "other/.git").is_dir()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[answers]\ndbb = 1\n", "dbb: no such question; did you mean db? (in {path})"),
        ("[answers]\nport = 7\n", "port: expected 80 to 65535, got 7 (in {path})"),
        ("[answer]\n", "{path}: unknown key answer; did you mean answers?"),
        ("[new]\ngti = true\n", "{path}: unknown key new.gti; did you mean git?"),
        ("[new]\ngit = 1\n", "{path}: new.git: expected true or false, got 1"),
        ("answers = 1\n", "{path}: answers: expected a table [answers]"),
    ],
)
def test_wrong_user_defaults_are_refused(
    msanic: Msanic, home: Path, text: str, problem: str
) -> None:
    configure(home, text)
    assert refusal(msanic) == problem.format(path=home / ".config/msanic/config.toml")
    assert msanic("new", "shop", "-y", "--dry-run", "--no-config").returncode == 0


@pytest.mark.parametrize("text", ["[answers\n", "a = " + "[" * 5000, "a = '\udcff'\n"])
def test_user_defaults_that_are_no_toml_name_the_way_around_them(
    msanic: Msanic, home: Path, text: str
) -> None:
    configure(home, text)
    assert refusal(msanic).endswith("; --no-config leaves it out")


def test_user_defaults_that_do_not_apply_are_left_out(msanic: Msanic, home: Path) -> None:
    configure(home, '[answers]\nmodels = "main;billing"\n')
    assert "models" not in answers(msanic, "--db", "none")


def test_an_unreadable_home_is_no_obstacle(msanic: Msanic) -> None:
    done = msanic("new", "shop", "-y", "--dry-run", env={"HOME": os.devnull})
    assert (done.returncode, done.stderr) == (0, "")
