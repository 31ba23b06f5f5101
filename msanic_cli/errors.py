"""The error tree: whatever goes wrong for a user is one of these; `str(error)` is the line shown.

MsanicError                 exit 1
├── UsageError              exit 2   the command line or the answers are wrong
│   ├── AnswerError                  one answer is wrong, and how
│   │   └── UnknownAnswer            no question has this name
│   ├── MissingAnswers               there is nobody to ask, and answers are missing
│   └── TargetError                  the target exists, or cannot be written
├── TemplateError                    the template is wrong, and where
├── StepError                        git or the installation failed after the project was written
└── Interrupted             exit 130 Ctrl-C or a signal
"""

from __future__ import annotations

from collections.abc import Iterable


class MsanicError(Exception):
    """Tell the user in one line what went wrong and what to do."""

    exit_code = 1


class UsageError(MsanicError):
    """Report a wrong use of the command line."""

    exit_code = 2


class AnswerError(UsageError):
    """Report an answer that its question does not accept."""

    def __init__(self, name: str, problem: str) -> None:
        self.name = name
        self.problem = " ".join(problem.split())
        super().__init__(f"{name}: {self.problem} ({flag(name)})")


class UnknownAnswer(AnswerError):  # noqa: N818 - names what came
    """Report an answer to a question that does not exist, with the closest name that does."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        from difflib import get_close_matches

        shown = (name if name.isidentifier() and name.isascii() else ascii(name))[:60]
        close = get_close_matches(name, list(known), n=1)
        self.suggestion = close[0] if close else ""
        hint = f"; did you mean {self.suggestion}?" if close else ""
        UsageError.__init__(self, f"{shown}: no such question{hint}")
        self.name, self.problem = name, "no such question"


class MissingAnswers(UsageError):  # noqa: N818 - names what is missing
    """Report questions without an answer; `missing` holds (flag, what it is for) of each."""

    def __init__(self, message: str, missing: Iterable[tuple[str, str]]) -> None:
        self.missing = tuple(missing)
        super().__init__(message)


class TargetError(UsageError):
    """Report a target that cannot become the project."""


class TemplateError(MsanicError):
    """Report a mistake of a template, with its file and line."""

    def __init__(self, path: object, line: int | None, problem: str) -> None:
        self.path, self.line = str(path), line
        self.problem = " ".join(problem.split())
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: {self.problem}")


class StepError(MsanicError):
    """Report a step that failed after the project was written."""


class Interrupted(MsanicError):  # noqa: N818 - it is no error of anyone
    """Report that the user or the system stopped the command."""

    exit_code = 130


def flag(name: str) -> str:
    """Return the command line option that answers a question."""
    return "--" + name.replace("_", "-")
