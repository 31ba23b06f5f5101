"""The name of a service, as people write it and as Python needs it."""

import string
from pathlib import PurePath
from typing import Any

from msanic_cli.errors import TargetError
from msanic_cli.values import shown

_LOWER = str.maketrans(string.ascii_uppercase + "- ", string.ascii_lowercase + "__")


def normalised(raw: Any) -> Any:
    """Return the name in lower case with underscores for hyphens and spaces.

    What else is wrong with it is for its question to say.
    """
    return raw.translate(_LOWER) if isinstance(raw, str) else raw


def refuse_path(raw: Any) -> None:
    """Raise TargetError, naming the option to use, for a path in place of a name."""
    if isinstance(raw, str) and ("/" in raw or "\\" in raw):
        path = PurePath(raw)
        raise TargetError(
            f"name: expected a name, got the path {shown(raw)}; "
            f"use: msanic new {path.name or 'NAME'} --output-dir {path.parent}"
        )
