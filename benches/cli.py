"""Measure the start of the command and the creation of a project, against others on this machine.

    python benches/cli.py [--rounds N]

Everything is measured in turn, round by round, in one run; the figures are ratios of medians to
the median of `python -c pass`. Exits with 1 when a budget is missed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

BIN = Path(sys.executable).parent
TEMPLATE = Path(__file__).parents[1] / "templates" / "service"
WARM_UP = 2  # rounds; in the first, both sides have their bytecode compiled

PYTHON = "python -c pass"
NEW = "msanic new"
NEW_GIT = "msanic new, git init and commit"
COOKIECUTTER = "cookiecutter, same content"
COPIER = "copier, same template"


@dataclass(frozen=True)
class Budget:
    """Limit the median of one command: `factor` times that of another, plus seconds."""

    what: str
    against: str
    factor: float
    plus: float = 0.0

    def limit(self, medians: dict[str, float]) -> float:
        """Return the limit in seconds."""
        return medians[self.against] * self.factor + self.plus


BUDGETS = (
    Budget("msanic --help", PYTHON, 8),
    Budget("msanic --version", PYTHON, 8),
    Budget(NEW, PYTHON, 15),
    Budget(NEW, COOKIECUTTER, 0.5),
    Budget(NEW_GIT, NEW, 1, plus=0.1),
)


def commands(scratch: Path) -> dict[str, list[str]]:
    """List what is measured; each is run in an empty folder."""
    new = [str(BIN / "msanic"), "new", "shop", "--defaults", "--no-config", "--no-install"]
    copier = ["copier", "copy", "--quiet", "--defaults", "--data", "name=shop"]
    return {
        PYTHON: [sys.executable, "-c", "pass"],
        "msanic --help": [str(BIN / "msanic"), "--help"],
        "msanic --version": [str(BIN / "msanic"), "--version"],
        NEW: [*new, "--no-git"],
        NEW_GIT: [*new, "--git"],
        COOKIECUTTER: [
            str(BIN / "cookiecutter"),
            "--no-input",
            str(cookiecutter_template(scratch)),
        ],
        COPIER: [str(BIN / copier[0]), *copier[1:], str(TEMPLATE), "shop"],
    }


def cookiecutter_template(scratch: Path) -> Path:
    """Turn a created project into a cookiecutter template that creates the same files again."""
    made = scratch / "made"
    made.mkdir()
    options = ["--defaults", "--no-config", "--no-install", "--no-git", "--output-dir", str(made)]
    subprocess.run([BIN / "msanic", "new", "shop", *options], check=True, capture_output=True)
    root = scratch / "cookiecutter"
    for path in (made / "shop").rglob("*"):
        if path.is_file():
            name = path.relative_to(made / "shop").as_posix().replace("shop", TAG)
            copy = root / TAG / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(_templated(path.read_text("utf-8")), "utf-8")
    (root / "cookiecutter.json").write_text('{"name": "shop"}', "utf-8")
    return root


TAG = "{{cookiecutter.name}}"


def _templated(text: str) -> str:
    if any(mark in text for mark in ("{{", "{%", "{#")):
        return "{% raw %}" + text + "{% endraw %}"
    return text.replace("shop", TAG)


def measure(todo: dict[str, list[str]], rounds: int, scratch: Path) -> dict[str, list[float]]:
    """Run every command once a round; return the seconds each took."""
    seconds: dict[str, list[float]] = {name: [] for name in todo}
    for number in range(WARM_UP + rounds):
        for name, command in todo.items():
            taken = _seconds(command, scratch / "place", scratch / "home")
            if number >= WARM_UP:
                seconds[name].append(taken)
    return seconds


def _seconds(command: Sequence[str], place: Path, home: Path) -> float:
    place.mkdir()
    home.mkdir(exist_ok=True)
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | IDENTITY
    start = time.perf_counter()
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    shutil.rmtree(place)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return taken


IDENTITY = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "bench"), ("EMAIL", "bench@example.org"))
}


def main() -> int:
    """Measure, print two tables, and tell whether every budget is kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        seconds = measure(commands(scratch), rounds, scratch)
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    console = Console(soft_wrap=True, highlight=False)
    console.print(_figures(medians, seconds))
    console.print(_budgets(medians))
    return int(any(medians[each.what] > each.limit(medians) for each in BUDGETS))


def _figures(medians: dict[str, float], seconds: dict[str, list[float]]) -> Table:
    table = Table("command", "median ms", "least ms", "x python -c pass")
    for name, median in medians.items():
        ratio = median / medians[PYTHON]
        table.add_row(
            name, f"{median * 1e3:.0f}", f"{min(seconds[name]) * 1e3:.0f}", f"{ratio:.1f}"
        )
    return table


def _budgets(medians: dict[str, float]) -> Table:
    table = Table("budget", "at most ms", "median ms", "")
    for each in BUDGETS:
        limit, median = each.limit(medians), medians[each.what]
        plus = f" + {each.plus * 1e3:.0f} ms" if each.plus else ""
        rule = f"{each.what} <= {each.factor:g} x {each.against}{plus}"
        verdict = "kept" if median <= limit else "MISSED"
        table.add_row(rule, f"{limit * 1e3:.0f}", f"{median * 1e3:.0f}", verdict)
    return table


if __name__ == "__main__":
    sys.exit(main())
