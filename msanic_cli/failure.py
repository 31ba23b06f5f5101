"""What the error boundary says about an exception."""

import difflib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from msanic_cli.errors import Interrupted, MissingAnswers, MsanicError
from msanic_cli.terminal import DIM, Line, printable

FAILED, INTERRUPTED = 1, 130


@dataclass(frozen=True)
class Failure:
    """One line for people, the same for programs, and the exit code."""

    kind: str
    message: str
    exit_code: int = FAILED
    hints: tuple[Line, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)
    quiet: bool = False

    def document(self) -> dict[str, object]:
        """Return what `--json` shows under `error`."""
        facts = {"kind": self.kind, "message": self.message, "exit_code": self.exit_code}
        return {**facts, **self.details}


def describe(error: BaseException) -> Failure:
    """Return the words and the exit code for an exception that reached the boundary."""
    if isinstance(error, KeyboardInterrupt):
        return Failure("interrupted", "interrupted", INTERRUPTED, quiet=True)
    if isinstance(error, MsanicError):
        return _of_ours(error)
    if isinstance(error, OSError):
        return Failure("system", _system(error))
    if isinstance(error, ModuleNotFoundError):
        return Failure("installation", f"{_one_line(str(error)).lower()}: install msanic again")
    typer = sys.modules.get("typer")  # imported already if the error is one of its own
    if typer is not None and isinstance(error, typer.TyperException):
        return _of_typer(error)
    return Failure(
        "internal",
        f"unexpected {type(error).__name__}: {_one_line(str(error))}",
        hints=([("set MSANIC_DEBUG=1 to see where, and please report it", DIM)],),
    )


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant."""
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return matches[0] if matches else None


def _of_ours(error: MsanicError) -> Failure:
    if not isinstance(error, MissingAnswers):
        quiet = isinstance(error, Interrupted)
        return Failure(_kind(error), _one_line(str(error)), error.exit_code, quiet=quiet)
    width = max(len(flag) for flag, _ in error.missing) + 2
    hints: list[Line] = [f"  {flag:<{width}}{text}" for flag, text in error.missing]
    missing = [{"flag": flag, "help": text} for flag, text in error.missing]
    details = {"missing": missing}
    return Failure("missing", _one_line(str(error)), error.exit_code, tuple(hints), details)


def _kind(error: MsanicError) -> str:
    """Return the word for programs: that of the class, answer for AnswerError."""
    return type(error).__name__.removesuffix("Error").lower()


def _of_typer(error: Exception) -> Failure:
    """Reword the parser's errors: lower case, no full stop, one suggestion, quoted safely."""
    code = getattr(error, "exit_code", FAILED)
    option = getattr(error, "option_name", None)
    possibilities = getattr(error, "possibilities", None)
    meant = None
    if option is not None and hasattr(error, "possibilities"):
        meant = closest(str(option), possibilities or ())
        message = f"unknown option {option}"
    else:
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        message = message[:1].lower() + message[1:].rstrip(".")
    suffix = f"; did you mean {meant}?" if meant else ""
    return Failure("usage", _one_line(message) + suffix, code)


def _system(error: OSError) -> str:
    reason = (error.strerror or str(error) or type(error).__name__).lower()
    return _one_line(f"{error.filename}: {reason}" if error.filename else reason)


def _one_line(text: str) -> str:
    return printable(" ".join(text.split("\n")))
