"""Templates to files, in memory: nothing is read but the template, nothing is written.

The output equals that of `copier.run_copy` on the same template and answers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from msanic_cli.errors import AnswerError, TemplateError, UnknownAnswer
from msanic_cli.manifest import read_manifest
from msanic_cli.paths import Registry, check_part
from msanic_cli.questions import MISSING, Context, Question
from msanic_cli.rendering import Renderer

ANSWERS_FILE = ".copier-answers.yml"
# What tools leave beside the files of a template.
JUNK = {"__pycache__", ".DS_Store", ".mypy_cache", ".pytest_cache", ".ruff_cache"}

Ask = Callable[[Question, Context, Any], Any]
"""(question, answers so far, default or MISSING) -> the valid value."""


@dataclass(frozen=True)
class File:
    """Hold one file of a project."""

    content: bytes
    mode: int


@dataclass(frozen=True)
class Answers:
    """Hold the answers: all values for rendering, and those that are recorded in the project."""

    values: Mapping[str, Any]
    recorded: Mapping[str, Any]


class Template:
    """Render one template folder. Raises TemplateError, with file and line, for its mistakes.

    `kept` names the file in which compiled templates are kept between runs (see bytecode.py).
    """

    def __init__(self, root: Path, *, kept: str = "") -> None:
        self.root = root.resolve()
        self._manifest = read_manifest(self.root / "copier.yml")
        self._suffix = self._manifest.setting("_templates_suffix", ".jinja")
        self._renderer = Renderer(self.root, self._manifest.setting("_envops", {}), kept)
        self.questions = tuple(
            Question(entry.name, entry.spec, self._render_setting, self._manifest.path, entry.lines)
            for entry in self._manifest.entries
        )

    def resolve(
        self,
        data: Mapping[str, Any],
        *,
        last: Mapping[str, Any] | None = None,
        ask: Ask | None = None,
    ) -> Answers:
        """Answer every question: by `data`, else by asking, else by `last`, else by its default.

        Raises AnswerError for a value that its question refuses, for an unknown name and for an
        answer to a question that the other answers rule out. `ask` returns checked values.
        """
        self._refuse_unknown(data)
        values: dict[str, Any] = {}
        recorded: dict[str, Any] = {}
        for question in self.questions:
            if question.applies(values):
                value = self._answer(question, values, data, last or {}, ask)
                if not question.secret:
                    recorded[question.name] = value
            elif question.name in data:
                raise AnswerError(question.name, "does not apply with the other answers given")
            else:
                value = question.default(values)
            if value is not MISSING:
                values[question.name] = value
        return Answers(values, recorded)

    def render(self, answers: Answers, *, src: str, commit: str | None = None) -> dict[str, File]:
        """Return the whole project as {path with slashes: file}."""
        origin = {"_commit": commit, "_src_path": src} if commit else {"_src_path": src}
        context = {
            **answers.values,
            "_copier_answers": {**origin, **answers.recorded},
            "_copier_conf": {"answers_file": PurePosixPath(ANSWERS_FILE), "sep": os.sep},
        }
        files: dict[str, File] = {}
        registry = Registry()
        for source, path, variables in self._walk(self._top(context), "", context):
            registry.add(source, path)
            files[path] = self._file(source, variables)
        self._renderer.keep()
        return files

    def _refuse_unknown(self, data: Mapping[str, Any]) -> None:
        questions = {question.name: question for question in self.questions}
        for name in data:
            if name not in questions:
                raise UnknownAnswer(name, (q.name for q in self.questions if not q.computed))
            if questions[name].computed:
                raise AnswerError(name, "is worked out by the template and cannot be given")

    def _answer(
        self, question: Question, context: Context, data: Context, last: Context, ask: Ask | None
    ) -> Any:
        if question.name in data:
            return _checked(question, data[question.name], context)
        if ask is None:
            if question.name in last:
                return _checked(question, last[question.name], context)
            value = question.default(context)
            if value is MISSING:
                raise AnswerError(question.name, "needs an answer")
            return value
        return ask(question, dict(context), _offer(question, context, last))

    def _top(self, context: Context) -> Path:
        line = self._manifest.lines.get("_subdirectory")
        folder = self._render_setting(self._manifest.setting("_subdirectory", ""), context, line)
        top = (self.root / folder).resolve()
        if not top.is_relative_to(self.root) or not top.is_dir():
            raise TemplateError(self._manifest.path, line, f"_subdirectory: no folder {folder!a}")
        return top

    def _walk(
        self, folder: Path, rendered: str, context: Context
    ) -> Iterator[tuple[Path, str, Context]]:
        """Yield (source, path in the project, variables) of each file, in order of names."""
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            source = folder / entry.name
            if entry.name in JUNK or entry.name.endswith((".pyc", ".pyo")):
                continue
            if entry.is_symlink():
                raise TemplateError(source, None, "a template cannot hold symbolic links")
            name = entry.name if entry.is_dir() else entry.name.removesuffix(self._suffix)
            for part, variables in self._parts(source, name, context):
                path = f"{rendered}/{part}" if rendered else part
                if entry.is_dir():
                    yield from self._walk(source, path, variables)
                else:
                    yield source, path, variables

    def _parts(self, source: Path, name: str, context: Context) -> Iterator[tuple[str, Context]]:
        """Yield the rendered name of a file or folder: none when empty, several when it loops."""
        for part, loop in self._renderer.names(name, context, source):
            if part:
                check_part(source, part)
                yield part, {**context, **loop}

    def _file(self, source: Path, context: Context) -> File:
        mode = 0o755 if source.stat().st_mode & 0o111 else 0o644
        if source.name.endswith(self._suffix):
            return File(self._renderer.file(source, context).encode(), mode)
        return File(source.read_bytes(), mode)

    def _render_setting(self, text: str, context: Context, line: int | None) -> str:
        return self._renderer.text(text, context, self._manifest.path, line)


def _checked(question: Question, raw: Any, context: Context) -> Any:
    value = question.parse(raw, context)
    question.validate(value, context)
    return value


def _offer(question: Question, context: Context, last: Context) -> Any:
    """Return what a prompt proposes: the last answer where it still holds, else the default."""
    if question.name in last:
        with suppress(AnswerError):
            return _checked(question, last[question.name], context)
    with suppress(AnswerError):
        return question.default(context)
    return MISSING


def service_template() -> Template:
    """Return the service template: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "templates" / "service"
    root = inside if inside.is_dir() else package.parent / "templates" / "service"
    return Template(root, kept="service")
