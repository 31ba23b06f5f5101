"""The name of a service, as people write it and as Python needs it."""

import string
from pathlib import PurePath
from typing import Any

from msanic_cli.errors import TargetError

_LOWER = str.maketrans(string.ascii_uppercase + "- ", string.ascii_lowercase + "__")


def normalised(raw: Any) -> Any:
    """Return the name in lower case with underscores for hyphens and spaces.

    What else is wrong with it is for its question to say. Raises TargetError for a path.
    """
    if not isinstance(raw, str):
        return raw
    if "/" in raw or "\\" in raw:
        path = PurePath(raw)
        raise TargetError(
            f"name: expected a name, got the path {raw!r}; "
            f"use: msanic new {path.name or 'NAME'} --output-dir {path.parent}"
        )
    return raw.translate(_LOWER)
