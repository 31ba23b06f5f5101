"""Derive what can vary in a generated project from the template's own questions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import combinations, product
from typing import Any

from msanic_cli.engine import Template, service_template
from msanic_cli.errors import AnswerError
from msanic_cli.questions import Question

# Values of the questions that take any text. Chosen so that each branch a template can take for
# them is taken: absent, ordinary, at the limit, and hostile to the languages they end up in.
FREE_VALUES: Mapping[str, tuple[Any, ...]] = {
    "name": ("shop", "ab", "a_name_of_twenty_chr"),
    "models": ("main", "main;billing", "accounts;parts;z_2"),
    "extra_models": ("extra", "", "legacy;audit"),
    "port": (8888, 80, 65535),
    "api_version": ("none", "1", "2.1", "beta"),
    "workers": ("auto", "2"),
    "service_id": ("S0042", "abc7"),
    "description": (
        "An async service",
        "Says \"héllo\" \\ {{ name }} {% raw %} #{x} $HOME `id` '%s' & <b> 日本",
        "x" * 200,
    ),
    "author": ("", 'Zoë O\'Brien "{{ z }}" \\ <z@example.org>'),
}

Row = Mapping[str, Any]
"""One value per axis; an axis is a question, or `question.choice` for one of several choices."""


@cache
def template() -> Template:
    """Open the built-in template once."""
    return service_template()


def asked_questions() -> tuple[Question, ...]:
    """Name the questions that a user answers."""
    return tuple(question for question in template().questions if not question.computed)


@cache
def axes() -> Mapping[str, tuple[Any, ...]]:
    """Map each axis to the values it takes; raise LookupError for a question nobody thought of."""
    found: dict[str, tuple[Any, ...]] = {}
    for question in asked_questions():
        choices = question.static_choices()
        if question.type == "bool":
            found[question.name] = (False, True)
        elif choices and question.multiselect:
            found |= {f"{question.name}.{choice.value}": (True, False) for choice in choices}
        elif choices:
            found[question.name] = tuple(choice.value for choice in choices if not choice.problem)
        elif question.name in FREE_VALUES:
            found[question.name] = FREE_VALUES[question.name]
        else:
            raise LookupError(f"give values for the question {question.name!r} in {__file__}")
    return found


def answers(row: Row) -> dict[str, Any]:
    """Turn a row into the answers a user would give, without those that would not be asked."""
    given: dict[str, Any] = {}
    for question in asked_questions():
        if question.multiselect:
            prefix = f"{question.name}."
            chosen = [axis.removeprefix(prefix) for axis in row if axis.startswith(prefix)]
            value: Any = [choice for choice in chosen if row[prefix + choice]]
        else:
            value = row[question.name]
        if question.applies(given):
            given[question.name] = value
    return given


def possible(row: Row) -> bool:
    """Tell whether the template accepts the row."""
    try:
        template().resolve(answers(row))
    except AnswerError:
        return False
    return True


def usual_row() -> dict[str, Any]:
    """Take the first value of every axis."""
    return {axis: values[0] for axis, values in axes().items()}


Setting = tuple[str, Any]


@cache
def wanted_pairs() -> frozenset[frozenset[Setting]]:
    """List the pairs of settings that can stand together and have an effect together."""
    pairs = (
        ((first, a), (second, b))
        for first, second in combinations(axes(), 2)
        for a, b in product(axes()[first], axes()[second])
    )
    return frozenset(frozenset(pair) for pair in pairs if _meaningful(dict(pair)))


def _meaningful(settings: Row) -> bool:
    base = usual_row()
    # Start from the row that rules out the least: a choice made on one side must not be refused
    # because of what the other axes happen to hold.
    base |= {axis: False for axis in axes() if "." in axis and axis.split(".")[1] == "kubernetes"}
    row = base | dict(settings)
    asked = answers(row)
    return all(axis.split(".")[0] in asked for axis in settings) and possible(row)
