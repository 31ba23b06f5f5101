"""What every start imports stays light."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("copier", "jinja2", "pydantic", "questionary", "yaml")


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("msanic_cli.errors", ()),
        ("msanic_cli.questions", ()),
        ("msanic_cli.engine", ()),
        ("msanic_cli.staging", ()),
        ("msanic_cli.project", ()),
        ("msanic_cli.environment", ("jinja2",)),
    ],
)
def test_importing_a_module_imports_nothing_heavy(module: str, allowed: tuple[str, ...]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert set(run.stdout.split()) & set(HEAVY) <= set(allowed)


def test_rendering_never_imports_copier() -> None:
    program = (
        "import sys; from msanic_cli.engine import service_template as open;"
        "t = open(); t.render(t.resolve({'name': 'shop'}), src='x'); print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not {"copier", "jinja2_ansible_filters", "pydantic"} & set(run.stdout.split())
