"""`--install`: after the service is there, with uv or with pip; a failure leaves the service."""

import json
from pathlib import Path

import pytest

from msanic_cli import install
from tests.cli.process import Msanic
from tests.cli.test_git import script


def test_uv_installs_in_the_finished_service(msanic: Msanic, work: Path, tmp_path: Path) -> None:
    uv = script(tmp_path / "bin", "uv", f'echo "$PWD: $*" > {tmp_path}/said; ls web_shop.py')
    done = msanic("new", "shop", "-y", "--install", env={"PATH": f"{uv.parent}:/usr/bin:/bin"})
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "said").read_text() == f"{work}/shop: sync\n"
    assert "uv run python web_shop.py" in done.stdout
    assert "git add uv.lock" in done.stdout  # it appears after the first commit


@pytest.mark.parametrize("as_json", [False, True])
def test_a_failure_leaves_the_service_and_says_what_to_repeat(
    msanic: Msanic, work: Path, tmp_path: Path, as_json: bool
) -> None:
    uv = script(tmp_path / "bin", "uv", 'echo "resolving"; echo "no network" >&2; exit 2')
    flags = ["--install", "--json"] if as_json else ["--install"]
    done = msanic("new", "shop", "-y", *flags, env={"PATH": f"{uv.parent}:/usr/bin:/bin"})
    line = f"uv: no network; the service is there, repeat with: cd {work}/shop && uv sync"
    assert done.returncode == 1
    if as_json:
        assert json.loads(done.stdout)["error"]["message"] == line
    else:
        assert done.stderr == f"error: {line}\n"
    assert (work / "shop/web_shop.py").is_file()


def test_an_interruption_leaves_the_service_and_says_what_to_repeat(
    msanic: Msanic, work: Path, tmp_path: Path
) -> None:
    uv = script(tmp_path / "bin", "uv", "kill -TERM $PPID; exec tail -f /dev/null")
    done = msanic("new", "shop", "-y", "--install", env={"PATH": f"{uv.parent}:/usr/bin:/bin"})
    assert done.returncode == 130
    assert f"repeat with: cd {work}/shop && uv sync\n" in done.stderr
    assert (work / "shop/web_shop.py").is_file()


def test_pip_installs_where_there_is_no_uv(msanic: Msanic, work: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = msanic("new", "shop", "-y", "--install", env=env)
    assert done.returncode == 1  # there is no index here; the environment itself was made
    assert (work / "shop/.venv/bin/python").exists()
    pip = ".venv/bin/python -m pip install -c constraints.txt '.[dev]'"
    assert done.stderr.endswith(f"repeat with: cd {work}/shop && {pip}\n")


def test_pip_takes_the_pins_where_there_are_some() -> None:
    pinned = install.commands(uv=False, pinned=True)[-1]
    latest = install.commands(uv=False, pinned=False)[-1]
    assert pinned[-3:] == ["-c", "constraints.txt", ".[dev]"]
    assert "-c" not in latest
