"""Every pair of answers gives a project that is right in all respects."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generated.axes import Row, answers, possible, wanted_pairs
from tests.generated.cover import FIRST, pairs_in, pairwise
from tests.generated.project import generate
from tests.generated.proof import LONG_STEP, STEPS, prove
from tests.generated.toolbox import Toolbox


@pytest.fixture
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield an empty folder, the same for all tests of a worker: caches go by path."""
    folder = tmp_path_factory.getbasetemp() / "combination"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_the_cover_holds_every_pair_of_answers_that_can_stand_together() -> None:
    covered = set().union(*map(pairs_in, pairwise()))

    assert covered == wanted_pairs()
    assert all(possible(row) for row in pairwise())


@pytest.mark.servers
@pytest.mark.timeout(600)
@pytest.mark.parametrize("row", pairwise(), ids=lambda row: summary(row))
def test_the_project_is_right_in_all_respects(row: Row, workplace: Path, toolbox: Toolbox) -> None:
    steps = {step.name for step in STEPS}
    if row not in pairwise()[: len(FIRST)]:
        steps.remove(LONG_STEP)
    project = generate(answers(row), workplace, toolbox)

    outcomes = prove(project, steps)

    failed = [outcome for outcome in outcomes if outcome.problem]
    assert not failed, "\n\n".join(f"== {each.step}\n{each.problem}" for each in failed)
    for outcome in outcomes:
        if outcome.left_out:
            pytest.skip(f"{outcome.step}: {outcome.left_out}")


def summary(row: Row) -> str:
    """Describe a row in the id of its test."""
    redis = "redis" if row["redis"] else "plain"
    return f"{row['db']}-{redis}-v{row['api_version']}-{row['workers']}-{row['name']}"
