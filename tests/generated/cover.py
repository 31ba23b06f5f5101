"""Choose few rows in which every pair of settings occurs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, cycle, product
from random import Random
from typing import Any

from tests.generated.axes import Row, Setting, axes, possible, usual_row, wanted_pairs

CANDIDATES = 40
# Rows people are sure to use come first; the cover is filled up from there.
FIRST: tuple[dict[str, Any], ...] = (
    {},
    {"db": "mysql", "redis": True, "api_version": "2.1", "workers": "2"},
    {"db": "none", "redis": False, "deploy.kubernetes": True},
    {"db": "sqlite", "redis": False, "deploy.kubernetes": False, "extra_models": ""},
)
# Text and numbers that end up in the same places whatever else is chosen. In the full product they
# take turns, so that its size stays within reach; the pairwise cover treats them like all others.
PASSING = ("name", "port", "service_id", "description", "author")


def pairs_in(row: Row) -> set[frozenset[Setting]]:
    """List the pairs of settings in a row that count."""
    return {frozenset(pair) for pair in combinations(row.items(), 2)} & wanted_pairs()


@cache
def pairwise() -> tuple[Row, ...]:
    """Cover every wanted pair; the same rows on every run."""
    rows: list[Row] = [usual_row() | {"redis": True} | first for first in FIRST]
    missing = set(wanted_pairs()).difference(*map(pairs_in, rows))
    random = Random(20)
    while missing:
        row = _best_row(missing, random)
        missing -= pairs_in(row)
        rows.append(row)
    return tuple(rows)


def _best_row(missing: set[frozenset[Setting]], random: Random) -> Row:
    ordered = sorted(missing, key=lambda pair: sorted(map(repr, pair)))
    candidates: list[Row] = []
    while len(candidates) < CANDIDATES:
        row = _grown(dict(random.choice(ordered)), missing, random)
        if possible(row):
            candidates.append(row)
    return max(candidates, key=lambda row: len(pairs_in(row) & missing))


def _grown(row: dict[str, Any], missing: set[frozenset[Setting]], random: Random) -> Row:
    """Fill in the other axes, each with the value that adds most of what is missing."""
    rest = [axis for axis in axes() if axis not in row]
    random.shuffle(rest)
    for axis in rest:
        gain = {
            value: sum(frozenset(((axis, value), other)) in missing for other in row.items())
            for value in axes()[axis]
        }
        best = max(gain.values())
        row[axis] = random.choice([value for value in gain if gain[value] == best])
    return {axis: row[axis] for axis in axes()}


def everything() -> Iterator[Row]:
    """Yield every possible combination; the axes in PASSING take turns instead of multiplying."""
    turning = {axis: cycle(axes()[axis]) for axis in PASSING}
    crossed = {axis: values for axis, values in axes().items() if axis not in PASSING}
    for values in product(*crossed.values()):
        row = dict(zip(crossed, values, strict=True))
        if not _repeats(row) and possible(usual_row() | row):
            yield {**{axis: next(turn) for axis, turn in turning.items()}, **row}


def _repeats(row: dict[str, Any]) -> bool:
    """Tell whether a row differs from another only in an answer that is not asked."""
    return bool(row["db"] == "none") and (
        row["models"] != axes()["models"][0] or row["extra_models"] != axes()["extra_models"][0]
    )
