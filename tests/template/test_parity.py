"""Copier makes the same files, byte for byte and mode for mode."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from msanic_cli.engine import JUNK, Template, service_template
from tests.generated.axes import answers
from tests.generated.cover import pairwise
from tests.template.folder import HEADER, by_copier, make_template

FEATURES: dict[str, tuple[str, dict[str, str | bytes], dict[str, Any]]] = {
    "plain files, and bytes that are no text": (
        "",
        {"a.txt": "{{ not rendered }}\n", "b.bin": b"\0\xff\r\n", "deep/er/c": ""},
        {},
    ),
    "text of every type": (
        "a: x\nb: 2\nc: 1.5\nd: true\ne: {type: yaml, default: '[1, {k: v}]'}\n"
        "f: {type: json, default: '{\"k\": [1]}'}\n",
        {"all.jinja": "{{ a }} {{ b + 1 }} {{ c }} {{ d }} {{ e[1].k }} {{ f.k }}"},
        {"a": "é {{ b }}", "b": "7", "d": "no"},
    ),
    "defaults that follow from other answers": (
        "a: x\nb: '{{ a }}-{{ a | upper }}'\nc: {type: bool, default: \"{{ a == 'x' }}\"}\n",
        {"f.jinja": "{{ b }} {{ c }}"},
        {},
    ),
    "questions that do not apply": (
        "a: {type: bool, default: false}\nb: {default: z, when: '{{ a }}'}\n"
        "c: {when: false, default: '{{ b }}!'}\n",
        {"f.jinja": "{{ b }} {{ c }}", "r.jinja": "{{ _copier_answers | to_nice_yaml }}"},
        {},
    ),
    "choices, of which one is ruled out": (
        "a: {type: str, choices: {One: '1', Two: {value: '2', validator: ''}}, default: '2'}\n"
        "b: {type: int, choices: [[one, 1], [two, {value: 2, validator: 'no'}]], default: 1}\n"
        "c: {type: str, choices: \"{{ [a, 'z'] }}\", default: z}\n",
        {"f.jinja": "{{ a }}{{ b }}{{ c }}"},
        {},
    ),
    "several choices, with a templated default": (
        "a: {type: bool, default: true}\n"
        "b: {type: str, multiselect: true, choices: [p, q, r],\n"
        "    default: \"{{ ['r', 'p'] if a else [] }}\"}\n",
        {"f.jinja": "{{ b }}", "r.jinja": "{{ _copier_answers | to_nice_yaml -}}\n"},
        {},
    ),
    "secrets, which are not recorded": (
        "a: {default: x, secret: true}\nb: '1.10'\nc: ' '\nd: 'yes'\n",
        {"{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml }}"},
        {"b": "é: 'quoted' \"text\" # 日本 " + "long " * 40},
    ),
    "names from answers, and names that vanish": (
        "a: x\n",
        {
            "{{ a }}/{{ a }}.py": "",
            "{% if a == 'y' %}no{% endif %}/f": "",
            "{% if a == 'x' %}yes.txt{% endif %}.jinja": "{{ a }}\n",
        },
        {},
    ),
    "one path for each item": (
        "a: p;q\n",
        {
            "{% yield m from a.split(';') %}{{ m }}{% endyield %}.py.jinja": "{{ m }} of {{ a }}",
            "d/{% yield m from a.split(';') %}{{ m }}{% endyield %}/{{ m }}.jinja": "{{ m }}",
            "{% if a == 'z' %}{% yield m from [1] %}{{ m }}{% endyield %}{% endif %}": "",
            "{% yield m from [] %}{{ m }}{% endyield %}": "",
        },
        {},
    ),
    "macros in a folder of their own": (
        "a: x\n",
        {
            "f.jinja": "{% from 'includes/m.jinja' import twice %}\n{{ twice(a) }}\n",
            "../includes/m.jinja": "{% macro twice(t) %}{{ t }}{{ t }}{% endmacro %}",
        },
        {},
    ),
    "filters": (
        "a: aXbX\n",
        {
            "f.jinja": "{{ a | regex_search('[bc]') }} {{ a | regex_search('z') }}\n"
            "{{ a | regex_replace('x', '-', ignorecase=true) }}\n"
            "{{ 'é\"\\\\' | to_json }} {{ 'é' | to_json(ensure_ascii=false) }}\n"
            "{{ {'k': [1, 'yes', none]} | to_nice_yaml(indent=2) }}"
        },
        {},
    ),
    "lines: blocks trimmed, Windows ends, none at the end": (
        "a: x\n",
        {
            "f.jinja": "1\n  {% if a %}\n2\n  {% endif %}\n\n{# no #}\n3\n\n",
            "w.jinja": "1\r\n{{ a }}\r\n",
            "e.jinja": "{{ a }}",
        },
        {},
    ),
}


@pytest.mark.parametrize("feature", FEATURES)
def test_copier_renders_the_same(feature: str, tmp_path: Path) -> None:
    questions, files, data = FEATURES[feature]
    inside = {f"template/{name}": content for name, content in files.items()}
    template = make_template(tmp_path / "t", {"copier.yml": HEADER + questions, **inside})
    _assert_same(template, data, tmp_path / "copied")


def test_copier_keeps_the_executable_bit_too(tmp_path: Path) -> None:
    template = make_template(
        tmp_path / "t", {"copier.yml": HEADER, "template/run": "", "template/go.jinja": ""}
    )
    for name in ("run", "go.jinja"):
        (template.root / "template" / name).chmod(0o755)
    _assert_same(template, {}, tmp_path / "copied")


@pytest.mark.parametrize("row", pairwise(), ids=lambda row: f"{row['name']}-{row['db']}")
def test_copier_makes_the_same_service(
    row: Mapping[str, Any], service: Template, tmp_path: Path
) -> None:
    _assert_same(service, answers(row), tmp_path / "copied")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Copy the template, so that both sides see one state of it while it is being edited."""
    root = tmp_path_factory.mktemp("template") / "service"
    shutil.copytree(service_template().root, root, ignore=shutil.ignore_patterns(*JUNK, "*.pyc"))
    return Template(root)


def _assert_same(template: Template, data: Mapping[str, Any], folder: Path) -> None:
    settled = template.resolve(data)
    ours = template.render(settled, src=str(template.root))
    theirs = by_copier(template, _for_copier(template, settled.values), folder)
    assert sorted(ours) == sorted(theirs)
    for path, file in ours.items():
        assert file == theirs[path], path


def _for_copier(template: Template, values: Mapping[str, Any]) -> dict[str, Any]:
    """Pin every value, so that random ones agree; text of YAML and JSON is parsed by Copier."""
    structured = {q.name for q in template.questions if q.type in ("yaml", "json")}
    return {name: value for name, value in values.items() if name not in structured}
