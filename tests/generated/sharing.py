"""Tell which combinations a step cannot tell apart, so that it is taken once for all of them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from typing import Any

from msanic_cli.engine import Template
from tests.generated.axes import Row, answers

# Read by people and by other programs; a generated test that reads one names it, see `_seen`.
NOT_RUN = (
    *(".github/", "deploy/", "Dockerfile", "compose.yaml", ".dockerignore", "constraints.txt"),
    *("README.md", "AGENTS.md", ".copier-answers.yml", ".gitignore"),
)
# Sections of pyproject.toml that only installers read.
INSTALLERS = ("uv", "hatch")


def rendered(template: Template, row: Row) -> dict[str, bytes]:
    """Render a row in memory, with its random secret taken out."""
    resolved = template.resolve(answers(row))
    secrets = [str(resolved.values[q.name]).encode() for q in template.questions if q.secret]
    files = {}
    for name, file in template.render(resolved, src="msanic", commit="0").items():
        content = file.content
        for secret in secrets:
            content = content.replace(secret, b"SECRET")
        files[name] = content
    return files


def fingerprint(files: Mapping[str, bytes], given: Mapping[str, Any]) -> str:
    """Digest all that linters, type checkers, tests, migrations and the running service read."""
    digest = hashlib.sha256(repr([given["db"], given["redis"]]).encode())
    tests = b"\n".join(content for name, content in files.items() if name.startswith("tests/"))
    for name, content in sorted(files.items()):
        if name == "pyproject.toml":
            tool = tomllib.loads(content.decode())["tool"]
            content = repr({key: tool[key] for key in tool if key not in INSTALLERS}).encode()
        if _seen(name, tests):
            digest.update(b"\0".join((name.encode(), content, b"")))
    return digest.hexdigest()


def _seen(name: str, tests: bytes) -> bool:
    return not name.startswith(NOT_RUN) or name.rpartition("/")[2].encode() in tests
