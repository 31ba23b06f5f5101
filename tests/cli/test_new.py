"""`msanic new` with options: what is created, where, and what is refused."""

from pathlib import Path

import pytest
import yaml

from tests.cli.process import Msanic, tree

FLAGS = {
    "mode": (["--mode", "http"], "http"),
    "db": (["--db", "mysql"], "mysql"),
    "models": (["--models", "main;billing"], "main;billing"),
    "extra_models": (["--extra-models", ""], ""),
    "redis": (["--no-redis"], False),
    "port": (["--port", "9001"], 9001),
    "api_version": (["--api-version", "1.10"], "1.10"),
    "workers": (["--workers", "4"], "4"),
    "service_id": (["--service-id", "S0042"], "S0042"),
    "description": (["--description", 'It\'s "{{ 7*7 }}" \\ $HOME'], 'It\'s "{{ 7*7 }}" \\ $HOME'),
    "author": (["--author", "Ada Löwe"], "Ada Löwe"),
    "python_version": (["--python-version", "3.12"], "3.12"),
    "deploy": (
        ["--deploy", "docker,github", "--deploy", "systemd"],
        ["docker", "systemd", "github"],
    ),
    "latest": (["--latest"], True),
}


def recorded(project: Path) -> dict[str, object]:
    content = yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def test_every_question_has_a_flag_under_test() -> None:
    from msanic_cli.engine import service_template

    asked = {q.name for q in service_template().questions if not q.computed}
    assert asked == {*FLAGS, "name"}


@pytest.mark.parametrize("name", FLAGS)
def test_each_flag_answers_its_question(msanic: Msanic, work: Path, name: str) -> None:
    arguments, value = FLAGS[name]
    done = msanic("new", "shop", "-y", "--no-git", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert recorded(work / "shop")[name] == value


def test_all_flags_at_once_need_no_terminal_and_no_defaults(msanic: Msanic, work: Path) -> None:
    flags = [word for arguments, _ in FLAGS.values() for word in arguments]
    done = msanic("new", "shop", "--no-git", *flags)
    assert done.returncode == 0
    answers = recorded(work / "shop")
    assert {name: answers[name] for name in FLAGS} == {n: value for n, (_, value) in FLAGS.items()}


def test_the_record_names_template_version_and_hash(msanic: Msanic, work: Path) -> None:
    from msanic_cli import __version__

    msanic("new", "shop", "-y", "--no-git")
    answers = recorded(work / "shop")
    assert answers["_src_path"] == "git+msanic://service"
    assert answers["_commit"] == f"v{__version__}"
    assert len(str(answers["_base"])) == 64


def test_the_next_steps_follow_the_answers(msanic: Msanic) -> None:
    text = msanic("new", "shop", "-y", "--no-git", "--port", "9001", "--api-version", "2").stdout
    assert "1  cd shop\n" in text
    assert "python web_shop.py" in text
    assert "curl http://127.0.0.1:9001/v2/notes" in text
    assert "aerich upgrade" in text
    bare = msanic("new", "bare", "-y", "--no-git", "--db", "none").stdout
    assert "aerich" not in bare
    assert "curl http://127.0.0.1:8888/echo" in bare


def test_a_name_is_put_right_and_that_is_said(msanic: Msanic, work: Path) -> None:
    done = msanic("new", "My-Web Shop", "-y", "--no-git")
    assert done.stderr == "note: the name 'My-Web Shop' becomes my_web_shop\n"
    assert recorded(work / "my_web_shop")["name"] == "my_web_shop"


@pytest.mark.parametrize(
    "name", ["class", "json", "asyncio", "a__b", "x", "1a", "a_", "\u017fhop", "\u212a9"]
)
def test_a_name_that_cannot_be_is_refused(msanic: Msanic, work: Path, name: str) -> None:
    done = msanic("new", name, "-y")
    assert done.returncode == 2
    assert done.stderr.startswith("error: name: ")
    assert done.stderr.count("\n") == 1
    assert list(work.iterdir()) == []


@pytest.mark.parametrize("path", ["path/to/shop", "/etc/shop", "../shop", "shop/"])
def test_a_path_as_name_leads_to_output_dir(msanic: Msanic, work: Path, path: str) -> None:
    done = msanic("new", path, "-y")
    assert done.returncode == 2
    assert f"--output-dir {Path(path).parent}\n" in done.stderr
    assert list(work.iterdir()) == []


def test_output_dir_is_where_the_service_goes(msanic: Msanic, work: Path) -> None:
    done = msanic("new", "shop", "-y", "--no-git", "--output-dir", "a/b")
    assert done.returncode == 0
    assert (work / "a/b/shop/web_shop.py").is_file()
    assert "cd a/b/shop" in done.stdout


def test_a_target_with_content_is_refused_and_kept(msanic: Msanic, work: Path) -> None:
    (work / "shop").mkdir()
    (work / "shop/mine").write_text("mine")
    done = msanic("new", "shop", "-y")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "is not empty" in done.stderr
    assert tree(work) == {"shop/mine": b"mine"}


@pytest.mark.parametrize("kind", ["file", "link", "dangling"])
def test_a_target_that_is_no_folder_is_refused(msanic: Msanic, work: Path, kind: str) -> None:
    target = work / "shop"
    if kind == "file":
        target.write_text("")
    else:
        target.symlink_to(work if kind == "link" else work / "nowhere")
    done = msanic("new", "shop", "-y")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert [path.name for path in work.iterdir()] == ["shop"]


def test_an_empty_folder_becomes_the_service(msanic: Msanic, work: Path) -> None:
    (work / "shop").mkdir()
    assert msanic("new", "shop", "-y", "--no-git").returncode == 0
    assert (work / "shop/web_shop.py").is_file()


def test_a_dry_run_shows_the_tree_and_writes_nothing(msanic: Msanic, work: Path) -> None:
    done = msanic("new", "shop", "-y", "--dry-run")
    assert done.returncode == 0
    assert done.stdout.startswith("Would create shop  ")
    assert "\nshop/\n" in done.stdout
    assert "── web_shop.py" in done.stdout
    assert list(work.iterdir()) == []


def test_a_dry_run_refuses_what_the_run_would_refuse(msanic: Msanic, work: Path) -> None:
    (work / "shop").write_text("")
    assert msanic("new", "shop", "-y", "--dry-run").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--db", "oracle"], "db: expected one of pgsql, mysql, sqlite, none, got oracle (--db)"),
        (["--port", "79"], "port: expected 80 to 65535, got 79 (--port)"),
        (["--port", "many"], "port: expected a whole number, got many (--port)"),
        (
            ["--mode", "websocket"],
            "mode: websocket services are not available in this version; use http (--mode)",
        ),
        (
            ["--db", "none", "--models", "main"],
            "models: does not apply with the other answers: leave it out (--models)",
        ),
        (
            ["--models", "extra"],
            "extra_models: extra is among the migrated modules already (--extra-models)",
        ),
        (
            ["--db", "sqlite", "--deploy", "docker,kubernetes"],
            "deploy: a SQLite file cannot be "
            "shared by kubernetes pods: leave kubernetes out, or choose pgsql or mysql (--deploy)",
        ),
    ],
)
def test_a_wrong_answer_is_one_line_that_names_the_flag(
    msanic: Msanic, work: Path, arguments: list[str], line: str
) -> None:
    done = msanic("new", "shop", "-y", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {line}\n")
    assert list(work.iterdir()) == []
