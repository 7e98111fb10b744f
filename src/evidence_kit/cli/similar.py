"""The name in a folder that may have been meant by one that is not there."""

import itertools
from pathlib import Path

_MOST_NAMES = 1000
_LIKE = 0.7


def similar_path(path: str) -> str | None:
    """What is there and is called much like this, or begins like this; None where nothing is.

    Args:
        path: of a file or folder that is not there.
    """
    import difflib  # only where something was mistyped

    missing = Path(path)
    try:
        names = sorted(one.name for one in itertools.islice(missing.parent.iterdir(), _MOST_NAMES))
    except OSError:
        return None
    begun = [name for name in names if name.startswith(missing.name)]
    alike = difflib.get_close_matches(missing.name, names, n=1, cutoff=_LIKE)
    found = alike or (begun if len(begun) == 1 else [])
    return str(missing.with_name(found[0])) if found and missing.name else None
