"""What a template may not do is refused, naming file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from msanic_cli.engine import Template
from msanic_cli.errors import TemplateError
from tests.template.folder import HEADER, make_template, render

MANIFESTS = {
    "_tasks: [ls]\n": "copier.yml:1: setting _tasks is not supported",
    "a: x\n_exclude: ['*.md']\n": "copier.yml:2: setting _exclude is not supported",
    "_envops: {block_start_string: '[%'}\n": "copier.yml:1: _envops: block_start_string",
    "_envops: {keep_trailing_newline: false}\n": "copier.yml:1: _envops: keep_trailing_newline",
    "_templates_suffix: 1\n": "copier.yml:1: _templates_suffix: expected str, got 1",
    "a:\n  default: x\n  multiline: true\n": "copier.yml:3: a: key 'multiline' is not supported",
    "a:\n  type: path\n": "copier.yml:2: a: type 'path' is not supported",
    "a:\n  help: '{{ b }}'\n": "copier.yml:2: a: help cannot be a template",
    "a:\n  default: x\n  when: 1\n": "copier.yml:3: a: when cannot be 1",
    "a:\n  multiselect: true\n": "copier.yml:2: a: multiselect needs choices",
    "a:\n  choices: {x: {validator: no}}\n": "copier.yml:2: a: expected a choice of value",
    "a: x\nb: y\na: z\n": "copier.yml:3: a is declared twice",
    "a: x\nnot-a-name: y\n": "copier.yml:2: 'not-a-name' is not a name",
    "- a\n": "copier.yml:1: expected a mapping",
    "a: [\n": "copier.yml:2: did not find expected node content",
}
RULES = {
    "a:\n  validator: '{% if %}'\n  default: x\n": "copier.yml:2: ",
    "_envops: {undefined: jinja2.StrictUndefined}\na:\n  default: '{{ nobody }}'\n": (
        "copier.yml:3: 'nobody' is undefined"
    ),
    "a: x\nb:\n  default: y\n  when: '{{ a + 1 }}'\n": "copier.yml:4: can only concatenate str",
    "a:\n  default: x\n  choices: '{{ 7 }}'\n": "copier.yml:3: a: expected a list",
    "a:\n  default: x\n  choices: '[{'\n": "copier.yml:3: a: expected a list",
    "a:\n  default: x\n  choices: '[[1, 2, 3]]'\n": "copier.yml:3: a: expected a list",
    "a:\n  default: 1\n  choices: [one]\n": "copier.yml:3: a: expected a whole number",
    "a:\n  default: '{{ [] | random }}'\n": "copier.yml:2: ",
}
FILES = {
    "f.jinja": ("1\n{{ nobody }}\n", "template/f.jinja:2: 'nobody' is undefined"),
    "g.jinja": ("1\n2\n{% if %}\n", "template/g.jinja:3: "),
    "h.jinja": ("{{ 1 / 0 }}\n", "template/h.jinja:1: division by zero"),
    "i.jinja": ("{{ a | sha }}\n", "template/i.jinja:1: No filter named 'sha'"),
    "j.jinja": ("{% from 'none.jinja' import x %}\n", "template/j.jinja:1: 'none.jinja'"),
    "k.jinja": ("{% yield x from [1] %}{% endyield %}\n", "template/k.jinja: a yield tag"),
    "l.jinja": (b"\xff", "template/l.jinja: 'utf-8' codec can't decode"),
    "m.jinja": ("{{ ''.__class__.__mro__ }}\n", "template/m.jinja:1: access to attribute"),
    "n.jinja": ("{% from '../../x' import y %}\n", "template/n.jinja:1: ../../x"),
}
NAMES = {
    "..": "it is no name",
    ".": "it is no name",
    "a/b": "characters that not every system can store",
    "/etc": "characters that not every system can store",
    "a\\b": "characters that not every system can store",
    "a:b": "characters that not every system can store",
    "a\nb": "characters that not every system can store",
    "a\0b": "characters that not every system can store",
    "a\u202eb": "characters that not every system can store",
    ".git": "it belongs to git",
    ".GIT": "it belongs to git",
    "con": "it is a device on Windows",
    "NUL.txt": "it is a device on Windows",
    "com¹": "it is a device on Windows",
    "end.": "it ends in a dot or a space",
    "end ": "it ends in a dot or a space",
    "é" * 128: "it is too long",
}


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_what_copier_alone_supports_is_refused(manifest: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        make_template(tmp_path, {"copier.yml": manifest})
    _assert_line(caught.value, f"{tmp_path}/{MANIFESTS[manifest]}")


@pytest.mark.parametrize("rules", RULES)
def test_a_mistake_in_a_question_is_found_at_its_line(rules: str, tmp_path: Path) -> None:
    template = make_template(tmp_path, {"copier.yml": rules})
    with pytest.raises(TemplateError) as caught:
        template.resolve({})
    _assert_line(caught.value, f"{tmp_path}/{RULES[rules]}")


@pytest.mark.parametrize("name", FILES)
def test_a_mistake_in_a_file_is_found_at_its_line(name: str, tmp_path: Path) -> None:
    content, expected = FILES[name]
    template = _template(tmp_path, {name: content})
    with pytest.raises(TemplateError) as caught:
        render(template, {})
    _assert_line(caught.value, f"{tmp_path}/{expected}")


def test_a_mistake_in_a_macro_is_found_in_the_file_of_the_macro(tmp_path: Path) -> None:
    template = _template(tmp_path, {"f.jinja": "{% from 'm' import x %}\n{{ x() }}"})
    (tmp_path / "m").write_text("1\n{% macro x() %}\n{{ 1 / 0 }}\n{% endmacro %}")
    with pytest.raises(TemplateError, match="/m:3: division by zero"):
        render(template, {})


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_cannot_make_an_unsafe_name(name: str, tmp_path: Path) -> None:
    for path in ("{{ a }}", "{{ a }}/f", "{% yield x from [a] %}{{ x }}{% endyield %}"):
        template = _template(tmp_path / str(len(path)), {path: ""})
        with pytest.raises(TemplateError) as caught:
            render(template, {"a": name})
        assert NAMES[name] in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1


def test_two_files_cannot_have_one_path(tmp_path: Path) -> None:
    for number, pair in enumerate((("f", "f.jinja"), ("f", "F"), ("d/f", "D/g"), ("x", "{{ a }}"))):
        template = _template(tmp_path / str(number), dict.fromkeys(pair, ""))
        with pytest.raises(TemplateError, match=r"also made by|only in case"):
            render(template, {})


def test_a_name_has_one_yield_tag(tmp_path: Path) -> None:
    twice = "{% yield x from [1] %}{% endyield %}"
    template = _template(tmp_path, {twice + twice: ""})
    with pytest.raises(TemplateError, match="one yield tag"):
        render(template, {})


@pytest.mark.parametrize("link", ["template/f", "template/d", "includes.jinja"])
def test_links_in_a_template_are_refused(link: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    target = outside if link.endswith("/d") else outside / "f"
    (outside / "f").write_text("secret")
    template = _template(
        tmp_path / "t", {"g.jinja": "{% include 'includes.jinja' %}" if "incl" in link else ""}
    )
    (template.root / link).symlink_to(target)
    with pytest.raises(TemplateError, match="symbolic links"):
        render(template, {})


@pytest.mark.parametrize("folder", ["..", "none", "/"])
def test_the_subdirectory_is_a_folder_of_the_template(folder: str, tmp_path: Path) -> None:
    template = make_template(tmp_path / "t", {"copier.yml": f"_subdirectory: {folder}\n"})
    with pytest.raises(TemplateError, match=r"copier.yml:1: _subdirectory: no folder"):
        render(template, {})


def test_a_template_without_questions_is_no_template(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"copier.yml: cannot be read: No such file"):
        Template(tmp_path)


def _template(root: Path, files: dict[str, Any]) -> Template:
    inside = {f"template/{name}": content for name, content in files.items()}
    strict = HEADER.replace("}", ", undefined: jinja2.StrictUndefined}")
    return make_template(root, {"copier.yml": strict + "a: x\n", **inside})


def _assert_line(error: TemplateError, start: str) -> None:
    assert str(error).startswith(start)
    assert len(str(error).splitlines()) == 1
