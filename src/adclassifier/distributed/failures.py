"""Say what went wrong on a cluster in one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from adclassifier.errors import (
    AdClassifierError,
    BundleNotFoundError,
    BundleVersionError,
    InputError,
    InvalidTextError,
    UntrustedBundleError,
)

# The last line of a worker's traceback, for errors of ours.
_OURS = re.compile(r"^adclassifier\.errors\.(\w+): (.+)$", re.MULTILINE)
_NO_PACKAGE = re.compile(r"No module named '(adclassifier|pyarrow)[.']")
# What a Java method threw, in py4j's words.
_JAVA = re.compile(r"^: (.+)$", re.MULTILINE)
_RAISED = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Exit): .+$", re.MULTILINE)

# Those that a worker may raise, by name.
_KINDS: dict[str, type[AdClassifierError]] = {
    kind.__name__: kind
    for kind in (BundleNotFoundError, BundleVersionError, UntrustedBundleError, InvalidTextError)
}


@contextmanager
def said_plainly(where: str) -> Iterator[None]:
    """Turn what Spark raises into an error of ours.

    Parameters
    ----------
    where : str
        What to call the place, where Spark does not say.

    Raises
    ------
    AdClassifierError
        The error of ours that a worker raised, or `InputError` with the line that says most.
    """
    spark_error = import_module("pyspark.errors").PySparkException
    gateway_error = import_module("py4j.protocol").Py4JError
    try:
        yield
    except (spark_error, gateway_error) as error:
        raise plain_error(str(error), where) from error


def plain_error(message: str, where: str) -> AdClassifierError:
    r"""Find the line that says what went wrong.

    Examples
    --------
    >>> trace = "Job aborted\nTraceback:\nadclassifier.errors.InputError: a.csv: no rows; one row\n"
    >>> plain_error(trace, "spark")
    InputError('a.csv: no rows; one row')
    >>> print(plain_error("ModuleNotFoundError: No module named 'adclassifier'", "spark"))
    spark: a worker has no 'adclassifier'; the same environment on every worker
    """
    ours = _OURS.search(message)
    if ours is not None:
        where, _, rest = ours[2].partition(": ")
        found, _, expected = rest.partition("; ")
        return _KINDS.get(ours[1], InputError)(where, found, expected)
    missing = _NO_PACKAGE.search(message)
    if missing is not None:
        return InputError(
            where, f"a worker has no {missing[1]!r}", "the same environment on every worker"
        )
    raised = _RAISED.findall(message) or _JAVA.findall(message) or message.strip().splitlines()
    return InputError(where, raised[-1] if raised else "Spark gives no reason")
