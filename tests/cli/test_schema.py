"""`msanic new --schema`: what the answers may be, for programs."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from msanic_cli.engine import Template, service_template
from msanic_cli.schema import schema
from tests.cli.process import Msanic


@pytest.fixture(scope="module")
def printed() -> dict[str, Any]:
    """Return the schema of the service template."""
    return schema(service_template().questions)


def errors(schema: dict[str, Any], answers: object) -> list[str]:
    """Return what is wrong with answers."""
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(answers)]


def test_the_schema_is_one_document_whatever_else_is_asked(
    msanic: Msanic, work: Path, printed: dict[str, Any]
) -> None:
    for arguments in (["--schema"], ["shop", "--port", "7", "--schema", "--json"]):
        done = msanic("new", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout) == printed
    assert list(work.iterdir()) == []


def test_the_schema_is_valid_and_so_are_its_own_examples(printed: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(printed)
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for name, entry in printed["properties"].items():
        for value in (
            *entry.get("examples", ()),
            *([entry["default"]] if "default" in entry else []),
        ):
            assert errors(entry, value) == [], name


def test_every_question_is_described_and_no_computed_one(printed: dict[str, Any]) -> None:
    asked = {question.name: question for question in service_template().questions}
    computed = {name for name, question in asked.items() if question.computed}
    assert printed["properties"].keys() == asked.keys() - computed
    for name, entry in printed["properties"].items():
        assert entry["description"] == asked[name].help


def test_the_answers_that_a_project_records_fit(msanic: Msanic, work: Path, printed: Any) -> None:
    assert msanic("new", "shop", "-y", "--no-git").returncode == 0
    recorded = yaml.safe_load((work / "shop/.copier-answers.yml").read_text(encoding="utf-8"))
    assert errors(printed, recorded) == []


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"name": "shop", "db": "oracle"},
        {"name": "shop", "mode": "websocket"},
        {"name": "shop", "port": "8888"},
        {"name": "shop", "redis": "yes"},
        {"name": "shop", "deploy": "docker"},
        {"name": "shop", "deploy": ["heroku"]},
        {"name": "shop", "prot": 1},
        {"name": "shop", "script": "web_shop"},
    ],
)
def test_wrong_answers_do_not_fit(printed: dict[str, Any], answers: dict[str, object]) -> None:
    assert errors(printed, answers) != []


def test_types_that_schemas_do_not_know_and_choices_that_depend_are_left_open(
    tmp_path: Path,
) -> None:
    (tmp_path / "copier.yml").write_text(
        "ratio: {type: float, default: 0.5}\n"
        "extra: {type: yaml, default: '{{ ratio }}'}\n"
        "table: {type: str, choices: '{{ [ratio] }}'}\n"
    )
    assert schema(Template(tmp_path).questions)["properties"] == {
        "ratio": {"default": 0.5, "type": "number"},
        "extra": {},
        "table": {"type": "string"},
    }
