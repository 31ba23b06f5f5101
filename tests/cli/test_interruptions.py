"""All or nothing: signals at every stage, a full disk, a second run for the same target."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.process import Msanic, tree
from tests.cli.test_git import script

SMALL = ["new", "shop", "-y", "--db", "none", "--no-redis", "--deploy", "", "--json"]
STAGES = 12
Traced = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def traced(work: Path, environment: dict[str, str]) -> Traced:
    """Return the command under the tracer."""

    def run(step: str, action: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "tests.cli.traced", step, action, *arguments]
        return subprocess.run(
            command,
            cwd=work,
            env=environment,
            text=True,
            capture_output=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_a_signal_at_any_stage_leaves_all_or_nothing(
    traced: Traced, msanic: Msanic, work: Path, name: str
) -> None:
    counted = traced("0", "count", *SMALL, "--output-dir", "whole")
    steps = counted.stderr.split()
    assert {"os.mkdir", "os.rename", "subprocess.Popen", "open"} <= set(steps)
    whole = set(tree(work / "whole/shop"))
    kinds = {steps.index(kind) + 1 for kind in set(steps)}
    spread = {1 + n * (len(steps) - 1) // (STAGES - 1) for n in range(STAGES)}
    for step in sorted(kinds | spread):
        parent = work / f"at{step}"
        parent.mkdir()
        done = traced(str(step), name, *SMALL, "--output-dir", parent.name)
        target = parent / "shop"
        if target.exists():  # the signal came too late
            assert set(tree(target)) == whole
            (target / "web_shop.py").unlink()
            continue
        left = [path.name for path in parent.iterdir()]
        if name == "SIGKILL":
            assert done.returncode == -signal.SIGKILL
            assert all(entry.startswith(".shop.msanic-") for entry in left)
            assert msanic(*SMALL, "--output-dir", parent.name).returncode == 0
            assert [path.name for path in parent.iterdir()] == ["shop"]
        else:
            assert (done.returncode, left) == (130, []), f"{name} at step {step}"
            assert done.stderr == ""
            assert '"kind": "interrupted"' in done.stdout


def test_a_folder_that_was_made_for_the_service_vanishes_with_it(
    traced: Traced, work: Path
) -> None:
    done = traced("os.rename", "SIGTERM", *SMALL, "--output-dir", "deep/er")
    assert done.returncode in (0, 130)
    if done.returncode:
        assert list(work.iterdir()) == []


def test_a_signal_while_git_works_leaves_nothing(
    msanic: Msanic, work: Path, tmp_path: Path
) -> None:
    git = script(tmp_path / "bin", "git", "kill -TERM $PPID; exec tail -f /dev/null")
    done = msanic("new", "shop", "-y", env={"PATH": f"{git.parent}:/usr/bin:/bin"})
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.count("\n") == 1
    assert list(work.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 96 KiB, or skip where that is not allowed."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_leaves_nothing(msanic: Msanic, small_disk: Path) -> None:
    done = msanic("new", "shop", "-y", "--output-dir", str(small_disk))
    assert done.returncode == 1
    assert done.stderr == (
        f"error: {small_disk}/shop cannot be written: No space left on device; nothing was left\n"
    )
    assert list(small_disk.iterdir()) == []


def test_a_disk_that_fills_during_the_commit_leaves_the_service(
    msanic: Msanic, small_disk: Path
) -> None:
    plan = json.loads(msanic(*SMALL, "--dry-run").stdout)
    pages = sum(-(-file["bytes"] // 4096) for file in plan["files"])
    resize = ["mount", "-o", f"remount,size={pages * 4 + 32}k", str(small_disk)]
    subprocess.run(resize, check=True)
    done = msanic(*SMALL, "--output-dir", str(small_disk))
    assert done.returncode == 0
    assert done.stderr.startswith("warning: git: ")
    assert json.loads(done.stdout)["git"] is False
    assert set(tree(small_disk / "shop")) == {file["path"] for file in plan["files"]}
    assert not (small_disk / "shop/.git").exists()


def test_a_file_size_limit_leaves_nothing(msanic: Msanic, work: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    done = msanic("new", "shop", "-y", preexec_fn=limit)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith("File too large; nothing was left\n")
    assert list(work.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_one_line(msanic: Msanic, work: Path) -> None:
    work.chmod(0o555)
    done = msanic("new", "shop", "-y")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_of_two_runs_for_one_target_one_wins(
    msanic: Msanic, work: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    command = [sys.executable, "-m", "tests.cli.traced", "os.rename", f"pause:{gate}", *SMALL]
    with subprocess.Popen(
        [*command, "--service-id", "S0001"],
        cwd=work,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as late:
        opened = gate.open("w")  # waits until the late run is about to rename
        first = msanic(*SMALL, "--service-id", "S0002")
        opened.close()
        out, err = late.communicate(timeout=30)
    assert (first.returncode, late.returncode) == (0, 2)
    assert "is not empty" in out
    assert err == ""
    assert "service_id: S0002" in (work / "shop/.copier-answers.yml").read_text()
    assert [path.name for path in work.iterdir()] == ["shop"]
