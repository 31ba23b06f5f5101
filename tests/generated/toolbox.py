"""Prepare one virtual environment that every generated project can use."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
CACHE = REPOSITORY / "build" / "generated"
# What the check itself needs next to the dependencies of the generated projects.
EXTRAS = ("pip",)


@dataclass(frozen=True)
class Toolbox:
    """Hold a virtual environment with the dependencies of all generated projects."""

    folder: Path

    @property
    def bin(self) -> Path:
        """Locate its programs."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """Locate its interpreter."""
        return self.bin / "python"

    @cached_property
    def modules(self) -> Mapping[str, frozenset[str]]:
        """Map each installed distribution to the modules it brings."""
        program = (
            "import importlib.metadata as m, json;print(json.dumps(m.packages_distributions()))"
        )
        import json

        found: dict[str, set[str]] = {}
        for module, owners in json.loads(self.run(program)).items():
            for owner in owners:
                found.setdefault(canonical(owner), set()).add(module)
        return {owner: frozenset(modules) for owner, modules in found.items()}

    def run(self, program: str) -> str:
        """Run a piece of Python in it and return what it prints."""
        return subprocess.run(
            [self.python, "-I", "-c", program], check=True, capture_output=True, text=True
        ).stdout


def canonical(name: str) -> str:
    """Spell the name of a distribution as PEP 503 does."""
    return name.lower().replace("_", "-").replace(".", "-")


def requirements(folders: Iterable[Path]) -> tuple[list[str], list[str]]:
    """Unite the dependencies, and the pins, of generated projects."""
    wanted: set[str] = set()
    pins: set[str] = set()
    for folder in folders:
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
        wanted.update(project["dependencies"], *project["optional-dependencies"].values())
        constraints = folder / "constraints.txt"
        if constraints.exists():
            pins.update(line for line in constraints.read_text("utf-8").splitlines() if line)
    return sorted(wanted), sorted(pins)


def prepare(wanted: list[str], pins: list[str]) -> Toolbox:
    """Make the environment, or take the one an earlier run made for the same requirements."""
    text = "\n".join([*wanted, *EXTRAS, "", *pins, sys.version])
    folder = CACHE / f"venv-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _install(folder, wanted, pins)
            (folder / "ready").touch()
    return Toolbox(folder)


def _install(folder: Path, wanted: list[str], pins: list[str]) -> None:
    import venv

    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    toolbox = Toolbox(folder)
    (folder / "wanted.txt").write_text("\n".join([*wanted, *EXTRAS]), "utf-8")
    (folder / "pins.txt").write_text("\n".join(pins), "utf-8")
    files = ["-r", str(folder / "wanted.txt"), "-c", str(folder / "pins.txt")]
    with_uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--compile-bytecode"]
    with_pip = [sys.executable, "-m", "pip", "--python", str(toolbox.python), "install", "--quiet"]
    if subprocess.run([*with_uv, "--python", str(toolbox.python), *files], check=False).returncode:
        subprocess.run([*with_pip, *files], check=True)
