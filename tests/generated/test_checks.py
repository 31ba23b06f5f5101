"""The checks find what they are there to find."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generated import text, usage
from tests.generated.project import Project
from tests.generated.sharing import fingerprint
from tests.generated.toolbox import Toolbox

PYPROJECT = """\
[project]
name = "shop"
dependencies = [{needed}]
[project.optional-dependencies]
dev = []
[tool.ruff]
line-length = 100
"""


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.py", "x = {{ name }}\n", "a tag is left"),
        ("a.py", "{% if x %}\n", "a tag is left"),
        ("a.yaml", "port: None\n", "an empty value is left"),
        ("a.env", "PORT=\n\n\n\nX=1\n", "three blank lines"),
        ("a.py", "x = 1", "no newline"),
        ("a.py", "x = 1\n\n", "blank lines at the end"),
        ("a.py", "x = 1 \n", "spaces at the end"),
        ("a.py", "x = 1\r\n", "carriage returns"),
        ("a.py", "\nx = 1\n", "blank lines at the start"),
        ("a.py", "x = (\n", "cannot be read"),
        ("a.yaml", "a: [\n", "cannot be read"),
        ("a.toml", "a = \n", "cannot be read"),
    ],
)
def test_untidy_text_is_found(name: str, content: str, problem: str) -> None:
    found = list(text.problems({name: content.encode()}, {}))

    assert any(problem in each for each in found), found


@pytest.mark.parametrize("line", ["key: ${{ secrets.KEY }}", "x = {'a': {'b': 1}}", "x = None"])
def test_ordinary_text_is_not(line: str) -> None:
    assert list(text.problems({"a.py": f"# {line}\n".encode()}, {})) == []


def test_an_answer_that_looks_like_a_tag_is_not_taken_for_one() -> None:
    answers = {"description": "says {{ name }} aloud"}

    assert list(text.problems({"a.md": b"# says {{ name }} aloud\n"}, answers)) == []


@pytest.fixture
def project(tmp_path: Path, toolbox: Toolbox) -> Project:
    """Write the least project: a start script, a package and a test."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "web_shop.py").write_text("from shop import app\n", "utf-8")
    (tmp_path / "shop" / "__init__.py").write_text("", "utf-8")
    (tmp_path / "shop" / "app.py").write_text("import orjson\n", "utf-8")
    (tmp_path / "pyproject.toml").write_text(PYPROJECT.format(needed='"orjson>=3"'), "utf-8")
    return Project(tmp_path, {"name": "shop"}, toolbox)


def test_a_module_that_nothing_imports_is_found(project: Project) -> None:
    assert list(usage.problems(project)) == []
    (project.folder / "shop" / "idle.py").write_text("", "utf-8")

    assert list(usage.problems(project)) == ["shop/idle.py: nothing imports it"]


def test_a_dependency_that_nothing_imports_is_found(project: Project) -> None:
    wanted = PYPROJECT.format(needed='"orjson>=3", "structlog"')
    (project.folder / "pyproject.toml").write_text(wanted, "utf-8")

    assert list(usage.problems(project)) == ["pyproject.toml: nothing uses structlog"]


def test_projects_that_differ_in_delivery_alone_are_proven_once() -> None:
    given = {"db": "none", "redis": False}
    files = {"pyproject.toml": PYPROJECT.format(needed="").encode(), "a.py": b"x = 1\n"}

    def mark(**more: bytes) -> str:
        return fingerprint({**files, **more}, given)

    assert mark(Dockerfile=b"FROM x\n") == mark()
    assert mark(b=b"") != mark()
    read_by_a_test = {"tests/test_a.py": b'open("Dockerfile")\n'}
    assert mark(**read_by_a_test) != mark(**read_by_a_test, Dockerfile=b"FROM x\n")
