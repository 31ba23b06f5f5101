"""What a run of `msanic new` says: the plan, the result, the next steps."""

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msanic_cli import git, install
from msanic_cli.engine import File
from msanic_cli.plan import Outcome, Plan
from msanic_cli.terminal import ACCENT, DIM, GOOD, STRONG, Line

Step = tuple[str, str]  # command, what it is for


def next_steps(plan: Plan, outcome: Outcome) -> list[Step]:
    """Return what to run next, in order, with the reason of each."""
    steps = [(f"cd {shlex.quote(_near(plan.target))}", "")]
    if outcome.problem:
        steps += [(command, "") for command in git.commands()]
    if not outcome.installed and not plan.uv:
        pinned = not plan.value("latest")
        words = install.commands(uv=False, pinned=pinned)
        steps += [(shlex.join(command), "") for command in words]
    run = "uv run " if plan.uv else ".venv/bin/"
    steps.append((f"{run}python {plan.value('script')}.py", "starts it; no server is needed"))
    steps.append((f"curl {_url(plan)}", "asks it, from another terminal"))
    if plan.value("db") != "none":
        steps.append((f"{run}aerich upgrade", "makes the tables, with DATABASE_URL set"))
    if outcome.committed and outcome.installed and plan.uv:
        steps.append((f"git add {install.LOCK}", "for your next commit: what uv installed"))
    return steps


def tree(name: str, files: Mapping[str, File]) -> list[Line]:
    """Return the files as a tree, with their sizes."""
    lines: list[Line] = [[(f"{name}/", STRONG)]]
    rows = list(_branches(_nested(files), ""))
    width = max(len(prefix) + len(label) for prefix, label, _ in rows) + 2
    for prefix, label, content in rows:
        gap = " " * (width - len(prefix) - len(label))
        size = "" if content is None else f"{gap}{_size(len(content.content)):>8}"
        lines.append([(prefix, DIM), (label, STRONG if content is None else ""), (size, DIM)])
    return lines


def summary(plan: Plan, files: Mapping[str, File], outcome: Outcome | None) -> Line:
    """Return the line that says what was created, or would be without an outcome."""
    total = sum(len(file.content) for file in files.values())
    facts = f"{len(files)} files, {_size(total)}"
    if outcome is None:
        return [("Would create ", ""), (_near(plan.target), STRONG), (f"  {facts}", DIM)]
    if outcome.committed:
        facts += f", first commit on {git.BRANCH}"
    return [("Created ", GOOD), (_near(plan.target), STRONG), (f"  {facts}", DIM)]


def steps_lines(steps: Iterable[Step]) -> list[Line]:
    """Return the next steps as numbered lines."""
    steps = list(steps)
    width = max(len(command) for command, _ in steps if len(command) <= 44)
    lines: list[Line] = ["", [("Next", STRONG)]]
    for number, (command, reason) in enumerate(steps, 1):
        gap = " " * max(width - len(command) + 2, 2)
        aim = [(gap + reason, DIM)] if reason else []
        lines.append([(f"  {number}  ", DIM), (command, ACCENT), *aim])
    return lines


def command_lines(plan: Plan) -> list[Line]:
    """Return the command that repeats what was answered."""
    if not plan.command:
        return []
    command = shlex.join(plan.command)
    return [[("The same without questions", STRONG)], [(f"  {command}", ACCENT)], ""]


def document(plan: Plan, files: Mapping[str, File], outcome: Outcome | None) -> dict[str, Any]:
    """Return the document of `--json`: what was done, or what would be without an outcome."""
    planned = Outcome(committed=plan.git, installed=plan.install)
    shown = outcome or planned
    return {
        "created": outcome is not None,
        "name": plan.name,
        "path": str(plan.target),
        "answers": dict(plan.answers.recorded),
        "files": [
            {"path": path, "bytes": len(file.content), "executable": bool(file.mode & 0o111)}
            for path, file in sorted(files.items())
        ],
        "git": shown.committed,
        "install": shown.installed,
        "commands": [command for command, _ in next_steps(plan, shown)],
        "warnings": [shown.problem] if shown.problem else [],
    }


def _near(path: Path) -> str:
    """Return a path as short as it can be typed from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, FileNotFoundError):  # elsewhere, or the current folder is gone
        return str(path)


def _url(plan: Plan) -> str:
    version = plan.value("api_version")
    prefix = "" if version == "none" else f"/v{version}"
    path = "/echo" if plan.value("db") == "none" else "/notes"
    return f"http://127.0.0.1:{plan.value('port')}{prefix}{path}"


def _nested(files: Mapping[str, File]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for path, file in files.items():
        *folders, name = path.split("/")
        here = root
        for folder in folders:
            here = here.setdefault(folder, {})
        here[name] = file
    return root


def _branches(folder: dict[str, Any], indent: str) -> Iterable[tuple[str, str, File | None]]:
    """Yield (branch, label, file or None for a folder), folders first."""
    entries = sorted(folder.items(), key=lambda entry: (isinstance(entry[1], File), entry[0]))
    for index, (name, content) in enumerate(entries):
        last = index == len(entries) - 1
        branch = f"{indent}{'└── ' if last else '├── '}"
        if isinstance(content, File):
            yield branch, name, content
        else:
            yield branch, f"{name}/", None
            yield from _branches(content, indent + ("    " if last else "│   "))


def _size(count: int) -> str:
    return f"{count} B" if count < 1000 else f"{count / 1000:.1f} kB"
