"""The Jinja environment of a template: what Copier gives to templates, cut down to what ours use.

Jinja is imported here, so import this module only where something is rendered.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from msanic_cli import __version__
from msanic_cli.bytecode import CompiledTemplates
from msanic_cli.errors import TemplateError


class Environment(SandboxedEnvironment):
    """Hold the filters and the state of the one `yield` tag that a path part may have."""

    loop: tuple[str, list[Any]] | None = None
    inside_loop = False
    compiled: CompiledTemplates | None = None

    def compile(  # type: ignore[override]  # without the raw form, which nothing uses
        self,
        source: str,
        name: str | None = None,
        filename: str | None = None,
        raw: bool = False,
        defer_init: bool = False,
    ) -> CodeType:
        """Return the code of a template, from the kept ones where its source is unchanged."""
        kept = self.compiled.get(filename or source, source) if self.compiled else None
        code = kept or super().compile(source, name, filename)
        if self.compiled and not kept:
            self.compiled.put(filename or source, source, code)
        return code


class PathLoop(Extension):
    """`{% yield name from items %}..{% endyield %}` in a path part: one path for each item."""

    environment: Environment
    tags = {"yield"}  # noqa: RUF012 - as the base class declares it

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        target = parser.parse_assign_target(name_only=True)
        parser.stream.expect("name:from")
        items = parser.parse_expression()
        body = parser.parse_statements(("name:endyield",), drop_needle=True)
        call = self.call_method("_loop", [nodes.Const(target.name), items])
        return nodes.CallBlock(call, [], [], body, lineno=line)

    def _loop(self, name: str, items: Iterable[Any], caller: Callable[[], str]) -> str:
        if self.environment.inside_loop:
            return caller()
        if self.environment.loop is not None:
            raise jinja2.TemplateRuntimeError("a path name can have one yield tag")
        self.environment.loop = (name, list(items))
        return ""


class Loader(jinja2.FileSystemLoader):
    """Load files of the template alone: a link could lead out of it."""

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        source, filename, fresh = super().get_source(environment, template)
        if os.path.realpath(filename) != os.path.normpath(filename):
            raise TemplateError(filename, None, "a template cannot hold symbolic links")
        return source, filename, fresh


@jinja2.pass_context  # keeps Jinja from drawing once, at compile time
def draw(_context: Context, sequence: Sequence[Any]) -> Any:
    """Choose one item by the operating system's random source: secrets are made of it."""
    return secrets.choice(sequence)


# The filters of jinja2_ansible_filters that templates may use; its import alone costs 30 ms.
def regex_search(value: str, pattern: str, ignorecase: bool = False) -> str | None:
    """Return the first match of a pattern, or None."""
    match = re.search(pattern, value, re.IGNORECASE if ignorecase else 0)
    return match.group() if match else None


def regex_replace(value: str, pattern: str, replacement: str, ignorecase: bool = False) -> str:
    """Return the text with each match of a pattern replaced."""
    return re.sub(pattern, replacement, value, flags=re.IGNORECASE if ignorecase else 0)


def to_json(value: Any, ensure_ascii: bool = True) -> str:
    """Return the value as JSON."""
    return json.dumps(value, ensure_ascii=ensure_ascii)


def to_nice_yaml(value: Any, indent: int = 4) -> str:
    """Return the value as block-style YAML, mappings sorted by key."""
    import yaml

    return str(yaml.dump(value, indent=indent, allow_unicode=True, default_flow_style=False))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "random": draw,
    "regex_replace": regex_replace,
    "regex_search": regex_search,
    "to_json": to_json,
    "to_nice_yaml": to_nice_yaml,
}


def make_environment(root: Path, options: Mapping[str, Any], kept: str = "") -> Environment:
    """Return the environment of a template folder with the options of its `_envops`.

    `kept` names the file of compiled templates; without it none are kept.
    """
    undefined = options.get("undefined", "jinja2.Undefined").removeprefix("jinja2.")
    environment = Environment(
        loader=Loader(root),
        extensions=[PathLoop],
        auto_reload=False,
        cache_size=-1,
        trim_blocks=options.get("trim_blocks", False),
        lstrip_blocks=options.get("lstrip_blocks", False),
        keep_trailing_newline=True,
        undefined=getattr(jinja2, undefined),
    )
    environment.filters.update(FILTERS)
    if kept:
        version = f"{jinja2.__version__} {__version__} {sorted(options.items())}"
        environment.compiled = CompiledTemplates(kept, version)
    return environment


def locate(error: BaseException, root: Path) -> tuple[str, int] | None:
    """Return file and line, within the template folder, where rendering failed."""
    if isinstance(error, jinja2.TemplateSyntaxError) and error.filename:
        return error.filename, error.lineno
    place = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if filename.startswith(f"{root}{os.sep}"):
            place = filename, trace.tb_lineno
        trace = trace.tb_next
    return place
