"""The wizard: ask what was not given, go back, review and change anything before it is written."""

import textwrap
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from msanic_cli import prompts
from msanic_cli.engine import Answers, Template
from msanic_cli.errors import AnswerError, Interrupted, MissingAnswers, UsageError
from msanic_cli.questions import MISSING, Context, Question
from msanic_cli.resolution import resolve
from msanic_cli.screen import Screen
from msanic_cli.sources import Given
from msanic_cli.terminal import DIM, STRONG, WARN, Terminal

CREATE, LEAVE = "+create", "-leave"


@dataclass
class Interview:
    """Hold a conversation about one template.

    The template is resolved again from the start after every step back or change: answers given so
    far are replayed, so that questions which no longer apply vanish and new ones are asked.
    """

    template: Template
    terminal: Terminal
    given: dict[str, Given]
    answered: dict[str, Any] = field(default_factory=dict)
    drafts: dict[str, Any] = field(default_factory=dict)  # taken back: where a prompt starts
    offers: dict[str, Any] = field(default_factory=dict)  # what the defaults would have been
    passed: list[str] = field(default_factory=list)  # prompts passed since the last start
    greeted: bool = False

    @cached_property
    def screen(self) -> Screen:
        """Hold the lines of the answers so far."""
        return Screen(self.terminal)

    def hold(self) -> Answers:
        """Ask until everything is answered and the user is content with it.

        Raises Interrupted when the user leaves. Nothing is reviewed where nothing was asked.
        """
        self._refuse_wrong()
        answers = self._ask_all()
        if not self.answered:
            return answers
        while (choice := self._review(answers)) != CREATE:
            answers = self._change(choice, answers)
        self._show_final(answers)
        return answers

    def chosen(self, answers: Answers) -> list[tuple[Question, Any]]:
        """Return the answers that the defaults alone would not give, but for the name."""
        pairs = []
        for question in self._reviewed(answers):
            value = answers.values[question.name]
            source = self.given.get(question.name)
            stated = source is not None and not source.proposed
            if question.name != "name" and (
                stated or value != self.offers.get(question.name, value)
            ):
                pairs.append((question, value))
        return pairs

    def _refuse_wrong(self) -> None:
        """Refuse a wrong option before the first prompt instead of after the last."""
        stand_ins = {
            question.name: Given(question.placeholder, "", proposed=True)
            for question in self.template.questions
            if question.placeholder
        }
        try:
            resolve(self.template, stand_ins | self.given)
        except MissingAnswers:
            return
        except AnswerError as error:
            if error.name in self.given:
                raise

    def _ask_all(self) -> Answers:
        while True:
            self.passed = []
            try:
                return self.template.resolve({}, ask=self._answer)
            except prompts.Back:
                self._take_back()

    def _answer(self, question: Question, context: Context, default: Any) -> Any:
        name = question.name
        source = self.given.get(name)
        try:
            if source is not None and not source.proposed:
                return source.accepted(question, context)
            offer = source.accepted(question, context) if source else default
            if name not in self.offers or not _drawn(question, context):
                self.offers[name] = offer
            if name in self.answered:
                value = Given(self.answered[name], "", typed=True).accepted(question, context)
                self.passed.append(name)
                return value
        except UsageError as error:
            self._reject(name, error)
        return self._prompt(question, context)

    def _prompt(self, question: Question, context: Context) -> Any:
        self._greet()
        name = question.name
        start = self.drafts.get(name, self.offers.get(name, MISSING))
        value = prompts.ask(question, context, start)
        self.answered[name] = value
        self.passed.append(name)
        self.screen.show(name, value)
        return value

    def _greet(self) -> None:
        if not self.greeted:
            self.terminal.say("", [("New service", STRONG)], [(KEYS, DIM)], "")
            self.greeted = True

    def _reject(self, name: str, error: UsageError) -> None:
        """Drop an answer that the answers before it no longer allow, and say why it is asked."""
        self.given.pop(name, None)
        self.answered.pop(name, None)
        problem = error.problem if isinstance(error, AnswerError) else str(error)
        for line in textwrap.wrap(f"{name}: {problem}", self.terminal.width - 3):
            self.screen.say(name, [("! ", WARN), line])

    def _take_back(self) -> None:
        if self.passed:
            name = self.passed[-1]
            self.drafts[name] = self.answered.pop(name)
            self.screen.wipe(name)

    def _review(self, answers: Answers) -> str:
        self.screen.wipe()
        rows = [
            (question.name, self.screen.row(question.name, answers.values[question.name]))
            for question in self._reviewed(answers)
        ]
        options = [(CREATE, "Create it"), *rows, (LEAVE, "Leave, write nothing")]
        try:
            choice = prompts.choose(REVIEW, options, CREATE)
        except prompts.Back:
            return self.passed[-1]
        if choice == LEAVE:
            raise Interrupted("nothing was written")
        return choice

    def _change(self, name: str, answers: Answers) -> Answers:
        """Ask one question again, and those that its new answer brings up."""
        before = dict(self.given), dict(self.answered)
        source = self.given.pop(name, None)
        self.drafts[name] = answers.values[name]
        self.answered.pop(name, None)
        if source is not None:
            self.offers.pop(name, None)
        self.passed = []
        try:
            return self.template.resolve({}, ask=self._answer)
        except prompts.Back:
            self.given, self.answered = before
            return answers

    def _reviewed(self, answers: Answers) -> list[Question]:
        return [
            question
            for question in self.template.questions
            if question.name in answers.recorded and not question.computed
        ]

    def _show_final(self, answers: Answers) -> None:
        for question in self._reviewed(answers):
            self.screen.show(question.name, answers.values[question.name])
        self.terminal.say("")


KEYS = "Enter accepts, Esc goes back, Ctrl-C leaves"
REVIEW = "Review"


def _drawn(question: Question, context: Context) -> bool:
    """Tell whether the default is drawn at random: then the first that was offered counts."""
    try:
        return bool(question.default(context) != question.default(context))
    except AnswerError:
        return False
