"""A project appears whole, or not at all."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from msanic_cli.engine import File
from msanic_cli.errors import Interrupted, MsanicError, TargetError
from msanic_cli.hidden import make_locked, sweep
from msanic_cli.staging import staged_directory, write_tree

FILES = {"a.txt": File(b"a\n", 0o644), "bin/run": File(b"#!/bin/sh\n", 0o755)}

# Writes in steps; says when it is at a stage, and waits there to be killed.
CHILD = """
import sys, time
from pathlib import Path
from msanic_cli import staging
from msanic_cli.engine import File
from msanic_cli.errors import MsanicError

def pause(at):
    if at == sys.argv[2]:
        print("here", flush=True)
        time.sleep(30)

def run(target):
    with staging.staged_directory(target) as folder:
        pause("made")
        staging.write_tree({"a/b": File(b"x" * 100_000, 0o644)}, folder)
        pause("written")

try:
    run(Path(sys.argv[1]))
except MsanicError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def test_the_target_appears_with_its_files(tmp_path: Path) -> None:
    target = tmp_path / "new" / "parents" / "shop"
    with staged_directory(target) as folder:
        write_tree(FILES, folder)
        assert not target.exists()
        assert folder.parent == target.parent
        assert folder.name.startswith(".shop.msanic-")
    assert _tree(tmp_path) == ["new/parents/shop/a.txt", "new/parents/shop/bin/run"]
    assert (target / "bin/run").stat().st_mode & 0o111
    assert not (target / "a.txt").stat().st_mode & 0o111


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_the_umask_is_respected(umask: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        _create(tmp_path / "shop")
    finally:
        os.umask(before)
    modes = {path: (tmp_path / "shop" / path).stat().st_mode & 0o777 for path in ("", *FILES)}
    expected = {"": 0o777, "a.txt": 0o644, "bin/run": 0o755}
    assert modes == {path: mode & ~umask for path, mode in expected.items()}


def test_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    _create(tmp_path / "shop")
    assert _tree(tmp_path) == ["shop/a.txt", "shop/bin/run"]


def _occupy(target: Path) -> None:
    target.mkdir()
    (target / "mine").touch()


def _replace_parent(target: Path) -> None:
    target.parent.rmdir()
    target.parent.touch()


OBSTACLES: dict[str, Callable[[Path], None]] = {
    "is not empty": _occupy,
    "is a file": Path.touch,
    "is a symbolic link": lambda target: target.symlink_to("elsewhere"),
    "Not a directory": _replace_parent,
}


@pytest.mark.parametrize("problem", OBSTACLES)
def test_an_obstacle_is_left_as_it_is(problem: str, tmp_path: Path) -> None:
    target = tmp_path / "folder" / "shop"
    target.parent.mkdir()
    OBSTACLES[problem](target)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(TargetError, match=problem):
        _create(target)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_cannot_be_stored_is_a_target_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(TargetError):
        _create(tmp_path / name)
    assert _tree(tmp_path) == []


def test_a_long_name_is_no_obstacle(tmp_path: Path) -> None:
    _create(tmp_path / ("é" * 127))
    assert len(_tree(tmp_path)) == 2


@pytest.mark.parametrize("occupy", [_occupy, Path.touch])
def test_what_appears_meanwhile_is_not_overwritten(
    occupy: Callable[[Path], None], tmp_path: Path
) -> None:
    target = tmp_path / "shop"
    with pytest.raises(TargetError):
        _create(target, lambda: occupy(target))
    assert len(_tree(tmp_path)) == 1


def test_a_symbolic_link_among_the_parents_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    _create(tmp_path / "link" / "shop")
    assert (tmp_path / "real/shop/a.txt").is_file()


def test_a_failure_leaves_nothing_and_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        _create(tmp_path / "a/b/shop", lambda: 1 / 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.ENOSPC, MsanicError),
        (errno.EIO, MsanicError),
        (errno.EACCES, TargetError),
        (errno.EROFS, TargetError),
    ],
)
def test_a_failing_system_is_one_line_and_leaves_nothing(
    code: int, kind: type[MsanicError], tmp_path: Path
) -> None:
    def fail() -> None:
        raise OSError(code, os.strerror(code), "x")

    with pytest.raises(MsanicError) as caught:
        _create(tmp_path / "a/shop", fail)
    assert type(caught.value) is kind
    assert str(caught.value) == (
        f"{tmp_path}/a/shop cannot be written: {os.strerror(code)}; nothing was left"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_outgrows_its_limit_leaves_nothing(tmp_path: Path) -> None:
    child = _start(tmp_path / "a/shop", "", limit=50_000)
    _, errors = child.communicate(timeout=20)
    assert child.returncode == 1
    assert errors == f"{tmp_path}/a/shop cannot be written: File too large; nothing was left\n"
    assert list(tmp_path.iterdir()) == []


def test_a_parent_that_others_use_meanwhile_stays(tmp_path: Path) -> None:
    def share_and_fail() -> None:
        (tmp_path / "a/other").touch()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _create(tmp_path / "a/b/shop", share_and_fail)
    assert _tree(tmp_path) == ["a/other"]


@pytest.mark.parametrize("stage", ["made", "written"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing(number: signal.Signals, stage: str, tmp_path: Path) -> None:
    child = _start(tmp_path / "a/shop", stage)
    child.send_signal(number)
    child.send_signal(number)
    _, errors = child.communicate(timeout=20)
    assert (child.returncode, errors) == (130, "interrupted: nothing was written\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stage", ["made", "written"])
def test_the_next_run_sweeps_what_a_killed_one_left(stage: str, tmp_path: Path) -> None:
    child = _start(tmp_path / "shop", stage)
    _create(tmp_path / "other")
    assert len(list(tmp_path.glob(".shop.msanic-*"))) == 1, "a living run was swept"
    child.kill()
    child.communicate(timeout=20)
    assert len(list(tmp_path.glob(".shop.msanic-*"))) == 1
    _create(tmp_path / "shop")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "shop"]


def test_only_hidden_folders_of_ours_are_swept(tmp_path: Path) -> None:
    kept = {".shop.msanic-1", "shop.msanic-0123456789abcdef", ".msanic-0123456789abcdef"}
    for name in kept:
        (tmp_path / name).mkdir()
    (tmp_path / ".f.msanic-0123456789abcdef").touch()
    (tmp_path / ".l.msanic-0123456789abcdef").symlink_to("shop")
    (tmp_path / ".d.msanic-0123456789abcdef").mkdir()
    sweep(tmp_path)
    swept = {".f.msanic-0123456789abcdef", ".l.msanic-0123456789abcdef"}
    assert {path.name for path in tmp_path.iterdir()} == kept | swept


def test_a_folder_that_is_swept_before_it_is_locked_is_made_again(tmp_path: Path) -> None:
    folders = [tmp_path / f".{n}.msanic-0123456789abcdef" for n in range(200)]
    done = threading.Event()

    def keep_sweeping() -> None:
        while not done.is_set():
            sweep(tmp_path)

    thread = threading.Thread(target=keep_sweeping)
    thread.start()
    locks = [make_locked(folder) for folder in folders]
    done.set()
    thread.join()
    assert all(folder.is_dir() for folder in folders)
    for lock in locks:
        os.close(lock or 0)


def test_of_two_runs_for_one_target_exactly_one_wins(tmp_path: Path) -> None:
    for attempt in range(5):
        target = tmp_path / str(attempt) / "shop"
        children = [_start(target, "") for _ in range(3)]
        results = [(child.communicate(timeout=20)[1], child.returncode) for child in children]
        assert sorted(code for _, code in results) == [0, 2, 2]
        assert all(len(errors.splitlines()) == 1 for errors, code in results if code)
        assert _tree(target.parent) == ["shop/a/b"]


def test_signals_do_what_they_did_before(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with staged_directory(tmp_path / "shop"):
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_a_signal_inside_the_block_is_an_interruption(tmp_path: Path) -> None:
    with pytest.raises(Interrupted), staged_directory(tmp_path / "shop"):
        signal.raise_signal(signal.SIGTERM)
    assert list(tmp_path.iterdir()) == []


def _create(target: Path, last: Callable[[], object] = lambda: None) -> None:
    with staged_directory(target) as folder:
        write_tree(FILES, folder)
        last()


def _start(target: Path, stage: str, limit: int = resource.RLIM_INFINITY) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(target), stage],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    if stage:
        assert child.stdout is not None
        assert child.stdout.readline() == "here\n"
    return child


def _tree(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in files)
