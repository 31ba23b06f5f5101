"""One question of a template, asked on the terminal."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from msanic_cli.errors import AnswerError
from msanic_cli.naming import normalised
from msanic_cli.questions import MISSING, Choice, Context, Question

if TYPE_CHECKING:
    import questionary

STYLE = [
    ("qmark", "fg:ansicyan bold"),
    ("question", "bold"),
    ("instruction", "fg:ansibrightblack"),
    ("answer", "fg:ansicyan"),
    ("pointer", "fg:ansicyan bold"),
    ("highlighted", "fg:ansicyan bold"),
    ("selected", "fg:ansicyan noreverse"),
    ("disabled", "fg:ansibrightblack"),
    ("placeholder", "fg:ansibrightblack"),
    ("validation-toolbar", "fg:ansired bg:default noreverse"),
    ("bottom-toolbar", "fg:ansired bg:default noreverse"),
]
ESCAPE_WAIT = 0.05  # seconds to tell the Escape key from an arrow key's sequence


class Back(Exception):  # noqa: N818 - a wish, no error
    """The user wants the question before."""


def ask(question: Question, context: Context, default: Any) -> Any:
    """Ask until the answer is valid; return its value.

    Raises Back for Escape and KeyboardInterrupt for Ctrl-C.
    """
    raw = _run(_prompt(question, context, default))
    value = question.parse(_read(question, raw), context)
    question.validate(value, context)
    return value


def choose(message: str, options: Sequence[tuple[str, str]], first: str) -> str:
    """Let the user choose one of (key, text), starting at a key; return the key."""
    import questionary

    choices = [questionary.Choice(text, key) for key, text in options]
    instruction = "Enter chooses"
    prompt = questionary.select(message, choices, default=first, **_look(instruction))
    return str(_run(prompt))


def _prompt(question: Question, context: Context, default: Any) -> "questionary.Question":
    import questionary

    text = question.help or question.name
    check = _checker(question, context)
    choices = question.choices(context)
    if choices and question.multiselect:
        boxes = [_choice(choice, checked=choice.value in _several(default)) for choice in choices]
        look = _look("Space marks, Enter accepts")
        return questionary.checkbox(text, boxes, validate=check, **look)
    if choices:
        free = [choice.value for choice in choices if not choice.problem]
        first = default if default in free else free[0]
        look = _look(" ")
        return questionary.select(text, [_choice(c) for c in choices], default=first, **look)
    if question.type == "bool":
        return questionary.confirm(text, default=default is True, auto_enter=False, **_look())
    return questionary.text(
        text,
        default="" if default is MISSING else str(default),
        validate=check,
        validate_while_typing=False,
        reserve_space_for_menu=0,
        placeholder=[("class:placeholder", question.placeholder)],
        **_look(),
    )


def _choice(choice: Choice, *, checked: bool = False) -> "questionary.Choice":
    import questionary

    disabled = choice.problem or None
    return questionary.Choice(
        choice.label, choice.value, disabled=disabled, checked=checked and not disabled
    )


def _several(default: Any) -> Sequence[Any]:
    return default if isinstance(default, list) else ()


def _checker(question: Question, context: Context) -> Callable[[Any], bool | str]:
    def check(raw: Any) -> bool | str:
        try:
            question.validate(question.parse(_read(question, raw), context), context)
        except AnswerError as error:
            return error.problem
        return True

    return check


def _read(question: Question, raw: Any) -> Any:
    return normalised(raw) if question.name == "name" else raw


def _look(instruction: str | None = None) -> dict[str, Any]:
    import questionary

    look: dict[str, Any] = {"style": questionary.Style(STYLE), "qmark": "?"}
    return look if instruction is None else {**look, "instruction": instruction}


def _run(prompt: "questionary.Question") -> Any:
    """Run a prompt that Escape leaves, and that leaves no line behind."""
    from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

    keys = KeyBindings()

    @keys.add("escape", eager=True)
    def _(event: Any) -> None:
        event.app.exit(exception=Back())

    application = prompt.application
    own = application.key_bindings
    application.key_bindings = merge_key_bindings([own, keys] if own else [keys])
    application.erase_when_done = True
    _keep_small(prompt)
    application.ttimeoutlen = ESCAPE_WAIT
    return prompt.unsafe_ask()


def _keep_small(prompt: "questionary.Question") -> None:
    """Show a problem below the input: the input's window would fill the screen otherwise."""
    from prompt_toolkit.filters import Always
    from prompt_toolkit.layout.controls import BufferControl

    for window in prompt.application.layout.find_all_windows():
        if isinstance(window.content, BufferControl):
            window.dont_extend_height = Always()
