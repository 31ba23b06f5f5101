"""Share one prepared environment, and mark what can be run side by side."""

from __future__ import annotations

import pytest

from tests.generated.axes import answers, usual_row
from tests.generated.project import generate
from tests.generated.toolbox import Toolbox, prepare, requirements

# These, together, depend on everything that any combination depends on.
UNION = ({"db": "pgsql"}, {"db": "mysql"}, {"db": "sqlite", "deploy.kubernetes": False})


@pytest.fixture(scope="session")
def toolbox(tmp_path_factory: pytest.TempPathFactory) -> Toolbox:
    """Prepare the environment that all generated projects run in."""
    folder = tmp_path_factory.mktemp("union")
    rows = [usual_row() | {"redis": True} | difference for difference in UNION]
    projects = [generate(answers(row), folder / str(row["db"])) for row in rows]
    return prepare(*requirements(project.folder for project in projects))
