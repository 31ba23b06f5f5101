"""The answers of a template as a JSON Schema, for editors and programs that write them.

It holds what is known without answers: rules that depend on other answers are checked by `new`.
"""

from collections.abc import Iterable
from typing import Any

from msanic_cli.questions import Question

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


def schema(questions: Iterable[Question]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the answers to these questions."""
    asked = [question for question in questions if not question.computed]
    return {
        "$schema": DIALECT,
        "title": "Answers",
        "type": "object",
        "properties": {question.name: _property(question) for question in asked},
        "patternProperties": {"^_": {"description": "A note, such as a project records"}},
        "required": [question.name for question in asked if "default" not in question.spec],
        "additionalProperties": False,
    }


def _property(question: Question) -> dict[str, Any]:
    described: dict[str, Any] = {"description": question.help} if question.help else {}
    if question.placeholder:
        described["examples"] = [question.placeholder]
    default = question.static_default
    if default is not None:
        described["default"] = default
    if question.multiselect:
        return {**described, "type": "array", "items": _value(question), "uniqueItems": True}
    return {**described, **_value(question)}


def _value(question: Question) -> dict[str, Any]:
    """Return what one value may be: any, where the type is YAML or JSON."""
    value: dict[str, Any] = {"type": TYPES[question.type]} if question.type in TYPES else {}
    choices = question.static_choices()
    if choices:
        value["enum"] = [choice.value for choice in choices if not choice.problem]
    return value
