"""The answers of a run that asks nothing: what was given, and the defaults of the rest."""

from collections.abc import Mapping
from typing import Any

from msanic_cli.engine import Answers, Template
from msanic_cli.errors import AnswerError, MissingAnswers, flag
from msanic_cli.questions import MISSING, Context, Question
from msanic_cli.sources import Given


def resolve(template: Template, given: Mapping[str, Given]) -> Answers:
    """Return the answers, asking nobody.

    Raises MissingAnswers listing every open question that has no default, AnswerError (or
    UsageError naming the file) for a wrong answer, and for a typed one that no question of this run
    uses.
    """
    missing: list[Question] = []
    used: set[str] = set()

    def answer(question: Question, context: Context, default: Any) -> Any:
        used.add(question.name)
        if question.name in given:
            return given[question.name].accepted(question, context)
        if "default" in question.spec:
            return question.default(context)
        missing.append(question)
        return question.placeholder if default is MISSING else default

    answers = template.resolve({}, ask=answer)
    if missing:
        raise _missing(missing)
    refuse_unused(given, used)
    return answers


def refuse_unused(given: Mapping[str, Given], used: set[str]) -> None:
    """Refuse a typed answer to a question that the other answers rule out."""
    for name, source in given.items():
        if source.typed and name not in used:
            raise AnswerError(name, "does not apply with the other answers: leave it out")


def _missing(questions: list[Question]) -> MissingAnswers:
    flags = [(_flag(question), _text(question)) for question in questions]
    names = ", ".join(name for name, _ in flags)
    return MissingAnswers(f"no answer and no default for {names}", flags)


def _flag(question: Question) -> str:
    if question.type == "bool":
        return f"{flag(question.name)}/--no-{flag(question.name)[2:]}"
    return flag(question.name)


def _text(question: Question) -> str:
    choices = [choice for choice in question.static_choices() or () if not choice.problem]
    values = ", ".join(str(choice.value) for choice in choices)
    return f"{question.help} ({values})" if values else question.help
