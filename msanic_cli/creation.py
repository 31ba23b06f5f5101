"""`msanic new`: create a service, from the answers to the next steps."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from msanic_cli import __version__, defaults, git, report
from msanic_cli.engine import Answers, File, Template
from msanic_cli.errors import StepError
from msanic_cli.flags import command_line
from msanic_cli.install import install
from msanic_cli.plan import Options, Outcome, Plan, make_plan, run_arguments
from msanic_cli.project import with_pristine_hash
from msanic_cli.resolution import resolve
from msanic_cli.sources import SOURCE, Given, collect
from msanic_cli.staging import staged_directory, write_tree
from msanic_cli.terminal import Terminal

LEFT = "the project is complete, the commit is left to you"


def create(template: Template, answers: Mapping[str, list[Any]], options: Options) -> None:
    """Create a service, from the answers on the command line to the next steps."""
    terminal = Terminal(json=options.json)
    config = defaults.load(defaults.config_path()) if options.config else defaults.NONE
    given = collect(template.questions, answers, options.data, options.answers, config)
    settled, repeat = _settle(template, given, options, terminal)
    _say_renamed(given, settled, terminal)
    plan = make_plan(options, config, settled, repeat)
    files = _render(template, plan)
    if options.dry_run:
        _show_plan(plan, files, terminal)
        return
    outcome = _write(plan, files)
    _show_created(plan, files, outcome, terminal)
    outcome = _install(plan, outcome, terminal)
    _show_next(plan, files, outcome, terminal)


def _settle(
    template: Template, given: dict[str, Given], options: Options, terminal: Terminal
) -> tuple[Answers, list[str]]:
    """Return the answers and, where any was asked for, the command that gives the same."""
    if options.take_defaults or not terminal.interactive:
        return resolve(template, given), []
    from msanic_cli.interview import Interview

    interview = Interview(template, terminal, dict(given))
    with terminal.unechoed():
        answers = interview.hold()
    if not interview.answered:
        return answers, []
    words = command_line(str(answers.values["name"]), interview.chosen(answers))
    return answers, ["msanic", "new", *words, *run_arguments(options), "-y"]


def _say_renamed(given: Mapping[str, Given], answers: Answers, terminal: Terminal) -> None:
    name = given.get("name")
    if name is not None and name.value != answers.values["name"]:
        terminal.note(f"the name {name.value!r} becomes {answers.values['name']}")


def _render(template: Template, plan: Plan) -> dict[str, File]:
    """Return the files, with a record of how they came about."""
    files = template.render(plan.answers, src=SOURCE, commit=f"v{__version__}")
    return with_pristine_hash(files)


def _write(plan: Plan, files: Mapping[str, File]) -> Outcome:
    """Write the project in a hidden folder, with its first commit, and let it appear at once."""
    with staged_directory(plan.target) as folder:
        write_tree(files, folder)
        if not plan.git:
            return Outcome()
        try:
            git.commit_all(folder)
        except StepError as error:
            return Outcome(problem=str(error))
        return Outcome(committed=True)


def _install(plan: Plan, outcome: Outcome, terminal: Terminal) -> Outcome:
    if not plan.install:
        return outcome
    with terminal.busy("Installing the dependencies"):
        install(plan.target)
    return replace(outcome, installed=True)


def _show_plan(plan: Plan, files: Mapping[str, File], terminal: Terminal) -> None:
    terminal.say(*report.command_lines(plan))
    terminal.say(report.summary(plan, files, None))
    terminal.say(*report.tree(plan.name, files))
    terminal.document(report.document(plan, files, None))


def _show_created(
    plan: Plan, files: Mapping[str, File], outcome: Outcome, terminal: Terminal
) -> None:
    terminal.say(*report.command_lines(plan))
    terminal.say(report.summary(plan, files, outcome))
    if outcome.problem and not plan.git_demanded:
        terminal.warn(f"{outcome.problem}; {LEFT}")


def _show_next(plan: Plan, files: Mapping[str, File], outcome: Outcome, terminal: Terminal) -> None:
    """Say what to run next. Raises StepError for a commit that was demanded and failed."""
    terminal.say(*report.steps_lines(report.next_steps(plan, outcome)))
    if outcome.problem and plan.git_demanded:
        raise StepError(f"--git: {outcome.problem}; {LEFT}")
    terminal.document(report.document(plan, files, outcome))
