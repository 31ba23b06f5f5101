"""Schemathesis finds no answer that the published description does not promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.generated.axes import answers, usual_row
from tests.generated.project import generate
from tests.generated.toolbox import Toolbox

EXAMPLES = 25
SEED = 20
LIMITS = Path(__file__).with_name("schemathesis.toml")

ROWS = {
    "notes": {"redis": True, "api_version": "2.1"},
    "echo": {"db": "none", "redis": False},
}


@pytest.mark.heavy
@pytest.mark.timeout(300)
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_the_service_keeps_the_promises_of_its_openapi_document(
    row: dict[str, object], toolbox: Toolbox, tmp_path: Path
) -> None:
    project = generate(answers(usual_row() | row), tmp_path / "project", toolbox)

    with project.served() as running:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "--config-file",
            str(LIMITS),
        ]
        options = ["--max-examples", str(EXAMPLES), "--seed", str(SEED), "--no-color"]
        options += ["--generation-database", "none", "--suppress-health-check", "all"]
        done = subprocess.run(
            [*command, "run", *options, f"{running.url}/openapi.json"],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in running.output()
