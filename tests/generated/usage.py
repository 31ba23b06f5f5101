"""Check that every module of a generated project is reached and every dependency is used."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.generated.project import Project
from tests.generated.toolbox import canonical

# Dependencies that no line imports, and where each is called for instead.
BY_NAME = {
    "uvloop": "Sanic takes it where it is installed",
    "asyncpg": "Tortoise imports the driver that the URL names",
    "asyncmy": "Tortoise imports the driver that the URL names",
    "aiosqlite": "Tortoise imports the driver that the URL names",
    "aerich": "a command, configured in pyproject.toml",
    "coverage": "a command, configured in pyproject.toml",
    "mypy": "a command, configured in pyproject.toml",
    "ruff": "a command, configured in pyproject.toml",
    "pytest-asyncio": "a pytest plugin, configured in pyproject.toml",
}


# Modules that the generated service does not call itself, and why they are there.
OFFERED = {
    "{name}.consts": "the place for codes and enums of the service's own",
    "core.redis.scripts": "deletes by pattern and counts within bounds, for the service's own use",
    "core.testing": "serves the service to its tests",
}


def problems(project: Project) -> Iterator[str]:
    """Yield modules nobody imports and dependencies nobody uses, one line each."""
    sources = {
        _module(name): project.folder / name for name in project.files() if name.endswith(".py")
    }
    imports = {module: set(_imports(module, path)) for module, path in sources.items()}
    yield from _unreached(project, sources, imports)
    yield from _unused(project, imports)


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imports(module: str, path: Path) -> Iterator[str]:
    """Yield the modules a file imports, and those that it names in a string."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    tree = ast.parse(path.read_bytes())
    words = {word for node in ast.walk(tree) for word in _words(node)}
    yield from words
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            steps = package.split(".")[: len(package.split(".")) + 1 - node.level]
            base = ".".join([*(steps if node.level else []), *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{name.name}" for name in node.names)
        elif isinstance(node, ast.JoinedStr) and node.values:
            # f"core.db.{engine}" imports the modules that the file names as plain words.
            yield from (f"{start}{word}" for start in _package(node.values[0]) for word in words)


def _words(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.findall(r"^[a-z_]\w*(?:\.\w+)*$", node.value)
    return []


def _package(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.findall(r"^(?:\w+\.)+$", node.value)
    return []


def _unreached(
    project: Project, sources: dict[str, Path], imports: dict[str, set[str]]
) -> Iterator[str]:
    config = (project.folder / "pyproject.toml").read_text("utf-8")
    offered = {module.format(name=project.name) for module in OFFERED}
    tests = {module for module in sources if module.split(".")[0] == "tests"}
    todo = [m for m in sources if m.startswith("migrations") or "." not in m]
    todo += [*offered, *tests]
    todo += [module for module in sources if re.search(rf"\b{re.escape(module)}\b", config)]
    reached: set[str] = set()
    while todo:
        module = todo.pop()
        if module in reached or module not in sources:
            continue
        reached.add(module)
        parts = module.split(".")
        todo += [".".join(parts[:length]) for length in range(1, len(parts))]
        # What only tests import is not used by the service.
        todo += imports[module] & tests if module in tests else imports[module]
    for module in sorted(set(sources) - reached):
        yield f"{sources[module].relative_to(project.folder)}: nothing imports it"


def _unused(project: Project, imports: dict[str, set[str]]) -> Iterator[str]:
    tables = tomllib.loads((project.folder / "pyproject.toml").read_text("utf-8"))["project"]
    used = {name.split(".")[0] for found in imports.values() for name in found}
    shipped = {
        name.split(".")[0]
        for module, found in imports.items()
        if not module.startswith("tests") and module != "core.testing"
        for name in found
    }
    needs = [(text, shipped) for text in tables["dependencies"]]
    needs += [(text, used) for text in tables["optional-dependencies"]["dev"]]
    for text, found in needs:
        name = canonical(re.split(r"[^\w.-]", text, maxsplit=1)[0])
        modules = project.toolbox.modules.get(name, frozenset({name.replace("-", "_")}))
        if name not in BY_NAME and not modules & found:
            yield f"pyproject.toml: nothing uses {name}"
