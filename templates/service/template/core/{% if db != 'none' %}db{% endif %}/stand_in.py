"""Keep the SQLite file of development in step with the models."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

WAIT = 30.0  # seconds that another process of the service may take


@contextmanager
def current_file(path: Path, schema: str) -> Iterator[Path | None]:
    """Hold other processes off while a block makes the tables of `schema` in a file.

    A file with the tables of other models is kept under a dated name, which is yielded. The hash of
    the schema is kept beside the file, in a SQLite file that serves as the lock, too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp = _stamp(schema)
    with closing(sqlite3.connect(_beside(path), timeout=WAIT, isolation_level=None)) as beside:
        beside.execute("BEGIN EXCLUSIVE")
        (found,) = beside.execute("PRAGMA user_version").fetchone()
        kept = _put_aside(path) if path.exists() and found != stamp else None
        yield kept
        beside.execute(f"PRAGMA user_version = {stamp:d}")
        beside.execute("COMMIT")


def _beside(path: Path) -> Path:
    return path.with_suffix(".schema")


def _stamp(schema: str) -> int:
    """Return the hash as what `user_version` holds: 31 bits, never the 0 of an empty file."""
    digest = blake2b(schema.encode(), digest_size=4).digest()
    return (int.from_bytes(digest, "big") & 0x7FFFFFFF) or 1


def _put_aside(path: Path) -> Path:
    # Local time: the name is for the developer who looks for the file.
    aside = path.with_stem(f"{path.stem}-{datetime.now():%Y%m%d-%H%M%S}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside
