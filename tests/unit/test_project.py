"""A project records where it comes from, and what it looked like."""

from __future__ import annotations

from pathlib import Path

import pytest

from msanic_cli.engine import ANSWERS_FILE, File, service_template
from msanic_cli.errors import MsanicError
from msanic_cli.project import pristine_hash, read_project, with_pristine_hash
from msanic_cli.staging import write_tree


def test_a_written_project_is_read_back(tmp_path: Path) -> None:
    template = service_template()
    answers = template.resolve({"name": "shop", "description": "1.10 é '\"\\ {{ x }}: #"})
    files = with_pristine_hash(template.render(answers, src="git+msanic://service", commit="v1"))
    write_tree(files, tmp_path)
    project = read_project(tmp_path)
    assert (project.source, project.version) == ("git+msanic://service", "v1")
    assert project.base == pristine_hash(files)
    assert template.resolve({}, last=project.answers).recorded == answers.recorded


def test_the_hash_is_that_of_paths_modes_and_contents() -> None:
    files = {"a": File(b"1", 0o644), "b": File(b"2", 0o755), ANSWERS_FILE: File(b"x: y\n", 0o644)}
    base = pristine_hash(files)
    assert base == "a2e83b5afca622c4040deff43f80bb00cd75bf867b0e657635a936a5fae5158a"
    assert pristine_hash(dict(reversed(files.items()))) == base
    assert pristine_hash({**files, ANSWERS_FILE: File(b"z: y\n", 0o644)}) == base
    assert pristine_hash({**files, ".env": File(b"SECRET=1", 0o644)}) == base
    others = (
        {**files, "a": File(b"2", 0o644)},
        {**files, "a": File(b"1", 0o755)},
        {**files, "c": File(b"", 0o644)},
        {"ab": File(b"1", 0o644)},
    )
    assert base not in map(pristine_hash, others)


def test_the_records_end_with_the_hash_and_one_newline() -> None:
    files = with_pristine_hash({ANSWERS_FILE: File(b"x: y\n\n", 0o644)})
    assert files[ANSWERS_FILE].content == f"x: y\n_base: {pristine_hash({})}\n".encode()


def test_another_folder_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(MsanicError, match="is no project of msanic"):
        read_project(tmp_path)
