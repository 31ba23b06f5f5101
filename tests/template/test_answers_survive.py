"""Whatever is answered: a service whose files give the answers back, or one clear line."""

from __future__ import annotations

import ast
import datetime
import io
import re
import tomllib
from collections.abc import Mapping
from typing import Any

import dotenv
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from msanic_cli.engine import ANSWERS_FILE, Answers, service_template
from msanic_cli.errors import AnswerError
from msanic_cli.questions import Question
from tests.generated.axes import FREE_VALUES
from tests.template.folder import texts

TEMPLATE = service_template()
NASTY = (
    *("", " ", "..", "../x", "/etc/passwd", "a/b", "a\\b", ".git", "con", "aux", "nul", "com1"),
    *(
        "class",
        "None",
        "core",
        "os",
        "main;main",
        "main;",
        ";",
        "main;class",
        "billing",
        "aux;main",
    ),
    *("a" * 100_000, "1" * 5_000, "-1", "1e9", "NaN", "٣", "1_0", "0x50", "80.0", "64", "65"),
    *(
        "{{ name }}",
        "{% for x in y %}",
        "{{ ''.__class__ }}",
        "{# x #}",
        "${HOME}",
        "$(id)",
        "`id`",
    ),
    *("'; drop", '"""', "'''", "\\", "\\N{BULLET}", "%s %(x)s", "#{x}", "a\nb", "a\r\nb", "a\0b"),
    *("\x1b[31m", "\ud800", "\u202e", "\u2028", "\ufeff", "é", "e\u0301", "ﬀ", "日本", "😀"),
    *("[", "[[[[", "[" * 50_000, "- " * 3_000, "{a: &x [*x]}", "!!python/object:os.system x"),
    *("yes", "null", "~", "2024-01-01", "v1", "1.0.0", "1..2"),
)
VALUES = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=210),
    st.text(st.characters(exclude_categories=()), max_size=20),
    st.text(alphabet="\"'\\${}#%: `éab", min_size=1, max_size=40),
    st.from_regex(r"[a-z_][a-z0-9_;]{0,22}", fullmatch=True),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.binary(max_size=5),
    st.just(datetime.date(2024, 1, 1)),
    st.lists(st.sampled_from([*NASTY, "docker", "systemd", 1, None]), max_size=3),
    st.dictionaries(st.sampled_from(["value", "x"]), st.integers(), max_size=2),
)


def _accepted(question: Question) -> st.SearchStrategy[Any]:
    choices = question.static_choices()
    if question.type == "bool":
        return st.booleans()
    if not choices:
        return st.sampled_from(FREE_VALUES[question.name])
    values = st.sampled_from([choice.value for choice in choices if not choice.problem])
    return st.lists(values, unique=True) if question.multiselect else values


ASKED = {question.name: question for question in TEMPLATE.questions if not question.computed}
FREE_TEXT = st.text(alphabet=st.characters(min_codepoint=32), max_size=120).map(str.strip)
USUAL = {name: _accepted(question) for name, question in ASKED.items()}
USUAL |= {"description": FREE_TEXT.filter(bool), "author": FREE_TEXT}
# Mostly good answers with one or two bad ones among them: all bad would stop at the first.
DATA = st.builds(
    lambda usual, wild: {**usual, **wild},
    st.fixed_dictionaries(
        {"name": USUAL["name"]}, optional={name: USUAL[name] for name in USUAL if name != "name"}
    ),
    st.one_of(
        st.just({}),
        st.dictionaries(
            st.sampled_from([*ASKED, "ops_token", "nmae", "{{ x }}"]), VALUES, max_size=2
        ),
    ),
)


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=DATA)
@example(data={"name": "con"})
@example(data={"name": "shop", "models": "main;aux"})
@example(data={"name": "shop", "description": "${HOME} '\"\\ {{ name }} %"})
def test_answers_come_back_or_are_refused_in_one_line(data: dict[str, Any]) -> None:
    answers, line = _settle(data)
    if answers:
        _assert_kept(answers)
    else:
        assert len(line.splitlines()) == 1
        assert line.isprintable()
        assert len(line) < 250


def _settle(data: Mapping[str, Any]) -> tuple[Answers | None, str]:
    try:
        return TEMPLATE.resolve(data), ""
    except AnswerError as error:
        return None, str(error)


def _assert_kept(answers: Answers) -> None:
    values = answers.values
    files = texts(TEMPLATE.render(answers, src="here"))
    assert all(_is_safe(path) for path in files)
    _assert_recorded(answers, files[ANSWERS_FILE])
    project = tomllib.loads(files["pyproject.toml"])["project"]
    assert (project["name"], project["description"]) == (values["name"], values["description"])
    authors = [author["name"] for author in project.get("authors", [])]
    assert authors == ([values["author"]] if values["author"] else [])
    code = ast.walk(ast.parse(files[f"{values['name']}/config.py"]))
    constants = [node.value for node in code if isinstance(node, ast.Constant)]
    for name in ("name", "description", "service_id", "port"):
        assert values[name] in constants
    _assert_environment(values, files)


def _assert_recorded(answers: Answers, content: str) -> None:
    recorded = yaml.safe_load(content)
    assert recorded.pop("_src_path") == "here"
    assert recorded == answers.recorded
    assert TEMPLATE.resolve({}, last=recorded).recorded == answers.recorded
    assert TEMPLATE.resolve(recorded).recorded == answers.recorded


def _assert_environment(values: Mapping[str, Any], files: Mapping[str, str]) -> None:
    prefix = str(values["name"]).upper()
    explained = re.sub(rf"^#({prefix}_\w+=)", r"\1", files[".env.example"], flags=re.MULTILINE)
    assert _environment(explained)[f"{prefix}_DESCRIPTION"] == values["description"]
    assert _environment(files[".env"])[f"{prefix}_OPS_TOKEN"] == values["ops_token"]


def _environment(content: str) -> Mapping[str, str | None]:
    return dotenv.dotenv_values(stream=io.StringIO(content))


def _is_safe(path: str) -> bool:
    return (
        re.fullmatch(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*", path) is not None and ".." not in path
    )
