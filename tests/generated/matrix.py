"""Prove combinations from the command line: the pairwise cover, or all of them."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from tests.generated import text
from tests.generated.axes import Row, answers, template, usual_row
from tests.generated.cover import PASSING, everything, pairwise
from tests.generated.project import generate
from tests.generated.proof import STEPS, Outcome, prove
from tests.generated.sharing import fingerprint, rendered
from tests.generated.toolbox import Toolbox, prepare, requirements

IN_MEMORY = "text"
PROBLEM_LINES = 40


@dataclass(frozen=True)
class Job:
    """Ask for the proof of one row."""

    number: int
    row: Row
    steps: frozenset[str]
    toolbox: Toolbox


@dataclass(frozen=True)
class Report:
    """Hold the outcomes of one row."""

    number: int
    row: Row
    outcomes: list[Outcome]


def main() -> int:
    """Prove what the options ask for, print a summary, and exit 1 when anything failed."""
    options = _options()
    rows = list(_rows(options))
    if options.list:
        for number, row in enumerate(rows):
            sys.stdout.write(f"{number} {answers(row)}\n")
        return 0
    # A plain stream of lines: it is as useful in the log of a CI run as on a terminal.
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"{len(rows)} combinations, {options.jobs} at a time")
    jobs = _plan(rows, options.steps, _toolbox(), share=options.all)
    reports = []
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for report in pool.imap_unordered(_prove, jobs):
            reports.append(report)
            _print(console, report, len(rows))
    return _summary(console, reports)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/matrix", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every combination, not every pair")
    parser.add_argument("--sample", type=int, metavar="N", help="N of them, chosen at random")
    parser.add_argument("--seed", type=int, default=0, help="of the choice of --sample")
    parser.add_argument("--shard", default="1/1", metavar="I/N", help="the I-th of N equal parts")
    parser.add_argument("--only", action="append", default=[], metavar="AXIS=VALUE", help="repeat")
    parser.add_argument("--steps", default="", help=", ".join(step.name for step in STEPS))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--list", action="store_true", help="print the combinations and stop")
    options = parser.parse_args()
    options.steps = frozenset(filter(None, map(str.strip, options.steps.split(","))))
    unknown = options.steps - {step.name for step in STEPS}
    if unknown:
        parser.error(f"unknown steps: {', '.join(sorted(unknown))}")
    return options


def _rows(options: argparse.Namespace) -> Iterable[Row]:
    wanted = dict(item.split("=", 1) for item in options.only)
    source = everything() if options.all else pairwise()
    matching = (row for row in source if all(str(row[key]) == wanted[key] for key in wanted))
    part, parts = map(int, options.shard.split("/"))
    rows = islice(matching, part - 1, None, parts)
    if options.sample is None:
        return rows
    every = list(rows)
    return Random(options.seed).sample(every, min(options.sample, len(every)))


def _toolbox() -> Toolbox:
    with tempfile.TemporaryDirectory() as scratch:
        rows = {row["db"]: row for row in pairwise() if row["redis"] and not row["latest"]}
        projects = [generate(answers(row), Path(scratch, db)) for db, row in rows.items()]
        return prepare(*requirements(project.folder for project in projects))


def _plan(
    rows: Iterable[Row], only: frozenset[str], toolbox: Toolbox, *, share: bool
) -> Iterator[Job]:
    """Leave out the steps that were planned for another row with the same files.

    Rows are compared with the same name, port and texts in both; a step is then taken with those
    of the row that comes first.
    """
    planned: set[str] = set()
    wanted = only or frozenset(step.name for step in STEPS)
    usual = {axis: usual_row()[axis] for axis in PASSING}
    for number, row in enumerate(rows, 1):
        alike = {**row, **usual}
        mark = fingerprint(rendered(template(), alike), answers(alike))
        steps = wanted & {IN_MEMORY} if share and mark in planned else wanted
        planned.add(mark)
        yield Job(number, row, frozenset(steps), toolbox)


def _prove(job: Job) -> Report:
    if job.steps <= {IN_MEMORY}:
        return Report(job.number, job.row, [_text(job.row)] if job.steps else [])
    folder = Path(tempfile.gettempdir(), f"msanic-matrix-{os.getpid()}")
    try:
        project = generate(answers(job.row), folder, job.toolbox)
        return Report(job.number, job.row, prove(project, job.steps))
    except AssertionError as error:
        return Report(job.number, job.row, [Outcome("generate", 0.0, problem=str(error))])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _text(row: Row) -> Outcome:
    start = time.monotonic()
    problems = list(text.problems(rendered(template(), row), answers(row)))
    return Outcome(IN_MEMORY, time.monotonic() - start, problem="\n".join(problems))


def _print(console: Console, report: Report, total: int) -> None:
    failed = [outcome for outcome in report.outcomes if outcome.problem]
    seconds = sum(outcome.seconds for outcome in report.outcomes)
    if failed or seconds > 1 or report.number % 100 == 0:
        state = "FAILED" if failed else "ok"
        console.print(
            f"{report.number}/{total} {state} {seconds:.0f} s {answers(report.row)}", markup=False
        )
    for outcome in failed:
        lines = outcome.problem.splitlines()[-PROBLEM_LINES:]
        console.print(f"  {outcome.step}:", *lines, sep="\n    ", markup=False)


def _summary(console: Console, reports: list[Report]) -> int:
    steps: dict[str, list[Outcome]] = defaultdict(list)
    for report in reports:
        for outcome in report.outcomes:
            steps[outcome.step].append(outcome)
    table = Table(
        "step", "taken", "failed", "left out", "seconds each", title=f"{len(reports)} combinations"
    )
    for name, outcomes in steps.items():
        failed = sum(bool(outcome.problem) for outcome in outcomes)
        mean = sum(outcome.seconds for outcome in outcomes) / len(outcomes)
        left_out = sum(bool(outcome.left_out) for outcome in outcomes)
        table.add_row(name, str(len(outcomes)), str(failed), str(left_out), f"{mean:.1f}")
    console.print(table)
    return int(any(o.problem for outcomes in steps.values() for o in outcomes))


if __name__ == "__main__":
    sys.exit(main())
