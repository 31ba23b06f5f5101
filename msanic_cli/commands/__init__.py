"""The commands: one module per verb, imported when it is asked for."""

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.main import get_command

from msanic_cli import __version__
from msanic_cli.errors import UsageError
from msanic_cli.failure import closest
from msanic_cli.help import Group
from msanic_cli.values import shown

SUMMARIES = {
    "new": "Create a service",
}

EPILOG = "msanic COMMAND --help shows the options of a command."


class _Verbs(Group):
    """Load a verb's module when the verb is used, so that help and version stay quick."""

    summaries = SUMMARIES

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the verbs."""
        return list(SUMMARIES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of a verb, or None."""
        if cmd_name not in SUMMARIES:
            return None
        if cmd_name not in self.commands:
            app = import_module(f"msanic_cli.commands.{cmd_name}").app()
            self.commands[cmd_name] = get_command(app)
        return self.commands[cmd_name]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Refuse an unknown verb in the words of this tool."""
        word = args[0]
        if word not in SUMMARIES and not word.startswith("-") and not ctx.resilient_parsing:
            meant = closest(word, SUMMARIES)
            hint = f"did you mean {meant}?" if meant else "msanic --help lists the commands"
            raise UsageError(f"unknown command {shown(word)}; {hint}")
        return super().resolve_command(ctx, args)


def group() -> Any:
    """Return the command line interface, ready to be called with arguments."""
    app = typer.Typer(
        cls=_Verbs,
        help="Create async services on Sanic, Tortoise ORM and Redis, and keep them up to date.",
        epilog=EPILOG,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(_root)
    return get_command(app)


def _version(context: typer.Context, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        typer.echo(f"msanic {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=_version, is_eager=True, help="Show the version and leave."
        ),
    ] = False,
) -> None:
    """Do nothing by itself: the verbs do."""
