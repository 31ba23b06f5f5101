"""What pip installs of a generated service: its dependencies, never a copy of its code."""

import subprocess
import sys
import zipfile
from pathlib import Path

from msanic_cli.cli import main


def test_the_wheel_of_a_service_is_empty_so_that_no_stale_copy_is_imported(tmp_path: Path) -> None:
    assert main(["new", "shop", "-y", "--no-git", "--no-config", "-o", str(tmp_path)]) == 0
    build = [sys.executable, "-m", "build", "--installer=uv", "--wheel", str(tmp_path / "shop")]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    names = zipfile.ZipFile(next((tmp_path / "shop/dist").glob("*.whl"))).namelist()
    assert [name for name in names if not name.startswith("shop-0.1.0.dist-info/")] == []
