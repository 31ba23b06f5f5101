"""Text stays the same through the quotes of every language."""

from __future__ import annotations

import ast
import io
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import dotenv
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from msanic_cli.engine import Template, service_template
from tests.template.folder import make_template, render, texts

LANGUAGES = ("python", "toml", "yaml", "dotenv", "shell", "systemd")
UNPRINTABLE = re.compile(
    next(str(q.static_default) for q in service_template().questions if q.name == "unprintable")
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="\"'\\${}#%: \n`é😀ax", max_size=20),
).map(lambda text: UNPRINTABLE.sub("", text))


@pytest.fixture(scope="module")
def quoting(tmp_path_factory: pytest.TempPathFactory) -> Template:
    root = tmp_path_factory.mktemp("quoting")
    shutil.copytree(service_template().root / "includes", root / "includes")
    start = "{% from 'includes/quote.jinja' import " + ", ".join(LANGUAGES) + " %}"
    files = {f"template/{name}.jinja": start + "{{ " + name + "(text) }}" for name in LANGUAGES}
    manifest = "_subdirectory: template\n_envops: {trim_blocks: true, lstrip_blocks: true}\n"
    return make_template(root, {"copier.yml": manifest + "text: ''\n", **files})


@settings(max_examples=500, deadline=None)
@given(text=TEXTS)
@example(text="${HOME} $HOME ${:-x} $${a}")
@example(text="'\"\\")
@example(text="\\")
@example(text="{{ text }}{% raw %}")
def test_every_language_reads_the_text_back(quoting: Template, text: str) -> None:
    quoted = texts(render(quoting, {"text": text}))
    assert ast.literal_eval(quoted["python"]) == text
    assert tomllib.loads("x = " + quoted["toml"]) == {"x": text}
    assert yaml.safe_load("x: " + quoted["yaml"]) == {"x": text}
    assert dotenv.dotenv_values(stream=io.StringIO("X=" + quoted["dotenv"])) == {"X": text}
    assert shlex.split("x=" + quoted["shell"], posix=True) == ["x=" + text]
    assert all(len(line.splitlines()) <= 1 for line in quoted.values())


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
@example(text="100 % \\")
def test_systemd_reads_the_text_back(quoting: Template, text: str) -> None:
    quoted = texts(render(quoting, {"text": text}))["systemd"]
    assert not quoted.endswith("\\"), "the next line would be joined to it"
    assert quoted.replace("%%", "").count("%") == 0
    assert quoted.replace("%%", "%").removesuffix(" ") == text.removesuffix(" ")


def test_the_formatter_leaves_python_literals_as_they_are(
    quoting: Template, tmp_path: Path
) -> None:
    samples = ["", "plain", "\"'", "''\"", '"' * 9, '\\\'""', "\\", "x" * 250, "é日本😀" * 40]
    lines = [render(quoting, {"text": text})["python"].content.decode() for text in samples]
    source = "".join(f"f(\n    {line},\n)\nf(\n    a={line},\n)\n" for line in lines)
    (tmp_path / "sample.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=100", "--diff"]
    result = subprocess.run([*command, "sample.py"], cwd=tmp_path, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, "")
