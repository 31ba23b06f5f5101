"""The questions of a template: what may be answered, what is assumed, what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from msanic_cli.errors import AnswerError, TemplateError
from msanic_cli.values import CASTS, EXPECTED, from_yaml, shown, templated, truth

Context = Mapping[str, Any]
Render = Callable[[str, Context, "int | None"], str]


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


@dataclass(frozen=True)
class Choice:
    """Offer one value; `problem` says why it cannot be chosen with the answers so far."""

    label: str
    value: Any
    problem: str = ""


@dataclass(frozen=True)
class Question:
    """Hold one entry of copier.yml. Templated parts are rendered with the answers before it."""

    name: str
    spec: Mapping[str, Any]
    render: Render = field(repr=False, compare=False)
    path: Path = field(default=Path("copier.yml"), repr=False, compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, repr=False, compare=False)

    @property
    def type(self) -> str:
        return str(self.spec.get("type") or _type_of(self.spec.get("default")))

    @property
    def help(self) -> str:
        return str(self.spec.get("help", "")).strip()

    @property
    def placeholder(self) -> str:
        return str(self.spec.get("placeholder", ""))

    @property
    def multiselect(self) -> bool:
        return self.spec.get("multiselect") is True

    @property
    def secret(self) -> bool:
        """Whether the answer is kept out of the recorded answers."""
        return self.spec.get("secret") is True

    @property
    def computed(self) -> bool:
        """Whether the template works the value out itself: never asked, never a flag."""
        return self.spec.get("when") is False

    @property
    def static_default(self) -> Any:
        """Return the default where it does not depend on other answers, else None."""
        default = self.spec.get("default")
        return None if templated(default) else default

    def static_choices(self) -> tuple[Choice, ...] | None:
        """Return the choices where they do not depend on other answers, else None."""
        declared = self.spec.get("choices")
        if not declared or isinstance(declared, str):
            return None
        pairs = self._pairs(declared)
        if any(templated(label) or templated(value) for label, value, _ in pairs):
            return None
        return tuple(
            Choice(str(label), self._choice(value), "" if templated(problem) else problem)
            for label, value, problem in pairs
        )

    def applies(self, context: Context) -> bool:
        """Tell whether the question is asked, given the answers before it."""
        when = self.spec.get("when", True)
        return truth(self._rendered(when, context, "when"))

    def choices(self, context: Context) -> tuple[Choice, ...]:
        """Return the choices, given the answers before it; empty for free input."""

        def rendered(value: Any) -> Any:
            return self._rendered(value, context, "choices")

        declared = self.spec.get("choices", [])
        if isinstance(declared, str):
            declared = rendered(declared)
        return tuple(
            Choice(str(rendered(label)), self._choice(rendered(value)), rendered(problem).strip())
            for label, value, problem in self._pairs(declared)
        )

    def default(self, context: Context) -> Any:
        """Return the default value, or MISSING. Raises AnswerError where it is no valid answer."""
        if "default" not in self.spec:
            return MISSING
        value = self.parse(self._rendered(self.spec["default"], context, "default"), context)
        if not self.computed:
            self.validate(value, context)
        return value

    def parse(self, raw: Any, context: Context) -> Any:
        """Turn what was given (text, or a value of YAML or JSON) into a value of this question."""
        if not self.multiselect:
            return self._one(raw, context)
        chosen = [self._one(item, context) for item in self._items(raw)]
        return [choice.value for choice in self.choices(context) if choice.value in chosen]

    def validate(self, value: Any, context: Context) -> None:
        """Refuse a value that the template's own rule refuses."""
        rule = self.spec.get("validator", "")
        problem = self._rendered(rule, {**context, self.name: value}, "validator").strip()
        if problem:
            got = problem.startswith("expected") and " got " not in problem and not self.secret
            raise AnswerError(self.name, f"{problem}, got {shown(value)}" if got else problem)

    def _items(self, raw: Any) -> list[Any]:
        if isinstance(raw, str):
            if not raw.lstrip().startswith("["):
                return [item.strip() for item in raw.split(",") if item.strip()]
            raw = self._attempt(from_yaml, raw)
        if not isinstance(raw, (list, tuple)):
            raise AnswerError(self.name, f"expected a list, got {shown(raw)}")
        return list(raw)

    def _one(self, raw: Any, context: Context) -> Any:
        value = self._cast(raw)
        choices = self.choices(context)
        if not choices:
            return value
        for choice in choices:
            if choice.value == value and type(choice.value) is type(value):
                if choice.problem:
                    raise AnswerError(self.name, choice.problem)
                return choice.value
        valid = ", ".join(str(choice.value) for choice in choices if not choice.problem)
        raise AnswerError(self.name, f"expected one of {valid}, got {shown(raw)}")

    def _cast(self, raw: Any) -> Any:
        return self._attempt(CASTS[self.type], raw)

    def _attempt(self, cast: Callable[[Any], Any], raw: Any) -> Any:
        try:
            return cast(raw)
        except (ValueError, RecursionError) as error:
            got = "a secret" if self.secret else shown(raw)
            raise AnswerError(self.name, f"expected {EXPECTED[self.type]}, got {got}") from error

    def _rendered(self, value: Any, context: Context, key: str) -> Any:
        if isinstance(value, str):
            return self.render(value, context, self.lines.get(key))
        if isinstance(value, list):
            return [self._rendered(item, context, key) for item in value]
        return value

    def _pairs(self, declared: Any) -> list[tuple[Any, Any, str]]:
        """Return (label, value, problem) of each declared choice."""
        try:
            declared = from_yaml(declared)
            items = declared.items() if isinstance(declared, dict) else declared
            return [_pair(item) for item in items]
        except (ValueError, TypeError, KeyError) as error:
            raise self._wrong_choices("expected a list or a mapping of choices") from error

    def _choice(self, value: Any) -> Any:
        try:
            return self._cast(value)
        except AnswerError as error:
            raise self._wrong_choices(error.problem) from error

    def _wrong_choices(self, problem: str) -> TemplateError:
        return TemplateError(self.path, self.lines.get("choices"), f"{self.name}: {problem}")


def _type_of(default: Any) -> str:
    name = type(default).__name__
    return name if name in CASTS else "yaml"


def _pair(item: Any) -> tuple[Any, Any, str]:
    label, value = item if isinstance(item, (list, tuple)) else (item, item)
    if not isinstance(value, dict):
        return label, value, ""
    return label, value["value"], str(value.get("validator", ""))
