"""Questions accept what they should, and say in one line what they expected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from msanic_cli.engine import Answers, Template
from msanic_cli.errors import AnswerError, TemplateError, UnknownAnswer
from msanic_cli.questions import MISSING, Choice, Context, Question

COPIER_YML = """\
reserved: {type: yaml, when: false, default: "[con, sys]"}
name:
  type: str
  help: Name of it
  placeholder: shop
  validator: "{% if name in reserved %}is taken{% endif %}"
db:
  choices: {PostgreSQL: pgsql, None: {value: none}, Old: {value: old, validator: gone}}
  default: pgsql
redis: {type: bool, default: true, help: Cache}
port: {type: int, default: 8888, validator: "{% if port < 80 %}expected 80 to 65535{% endif %}"}
ratio: 0.5
table: {type: str, when: "{{ db != 'none' }}", default: "{{ name }}s"}
engine:
  type: str
  choices: "{{ ['a', 'b'] if redis else ['c'] }}"
  default: "{{ 'a' if redis else 'c' }}"
parts:
  type: str
  multiselect: true
  choices: [x, y]
  default: "{{ ['y', 'x'] if redis else [] }}"
extra: {type: json, default: "{}"}
token: {type: str, secret: true, default: "{{ 'abc' | random }}"}
script: {type: str, when: false, default: "web_{{ name }}"}
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    root = tmp_path_factory.mktemp("template")
    (root / "copier.yml").write_text(COPIER_YML)
    return Template(root)


def test_a_question_tells_what_it_is_without_answers(template: Template) -> None:
    name, db, table, parts = (_named(template, n) for n in ("name", "db", "table", "parts"))
    assert (name.type, name.help, name.placeholder) == ("str", "Name of it", "shop")
    assert (name.default({}), db.static_default, table.static_default) == (MISSING, "pgsql", None)
    assert db.static_choices() == (
        Choice("PostgreSQL", "pgsql"),
        Choice("None", "none"),
        Choice("Old", "old", "gone"),
    )
    assert (name.static_choices(), _named(template, "engine").static_choices()) == (None, None)
    assert (parts.multiselect, _named(template, "token").secret) == (True, True)
    assert [q.name for q in template.questions if q.computed] == ["reserved", "script"]
    assert _named(template, "ratio").type == "float"


def test_defaults_and_choices_follow_from_earlier_answers(template: Template) -> None:
    values = template.resolve({"name": "shop"}).values
    assert (values["table"], values["engine"], values["parts"]) == ("shops", "a", ["x", "y"])
    values = template.resolve({"name": "shop", "redis": False}).values
    assert (values["engine"], values["parts"], values["script"]) == ("c", [], "web_shop")


def test_secrets_computed_values_and_questions_that_do_not_apply_are_not_recorded(
    template: Template,
) -> None:
    answers = template.resolve({"name": "shop", "db": "none"})
    assert {"reserved", "script", "token", "table"}.isdisjoint(answers.recorded)
    assert answers.values["token"] in "abc"
    assert answers.values["table"] == "shops"


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("port", "9001", 9001),
        ("port", " 80 ", 80),
        ("redis", "no", False),
        ("redis", "TRUE", True),
        ("redis", 0, False),
        ("ratio", "1e-3", 0.001),
        ("ratio", 1, 1.0),
        ("name", 7, "7"),
        ("name", "{{ 1 + 1 }}", "{{ 1 + 1 }}"),
        ("parts", "y,x", ["x", "y"]),
        ("parts", "[y]", ["y"]),
        ("parts", "", []),
        ("parts", ["y", "y"], ["y"]),
        ("extra", '{"a": [1]}', {"a": [1]}),
        ("extra", [1], [1]),
    ],
)
def test_text_and_values_are_read(template: Template, name: str, raw: Any, value: Any) -> None:
    answers = template.resolve({"name": "shop", name: raw})
    assert answers.values[name] == value
    assert type(answers.values[name]) is type(value)


@pytest.mark.parametrize(
    ("name", "raw", "line"),
    [
        ("port", "x", "port: expected a whole number, got x (--port)"),
        ("port", 7, "port: expected 80 to 65535, got 7 (--port)"),
        ("port", 8.5, "port: expected a whole number, got 8.5 (--port)"),
        ("port", True, "port: expected a whole number, got True (--port)"),
        ("port", None, "port: expected a whole number, got nothing (--port)"),
        ("port", "9" * 5000, f"port: expected a whole number, got '{'9' * 56}... (--port)"),
        ("redis", "maybe", "redis: expected yes or no, got maybe (--redis)"),
        ("redis", 2, "redis: expected yes or no, got 2 (--redis)"),
        ("name", "sys", "name: is taken (--name)"),
        ("name", "a\nb", None),
        ("name", "\udcff", r"name: expected text, got '\udcff' (--name)"),
        ("name", [], "name: expected text, got [] (--name)"),
        ("db", "old", "db: gone (--db)"),
        ("db", "oracle", "db: expected one of pgsql, none, got oracle (--db)"),
        ("parts", "q", "parts: expected one of x, y, got q (--parts)"),
        ("parts", 1, "parts: expected a list, got 1 (--parts)"),
        ("parts", "[x", "parts: expected text, got '[x' (--parts)"),
        ("extra", "{", "extra: expected JSON, got '{' (--extra)"),
        ("table", "t", None),
        ("script", "s", "script: is worked out by the template and cannot be given (--script)"),
    ],
)
def test_a_refused_answer_is_one_line(
    template: Template, name: str, raw: Any, line: str | None
) -> None:
    if line is None:
        assert template.resolve({"name": "shop", name: raw}).values[name] == raw
        return
    with pytest.raises(AnswerError) as caught:
        template.resolve({"name": "shop", name: raw})
    assert str(caught.value) == line
    assert (caught.value.name, caught.value.exit_code) == (name, 2)


