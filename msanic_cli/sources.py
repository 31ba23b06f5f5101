"""Where answers come from: options, `--data`, an answers file, the user's defaults."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msanic_cli.defaults import Defaults
from msanic_cli.errors import AnswerError, UnknownAnswer, UsageError, flag
from msanic_cli.naming import normalised, refuse_path
from msanic_cli.questions import Context, Question
from msanic_cli.values import in_words, shown

SOURCE = "git+msanic://service"  # recorded, so that an update knows the template


@dataclass(frozen=True)
class Given:
    """Hold one answer as it was given.

    `origin` says where, for messages. A `typed` answer stood on the command line: it must have an
    effect. A `proposed` one is the user's default: it is used, and offered where there is a prompt.
    """

    value: Any
    origin: str
    typed: bool = False
    proposed: bool = False

    def accepted(self, question: Question, context: Context) -> Any:
        """Return the value of the question; raise AnswerError (or where it came from) if wrong."""
        raw = self.value
        if question.name == "name":
            refuse_path(raw)
            raw = normalised(raw)
        try:
            value = question.parse(raw, context)
            question.validate(value, context)
        except AnswerError as error:
            if self.typed:
                raise
            raise UsageError(f"{error.name}: {error.problem} (in {self.origin})") from error
        return value


Answered = Mapping[str, Given]


def collect(
    questions: Iterable[Question],
    options: Mapping[str, Sequence[Any]],
    data: Sequence[str],
    answers: Path | None,
    defaults: Defaults | None,
) -> dict[str, Given]:
    """Return one answer per question that has one: the nearest source wins.

    Options and `--data` are equally near (two different values are an error), then comes the
    answers file, then the user's defaults. Unknown names are errors everywhere.
    """
    known = {question.name: question for question in questions if not question.computed}
    given: dict[str, Given] = {}
    if defaults is not None:
        given |= _layer(known, defaults.answers, str(defaults.path), proposed=True)
    if answers is not None:
        given |= _layer(known, read_answers(answers), str(answers))
    return given | _typed(known, options, data)


def read_answers(path: Path) -> dict[str, Any]:
    """Return the answers of a YAML or JSON file; keys that start with an underscore are notes.

    Plain words and numbers stay as they are written: `1.10` is not 1.1. Raises UsageError.
    """
    from msanic_cli.answers_file import load

    content = load(path)
    source = content.get("_src_path", SOURCE)
    if source != SOURCE:
        raise UsageError(f"{path}: holds the answers of another template ({source})")
    return {name: value for name, value in content.items() if not name.startswith("_")}


def _layer(
    known: Mapping[str, Question], values: Mapping[str, Any], origin: str, *, proposed: bool = False
) -> dict[str, Given]:
    for name in values:
        if name not in known:
            unknown = UnknownAnswer(name, known)
            raise UsageError(f"{unknown} (in {origin})")
    return {name: Given(value, origin, proposed=proposed) for name, value in values.items()}


def _typed(
    known: Mapping[str, Question], options: Mapping[str, Sequence[Any]], data: Sequence[str]
) -> dict[str, Given]:
    values: dict[str, list[Any]] = {}
    for name, several in options.items():
        multiple = known[name].multiselect
        values[name] = [",".join(several)] if multiple else list(several)
    for pair in data:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"--data: expected key=value, got {shown(pair)}")
        if name not in known:
            raise UnknownAnswer(name, known)
        values.setdefault(name, []).append(value)
    for name, several in values.items():
        _refuse_contradiction(known[name], several)
    return {name: Given(several[0], flag(name), typed=True) for name, several in values.items()}


def _refuse_contradiction(question: Question, values: Sequence[Any]) -> None:
    first, *others = [_comparable(question, value) for value in values]
    for other in others:
        if other != first:
            words = f"given twice, as {_word(first)} and as {_word(other)}"
            raise AnswerError(question.name, words)


def _word(value: Any) -> str:
    return in_words(value) if isinstance(value, bool) else shown(value)


def _comparable(question: Question, value: Any) -> Any:
    if question.type == "bool":
        try:
            return question.parse(value, {})
        except AnswerError:
            pass
    return normalised(value) if question.name == "name" else str(value)
