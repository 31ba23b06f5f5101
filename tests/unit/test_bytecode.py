"""Compiled templates are kept between runs, and never trusted for another source."""

from __future__ import annotations

import marshal
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from msanic_cli.bytecode import CompiledTemplates

HEADER = len(MAGIC_NUMBER) + 32
CODE = compile("1 + 1", "t", "eval")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def test_what_was_put_is_there_in_the_next_run(cache: Path) -> None:
    _keep("1")
    kept = CompiledTemplates("test", "1").get("key", "source")
    assert kept is not None
    assert eval(kept) == 2
    assert len([path for path in cache.rglob("*") if path.is_file()]) == 1


def test_another_source_or_version_is_compiled_anew() -> None:
    _keep("1")
    assert CompiledTemplates("test", "1").get("key", "changed") is None
    assert CompiledTemplates("test", "2").get("key", "source") is None
    assert CompiledTemplates("other", "1").get("key", "source") is None


@pytest.mark.parametrize("damage", [b"", b"\0" * 100, marshal.dumps([1])])
def test_a_damaged_file_is_no_error(damage: bytes, cache: Path) -> None:
    _keep("1")
    path = next(path for path in cache.rglob("*") if path.is_file())
    for content in (damage, path.read_bytes()[:HEADER] + damage):
        path.write_bytes(content)
        assert CompiledTemplates("test", "1").get("key", "source") is None


def test_nothing_is_written_where_python_writes_no_bytecode(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    _keep("1")
    assert list(cache.rglob("*")) == []


def test_a_place_that_cannot_be_written_is_no_error(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache / "file").touch()
    monkeypatch.setattr(sys, "pycache_prefix", str(cache / "file"))
    _keep("1")
    assert CompiledTemplates("test", "1").get("key", "source") is None


def _keep(version: str) -> None:
    templates = CompiledTemplates("test", version)
    templates.put("key", "source", CODE)
    templates.save()
