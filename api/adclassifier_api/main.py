"""`adclassifier-api`: say what is missing, or serve."""

from __future__ import annotations

from collections.abc import Sequence

from adclassifier.errors import MissingExtraError
from adclassifier_api.exits import fail

_EXTRA = frozenset({"fastapi", "pydantic_settings", "starlette", "uvicorn"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped.

    Parameters
    ----------
    arguments : sequence of str, optional
        Of the command line; the process's own when left out.

    Returns
    -------
    int
        0 done; 2 could not, after one line on stderr.
    """
    try:
        # here, since the command is installed without the extra that it needs, too
        from adclassifier_api.server import serve
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        return fail(MissingExtraError(error.name, "api"))
    return serve(arguments)
