"""Questions as command line options: name, help, choices and completion come from the question."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Annotated, Any

import typer

from msanic_cli.errors import flag
from msanic_cli.questions import Question
from msanic_cli.values import in_words

PANEL = "Answers"
METAVARS = {"str": "TEXT", "int": "NUMBER", "float": "NUMBER", "yaml": "YAML", "json": "JSON"}

Verb = Callable[..., None]


def with_flags(questions: Iterable[Question]) -> Callable[[Verb], Verb]:
    """Give a command one option per question.

    The command receives what was given as `answers`: question -> every value in order, so that
    it can refuse a question answered twice. Options left out are not in there.
    """
    asked = [question for question in questions if not question.computed]

    def decorate(command: Verb) -> Verb:
        @wraps(command)
        def run(**options: Any) -> None:
            given = {question.name: options.pop(_parameter(question)) for question in asked}
            command(answers={name: list(v) for name, v in given.items() if v}, **options)

        own = inspect.signature(command, eval_str=True).parameters.values()
        kept = [p.replace(kind=p.KEYWORD_ONLY) for p in own if p.name != "answers"]
        parameters = kept + [_option(question) for question in asked]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        return run

    return decorate


def command_line(name: str, values: Iterable[tuple[Question, Any]]) -> list[str]:
    """Return the arguments that give these answers."""
    words = [name]
    for question, value in values:
        option = flag(question.name)
        if question.type == "bool" and not question.multiselect:
            words.append(option if value else "--no-" + option[2:])
        elif question.multiselect:
            words += [option, ",".join(map(str, value))]
        else:
            words += [option, str(value)]
    return words


def _parameter(question: Question) -> str:
    return f"answer_{question.name}"


def _option(question: Question) -> inspect.Parameter:
    name = flag(question.name)
    switch = question.type == "bool" and not question.multiselect
    settings = typer.Option(
        f"{name}/--no-{name[2:]}" if switch else name,
        help=_help(question),
        rich_help_panel=PANEL,
        show_default=False,
        metavar=None if switch else _metavar(question),
        autocompletion=None if switch else _completion(question),
    )
    kind: Any = list[bool] if switch else list[str]
    return inspect.Parameter(
        _parameter(question),
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[kind | None, settings],
    )


def _help(question: Question) -> str:
    default = question.static_default
    if default is None or default == "":
        return question.help
    return f"{question.help} [default: {in_words(default)}]"


def _values(question: Question) -> list[str]:
    return [str(choice.value) for choice in question.static_choices() or () if not choice.problem]


def _metavar(question: Question) -> str:
    return "|".join(_values(question)) or METAVARS.get(question.type, "TEXT")


def _completion(question: Question) -> Callable[[str], Sequence[str]]:
    values = _values(question)

    def complete(incomplete: str) -> Sequence[str]:
        if not question.multiselect:
            return values
        before, comma, _ = incomplete.rpartition(",")
        chosen = before.split(",")
        return [f"{before}{comma}{value}" for value in values if value not in chosen]

    return complete
