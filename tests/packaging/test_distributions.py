"""What is published holds the whole template, and works when it is installed."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
Modes = dict[str, int]


@dataclass(frozen=True)
class Built:
    """Hold the files that were built."""

    sdist: Path
    wheel: Path
    wheel_of_sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the source distribution, a wheel, and a wheel of the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    source = _copy_of_what_is_tracked(tmp_path_factory.mktemp("source"))
    _build(source, folder / "direct", "--sdist", "--wheel")
    sdist = next((folder / "direct").glob("*.tar.gz"))
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    _build(next((folder / "unpacked").iterdir()), folder / "again", "--wheel")
    wheels = [next((folder / place).glob("*.whl")) for place in ("direct", "again")]
    return Built(sdist, *wheels)


def _copy_of_what_is_tracked(folder: Path) -> Path:
    """Copy the checkout without what is ignored: a build must not depend on leftovers."""
    for name in _tracked():
        origin, copy = REPOSITORY / name, folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(origin.read_bytes())
        copy.chmod(origin.stat().st_mode)
    return folder


def _tracked() -> list[str]:
    """List the files that are in the repository, or would be after `git add`."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=REPOSITORY, check=True, capture_output=True).stdout
    return [name for name in names.decode().split("\0") if (REPOSITORY / name).is_file()]


def _build(source: Path, into: Path, *kinds: str) -> None:
    command = [sys.executable, "-m", "build", "--installer=uv", *kinds, "--outdir", str(into)]
    done = subprocess.run([*command, str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def templates_in_checkout() -> Modes:
    """List the files of the template with their modes, as the repository has them."""
    return {
        name.removeprefix("templates/"): _mode((REPOSITORY / name).stat().st_mode)
        for name in _tracked()
        if name.startswith("templates/")
    }


def templates_in_wheel(wheel: Path) -> Modes:
    """List the files of the template in a wheel with their modes."""
    prefix = "msanic_cli/templates/"
    with zipfile.ZipFile(wheel) as archive:
        return {
            entry.filename.removeprefix(prefix): _mode(entry.external_attr >> 16)
            for entry in archive.infolist()
            if entry.filename.startswith(prefix)
        }


def templates_in_sdist(sdist: Path) -> Modes:
    """List the files of the template in a source distribution with their modes."""
    prefix = sdist.name.removesuffix(".tar.gz") + "/templates/"
    with tarfile.open(sdist) as archive:
        return {
            entry.name.removeprefix(prefix): _mode(entry.mode)
            for entry in archive.getmembers()
            if entry.name.startswith(prefix) and entry.isfile()
        }


def _mode(mode: int) -> int:
    """Reduce a mode to what distributions keep: executable or not."""
    return 0o755 if mode & stat.S_IXUSR else 0o644


def test_both_wheels_and_the_sdist_hold_every_template_file_with_its_mode(built: Built) -> None:
    expected = templates_in_checkout()

    assert templates_in_sdist(built.sdist) == expected
    assert templates_in_wheel(built.wheel) == expected
    assert templates_in_wheel(built.wheel_of_sdist) == expected


def test_dot_files_are_among_them(built: Built) -> None:
    names = {name.rpartition("/")[2] for name in templates_in_wheel(built.wheel_of_sdist)}

    assert {".gitignore.jinja", ".env.jinja"} <= names


def test_no_template_file_is_kept_out_of_the_repository() -> None:
    """A .gitignore meant for generated projects lies in the template and acts there as well."""
    listing = ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "templates"]
    ignored = subprocess.run(listing, cwd=REPOSITORY, check=True, capture_output=True, text=True)

    caches = {"__pycache__", ".ruff_cache", ".mypy_cache"}
    assert [name for name in ignored.stdout.splitlines() if not caches & {*name.split("/")}] == []


@pytest.mark.parametrize("which", ["wheel", "wheel_of_sdist"])
def test_an_installed_wheel_creates_a_project(built: Built, which: str, tmp_path: Path) -> None:
    python = _installed(getattr(built, which), tmp_path / "venv")
    home = tmp_path / "home"
    home.mkdir()

    done = subprocess.run(
        [python.with_name("msanic"), "new", "shop", "--defaults", "--no-git", "--json"],
        cwd=home,
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    json.loads(done.stdout)
    assert (home / "shop" / "web_shop.py").is_file()
    assert (home / "shop" / ".env").is_file()


def _installed(wheel: Path, folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python)]
    subprocess.run([*command, str(wheel)], check=True)
    return python
