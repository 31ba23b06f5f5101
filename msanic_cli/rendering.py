"""Texts, names and files of a template rendered, with every failure placed in its file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msanic_cli.errors import TemplateError

if TYPE_CHECKING:
    from jinja2 import Template as Compiled

    from msanic_cli.environment import Environment

Context = Mapping[str, Any]


class Renderer:
    """Render the pieces of one template folder. Jinja is imported when it is first needed."""

    def __init__(self, root: Path, options: Mapping[str, Any], kept: str) -> None:
        self._root = root
        self._options = options
        self._kept = kept
        self._compiled: dict[str, Compiled] = {}

    def text(self, text: str, context: Context, path: Path, line: int | None = None) -> str:
        """Render a text that stands in `path`, at `line`."""
        if "{" not in text:
            return text
        return self._guarded(lambda: self._compile(text).render(context), path, line)

    def names(self, name: str, context: Context, path: Path) -> Iterator[tuple[str, Context]]:
        """Yield a rendered path part, or one for each item it loops over with its variable."""
        if "{" not in name:
            yield name, {}
            return
        environment = self._environment
        environment.loop = None
        part = self.text(name, context, path)
        if environment.loop is None:
            yield part, {}
            return
        variable, items = environment.loop
        for item in items:
            environment.inside_loop = True
            try:
                part = self.text(name, {**context, variable: item}, path)
            finally:
                environment.inside_loop = False
            yield part, {variable: item}

    def file(self, path: Path, context: Context) -> str:
        """Render a file of the template."""
        name = path.relative_to(self._root).as_posix()
        self._environment.loop = None
        text = self._guarded(
            lambda: self._environment.get_template(name).render(context), path, None
        )
        if self._environment.loop is not None:
            raise TemplateError(path, None, "a yield tag belongs in a path name")
        return text

    def keep(self) -> None:
        """Keep what was compiled for the next run."""
        if self._environment.compiled:
            self._environment.compiled.save()

    @cached_property
    def _environment(self) -> Environment:
        from msanic_cli.environment import make_environment

        return make_environment(self._root, self._options, self._kept)

    def _compile(self, text: str) -> Compiled:
        if text not in self._compiled:
            self._compiled[text] = self._environment.from_string(text)
        return self._compiled[text]

    def _guarded(self, render: Callable[[], str], path: Path, line: int | None) -> str:
        try:
            return render()
        except TemplateError:
            raise
        except Exception as error:  # a template is a program: it can raise anything
            from msanic_cli.environment import locate

            where, at = locate(error, self._root) or (path, line)
            raise TemplateError(where, at, str(error) or type(error).__name__) from error
