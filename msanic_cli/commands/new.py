"""The command line of `msanic new`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from msanic_cli.engine import service_template
from msanic_cli.flags import with_flags
from msanic_cli.help import PANEL, Command

HELP = "Create a service: all of it, or nothing."
EPILOG = """\
Options and --data win over --answers, these over ~/.config/msanic/config.toml, and that over the
defaults. What is not given is asked for on a terminal; elsewhere, and with -y, it is the default.

\b
msanic new                        asks for everything
msanic new shop -y                takes the defaults
msanic new shop -y --db mysql     takes the others
msanic new shop -y --dry-run      shows what it would create
"""


def app() -> typer.Typer:
    """Return the command, with an option for each question of the service template."""
    template = service_template()
    name = next(question for question in template.questions if question.name == "name")

    def new(
        answers: dict[str, list[Any]],
        service: Annotated[str | None, typer.Argument(metavar="[NAME]", help=name.help)] = None,
        take_defaults: Annotated[
            bool, _option("-y", "--defaults", help="Ask nothing: what is not given is the default.")
        ] = False,
        answers_file: Annotated[
            Path | None,
            _option(
                "--answers",
                metavar="FILE",
                help="Answers in YAML or JSON, also the .copier-answers.yml of another service.",
            ),
        ] = None,
        data: Annotated[
            list[str] | None,
            _option("--data", metavar="KEY=VALUE", help="One answer; can be repeated."),
        ] = None,
        output_dir: Annotated[
            Path | None,
            _option("-o", "--output-dir", metavar="DIR", help="Where to create it. [default: .]"),
        ] = None,
        commit: Annotated[
            bool | None,
            _option(
                "--git/--no-git",
                help="Make a repository with a first commit. [default: unless inside of one]",
            ),
        ] = None,
        installed: Annotated[
            bool | None,
            _option("--install/--no-install", help="Install it into .venv. [default: no]"),
        ] = None,
        dry_run: Annotated[
            bool, _option("--dry-run", help="Show what would be created, write nothing.")
        ] = False,
        json: Annotated[
            bool, _option("--json", help="Print one JSON document, and ask nothing.")
        ] = False,
        config: Annotated[
            bool, _option("--config/--no-config", help="Use your own defaults. [default: yes]")
        ] = True,
        schema: Annotated[
            bool,
            _option(
                "--schema",
                callback=_show_schema,
                is_eager=True,
                help="Print the JSON Schema of the answers and leave.",
            ),
        ] = False,
    ) -> None:
        from msanic_cli.creation import create
        from msanic_cli.plan import Options

        if service is not None:
            answers = {**answers, "name": [service, *answers.get("name", [])]}
        create(
            template,
            answers,
            Options(
                take_defaults=take_defaults,
                answers=answers_file,
                data=tuple(data or ()),
                output_dir=output_dir,
                git=commit,
                install=installed,
                dry_run=dry_run,
                json=json,
                config=config,
            ),
        )

    verb = typer.Typer(add_completion=False, rich_markup_mode=None)
    settings = {"help_option_names": ["-h", "--help"]}
    command = with_flags(template.questions)(new)
    verb.command("new", cls=Command, help=HELP, epilog=EPILOG, context_settings=settings)(command)
    return verb


def _option(*names: str, **settings: Any) -> Any:
    return typer.Option(*names, rich_help_panel=PANEL, show_default=False, **settings)


def _show_schema(context: typer.Context, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from msanic_cli.schema import schema
        from msanic_cli.terminal import Terminal

        Terminal(json=True).document(schema(service_template().questions))
        raise typer.Exit
