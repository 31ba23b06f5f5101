"""What is printed where: colours, NO_COLOR, encodings, a reader that leaves."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.cli.process import Msanic


def on_a_terminal(
    arguments: list[str], work: Path, environment: dict[str, str], **options: Any
) -> str:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "msanic_cli", *arguments],
        cwd=str(work),
        encoding="utf-8",
        env=environment,
        timeout=30,
        **options,
    )
    child.expect(pexpect.EOF)
    return str(child.before)


def test_a_terminal_has_colours(work: Path, environment: dict[str, str]) -> None:
    assert "\x1b[" in on_a_terminal(["new", "shop", "-y"], work, environment)
    assert "\x1b[" in on_a_terminal(["--help"], work, environment)
    assert "\x1b[" in on_a_terminal(["new", "shop", "-y"], work, environment)


def test_no_color_is_respected(work: Path, environment: dict[str, str]) -> None:
    quiet = environment | {"NO_COLOR": "1"}
    for arguments in (["new", "shop", "-y"], ["--help"], ["new", "shop", "-y"]):
        text = on_a_terminal(arguments, work, quiet)
        assert "\x1b[3" not in text
        assert "\x1b[9" not in text


def test_a_pipe_has_no_colours(msanic: Msanic) -> None:
    done = msanic("new", "shop", "-y", env={"FORCE_COLOR": "1"})
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_output_is_utf8_whatever_the_system_prefers(msanic: Msanic, encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding}
    done = msanic("new", "shop", "-y", "--dry-run", "--author", "Ада ☃", env=env)
    assert done.returncode == 0
    assert "── web_shop.py" in done.stdout
    done = msanic("new", "shop☃", "-y", env=env)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_bytes_that_are_no_text_are_refused_in_one_line(msanic: Msanic) -> None:
    done = msanic("new", b"\xff\xfe".decode("utf-8", "surrogateescape"), "-y")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_control_characters_do_not_reach_the_terminal(msanic: Msanic) -> None:
    for arguments in (
        ["\x1b[2Jx"],
        ["new", "\x1b[2Jx", "-y"],
        ["new", "--\x1b[2J"],
        ["new", "a", "-y", "--data", "\x1b[2J"],
        ["new", "a", "\x1b[2J"],
        ["new", "ab", "-y", "--answers", "\x1b[2J"],
    ):
        done = msanic(*arguments)
        assert done.returncode == 2
        assert "\x1b" not in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--help"], ["new", "shop", "-y", "--dry-run"]])
def test_a_reader_that_leaves_is_no_error(
    work: Path, environment: dict[str, str], arguments: list[str]
) -> None:
    command = [sys.executable, "-m", "msanic_cli", *arguments]
    with subprocess.Popen(
        command, cwd=work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        said = child.stderr.read()
    assert said == b""
    assert child.returncode == 1


def test_a_fault_of_ours_is_one_line_and_a_hint(work: Path, environment: dict[str, str]) -> None:
    program = (
        "import sys\nfrom msanic_cli import cli, plan\n"
        "def broken(*a, **k): raise RuntimeError('first\\nsecond')\n"
        "plan.make_plan = broken\nsys.exit(cli.main())"
    )
    command = [sys.executable, "-c", program, "new", "shop", "-y"]
    done = subprocess.run(
        command, cwd=work, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    first, hint = done.stderr.splitlines()
    assert first == "error: unexpected RuntimeError: first second"
    assert "MSANIC_DEBUG=1" in hint
    debugged = subprocess.run(
        command,
        cwd=work,
        env=environment | {"MSANIC_DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" in debugged.stderr