def test_an_unknown_name_is_refused_with_the_closest_one(template: Template) -> None:
    with pytest.raises(UnknownAnswer, match="prot: no such question; did you mean port") as caught:
        template.resolve({"prot": 1})
    assert caught.value.suggestion == "port"


def test_an_answer_that_the_others_rule_out_is_refused(template: Template) -> None:
    with pytest.raises(AnswerError, match="table: does not apply with the other answers"):
        template.resolve({"name": "shop", "db": "none", "table": "t"})


def test_a_question_without_default_needs_an_answer(template: Template) -> None:
    with pytest.raises(AnswerError, match=r"name: needs an answer \(--name\)"):
        template.resolve({})


def test_recorded_answers_are_replayed(template: Template) -> None:
    first = template.resolve({"name": "{{ x }}", "db": "none", "parts": "y", "port": 99})
    again = template.resolve({}, last=first.recorded)
    assert again.recorded == first.recorded
    changed = template.resolve({"db": "pgsql"}, last={**first.recorded, "gone": 1, "table": 5})
    assert (changed.values["db"], changed.values["table"]) == ("pgsql", "5")


def test_a_recorded_answer_that_is_refused_now_is_an_error(template: Template) -> None:
    with pytest.raises(AnswerError, match="db: gone"):
        template.resolve({"name": "shop"}, last={"db": "old"})


def test_asking_sees_the_answers_so_far_and_what_to_propose(template: Template) -> None:
    seen: dict[str, Any] = {}

    def ask(question: Question, context: Context, default: Any) -> Any:
        seen[question.name] = default
        assert "name" in context or question.name == "name"
        return "shop" if question.name == "name" else default

    answers = template.resolve({"port": 81}, last={"db": "old", "ratio": 2}, ask=ask)
    assert "port" not in seen
    assert (seen["name"], seen["db"], seen["ratio"], seen["table"]) == (
        MISSING,
        "pgsql",
        2,
        "shops",
    )
    assert isinstance(answers, Answers)


def test_random_defaults_differ_within_and_between_runs(tmp_path: Path) -> None:
    (tmp_path / "copier.yml").write_text(
        "token: \"{% for _ in range(40) %}{{ 'abcdefgh' | random }}{% endfor %}\"\n"
    )
    drawn = [str(Template(tmp_path).resolve({}).values["token"]) for _ in range(3)]
    assert len(set(drawn)) == 3
    assert all(len(set(token)) > 3 for token in drawn)


def test_a_default_that_is_no_valid_answer_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "copier.yml").write_text("a: {type: int, default: x}\n")
    with pytest.raises(AnswerError, match="a: expected a whole number, got x"):
        Template(tmp_path).resolve({})


def test_answers_are_never_rendered(tmp_path: Path) -> None:
    (tmp_path / "copier.yml").write_text("a: x\nb: '{{ a }}'\nc: {type: yaml, default: '[]'}\n")
    template = Template(tmp_path)
    nasty = "{{ 1 / 0 }}"
    for answers in (template.resolve({"a": nasty}), template.resolve({}, last={"a": nasty})):
        assert (answers.values["a"], answers.values["b"]) == (nasty, nasty)


def test_answers_nested_beyond_all_limits_are_refused(tmp_path: Path) -> None:
    (tmp_path / "copier.yml").write_text(
        "a: {type: yaml, default: x}\nb: {type: json, default: 1}\n"
    )
    for name in ("a", "b"):
        with pytest.raises(AnswerError):
            Template(tmp_path).resolve({name: "[" * 100_000})


def test_a_validator_that_fails_is_a_mistake_of_the_template(tmp_path: Path) -> None:
    (tmp_path / "copier.yml").write_text("a:\n  default: x\n  validator: '{{ a + 1 }}'\n")
    with pytest.raises(TemplateError, match=r"copier\.yml:3: "):
        Template(tmp_path).resolve({})


def _named(template: Template, name: str) -> Question:
    return next(question for question in template.questions if question.name == name)
