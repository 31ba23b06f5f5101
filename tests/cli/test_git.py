"""The first commit: made where it can be, whatever the user's git is set up to do."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.process import Msanic


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "safe.directory=*", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def script(folder: Path, name: str, body: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_everything_is_committed_on_main(msanic: Msanic, work: Path) -> None:
    done = msanic("new", "shop", "-y")
    assert (done.returncode, done.stderr) == (0, "")
    assert "first commit on main" in done.stdout
    assert git(work / "shop", "branch", "--show-current") == "main"
    assert git(work / "shop", "log", "--format=%an <%ae> %s") == (
        "msanic <msanic@localhost> Create the service with msanic"
    )
    assert git(work / "shop", "status", "--porcelain") == ""
    assert ".env" not in git(work / "shop", "ls-files").splitlines()


def test_the_users_identity_signs(msanic: Msanic, work: Path, home: Path) -> None:
    (home / ".gitconfig").write_text("[user]\nname = Ada\nemail = ada@example.org\n")
    msanic("new", "shop", "-y")
    assert git(work / "shop", "log", "--format=%an %ae %cn") == "Ada ada@example.org Ada"


def test_an_identity_for_a_folder_signs(msanic: Msanic, work: Path, home: Path) -> None:
    (home / "work.config").write_text("[user]\nname = Work\nemail = work@example.org\n")
    (home / ".gitconfig").write_text(f'[includeIf "gitdir:{work}/"]\npath = {home}/work.config\n')
    msanic("new", "shop", "-y")
    assert git(work / "shop", "log", "--format=%an %ae") == "Work work@example.org"


def test_hooks_signing_and_line_ends_of_the_user_do_not_matter(
    msanic: Msanic, work: Path, home: Path
) -> None:
    script(home / "hooks", "pre-commit", "exit 1")
    script(home / "hooks", "commit-msg", "exit 1")
    (home / ".gitconfig").write_text(
        f"[core]\nhooksPath = {home}/hooks\nautocrlf = true\nsafecrlf = true\n"
        "[commit]\ngpgSign = true\n[user]\nsigningKey = none\n[gpg]\nprogram = /bin/false\n"
        "[init]\ndefaultBranch = trunk\n"
    )
    done = msanic("new", "shop", "-y")
    assert (done.returncode, done.stderr) == (0, "")
    assert git(work / "shop", "rev-list", "--count", "HEAD") == "1"


def test_no_file_is_left_out_by_what_the_user_ignores_everywhere(
    msanic: Msanic, work: Path, home: Path
) -> None:
    (home / "ignored").write_text("*\n")
    (home / ".gitconfig").write_text(f"[core]\nexcludesFile = {home}/ignored\n")
    assert msanic("new", "shop", "-y").returncode == 0
    assert {"web_shop.py", "core/app.py"} <= {*git(work / "shop", "ls-files").splitlines()}


def test_variables_of_a_hook_lead_to_no_other_repository(
    msanic: Msanic, work: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    env = {"GIT_DIR": str(other / ".git"), "GIT_INDEX_FILE": str(other / ".git/index")}
    assert msanic("new", "shop", "-y", env=env).returncode == 0
    assert git(work / "shop", "rev-list", "--count", "HEAD") == "1"
    assert git(other, "rev-list", "--all", "--count") == "0"


def test_inside_a_repository_there_is_no_second_one(msanic: Msanic, work: Path) -> None:
    git(work, "init", "--quiet")
    (work / "deep").mkdir()
    assert msanic("new", "shop", "-y", "--output-dir", "deep").returncode == 0
    assert not (work / "deep/shop/.git").exists()
    msanic("new", "other", "-y", "--git")
    assert (work / "other/.git").is_dir()


def test_no_git_makes_no_repository(msanic: Msanic, work: Path) -> None:
    done = msanic("new", "shop", "-y", "--no-git")
    assert "commit" not in done.stdout
    assert not (work / "shop/.git").exists()


def test_without_git_there_is_no_repository_unless_demanded(
    msanic: Msanic, work: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    env = {"PATH": str(tmp_path / "empty")}
    done = msanic("new", "shop", "-y", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (work / "shop/.git").exists()
    done = msanic("new", "other", "-y", "--git", env=env)
    assert done.stderr == "error: --git: git was not found; install it, or use --no-git\n"
    assert done.returncode == 2
    assert not (work / "other").exists()


@pytest.mark.parametrize(("flags", "code"), [([], 0), (["--git"], 1)])
def test_a_failing_git_leaves_the_service_and_says_what_to_run(
    msanic: Msanic, work: Path, tmp_path: Path, flags: list[str], code: int
) -> None:
    broken = script(
        tmp_path / "bin",
        "git",
        'case "$*" in *commit*) echo "fatal: no" >&2; exit 9;; *init*) mkdir .git;; esac',
    )
    done = msanic("new", "shop", "-y", *flags, env={"PATH": f"{broken.parent}:/usr/bin:/bin"})
    assert done.returncode == code
    word = "error: --git" if flags else "warning"
    left = "the project is complete, the commit is left to you"
    assert done.stderr == f"{word}: git: fatal: no; {left}\n"
    assert "git init -b main" in done.stdout
    assert (work / "shop/web_shop.py").is_file()
    assert not (work / "shop/.git").exists()


def test_the_first_commit_costs_four_processes(msanic: Msanic, work: Path, tmp_path: Path) -> None:
    counter = script(tmp_path / "bin", "git", f'echo x >> {tmp_path}/count; exec /usr/bin/git "$@"')
    msanic("new", "shop", "-y", env={"PATH": f"{counter.parent}:/usr/bin:/bin"})
    assert (tmp_path / "count").read_text() == "x\n" * 4
