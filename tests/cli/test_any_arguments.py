"""Whatever the arguments: a service or one line, never a traceback, nothing beside the target."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NASTY = st.sampled_from(
    [
        "",
        " ",
        "..",
        "../x",
        "/etc/x",
        "a/b",
        "con",
        "-",
        "--",
        "-y",
        "{{ 7*7 }}",
        "{% raw %}",
        "'",
        '"',
        "\\",
        "a\nb",
        "\r",
        "\x00",
        "\x1b[2J",
        "\ud800",
        "☃",
        "x" * 300,
        "class",
        "json",
        "0",
        "1e9",
        "65536",
        "true",
        "null",
        "[",
        "{a: b}",
        "docker,kubernetes",
        "none",
        "1.10",
        "--json",
    ]
)
TEXT = NASTY | st.text(max_size=12)
NAMES = st.sampled_from(["shop", "My-Shop", "a1", "web_shop"]) | TEXT
QUESTIONS = [
    "mode",
    "db",
    "models",
    "extra-models",
    "port",
    "api-version",
    "workers",
    "service-id",
    "description",
    "author",
    "python-version",
    "deploy",
    "name",
    "nope",
]
VALUES = (
    st.sampled_from(
        [
            "http",
            "pgsql",
            "mysql",
            "sqlite",
            "none",
            "main",
            "main;billing",
            "8080",
            "2.1",
            "auto",
            "S0042",
            "3.12",
            "docker",
            "docker,github",
        ]
    )
    | TEXT
)
OPTION = (
    st.tuples(st.sampled_from(QUESTIONS), VALUES).map(lambda pair: [f"--{pair[0]}", pair[1]])
    | st.tuples(st.sampled_from(QUESTIONS), VALUES).map(
        lambda pair: ["--data", f"{pair[0].replace('-', '_')}={pair[1]}"]
    )
    | st.sampled_from(
        [
            ["--redis"],
            ["--no-redis"],
            ["--latest"],
            ["--no-config"],
            ["--dry-run"],
            ["--json"],
            ["--answers", "nope"],
            ["-h"],
            ["--output-dir", "deep/er"],
        ]
    )
)
VECTOR = st.builds(
    lambda name, options: ["new", name, "-y", "--no-git", *(w for words in options for w in words)],
    NAMES,
    st.lists(OPTION, max_size=5),
)


@pytest.mark.usefixtures("here")
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(arguments=VECTOR)
def test_any_arguments_end_in_a_service_or_in_one_line(
    here: Callable[[Sequence[str]], int],
    work: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    code = here(arguments)
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    made = [path for path in work.rglob("web_*.py") if path.is_file()]
    allowed = {project.parent.relative_to(work).parts[0] for project in made}
    try:
        assert {path.name for path in work.iterdir()} == allowed
        assert {path.name for path in work.parent.iterdir()} == {"home", "work"}
        assert len(made) <= 1
        assert code == (0 if made or {"--dry-run", "-h"} & set(arguments) else 2) or code == 2
        if code:
            assert code == 2
            assert made == []
            lines = 2 if err.startswith("error: no answer and no default for --name\n") else 1
            assert "--json" in arguments or (out, err.count("\n")) == ("", lines), (out, err)
            assert "unexpected" not in out + err or "extra argument" in out + err
    finally:
        for name in allowed:
            shutil.rmtree(work / name)
