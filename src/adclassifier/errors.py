"""Everything this package raises on purpose.

* AdClassifierError
  x ConfigError             a setting that is missing, unknown or out of range
  x TaxonomyError           a label, sub-code, signal or provision that breaks its own rules
  x DatasetError            a row of labelled data that breaks the record's rules
    + LabelCountError         a label with too few texts to learn or judge
  x InputError              a file, column or option that cannot be used as asked
    + OutputExistsError       the output is there already, and nobody said to replace it
  x InvalidTextError        a text that cannot be judged (wrong type, too long)
  x BundleError             a model folder that cannot be used
    + BundleNotFoundError     nothing there
    + BundleVersionError      written by an incompatible version
    + UntrustedBundleError    it is damaged, altered, or asks for more than numbers
  x MissingExtraError       an optional dependency that is not installed

A message has three parts, which are attributes too: where, what was found, what would be right.
"""

from __future__ import annotations


class AdClassifierError(Exception):
    """Base of every error raised on purpose.

    Parameters
    ----------
    where : str
        File, row, field or option, as the reader would look for it.
    found : str
        What was found there.
    expected : str
        What would be right; empty when the finding says it all.

    Examples
    --------
    >>> str(AdClassifierError("ads.csv:17", "unknown label 'cure'", "did you mean 'medicine'?"))
    "ads.csv:17: unknown label 'cure'; did you mean 'medicine'?"
    """

    def __init__(self, where: str, found: str, expected: str = "") -> None:
        self.where = where
        self.found = found
        self.expected = expected
        super().__init__(f"{where}: {found}" + (f"; {expected}" if expected else ""))


class ConfigError(AdClassifierError, ValueError):
    """A setting is missing, unknown or out of range."""


class TaxonomyError(AdClassifierError, ValueError):
    """A label, sub-code, signal or provision breaks its own rules."""


class DatasetError(AdClassifierError, ValueError):
    """A row of labelled data breaks the record's rules."""


class LabelCountError(DatasetError):
    """A label has too few texts to learn or to be judged."""


class InputError(AdClassifierError, ValueError):
    """A file, column or option cannot be used as asked."""


class OutputExistsError(InputError, FileExistsError):
    """The output is there already, and nobody said to replace it."""


class InvalidTextError(AdClassifierError, ValueError):
    """A text cannot be judged: wrong type or too long."""


class BundleError(AdClassifierError):
    """A model folder cannot be used."""


class BundleNotFoundError(BundleError, FileNotFoundError):
    """There is no bundle at the address given."""


class BundleVersionError(BundleError):
    """The bundle was written in a format that this version does not read."""


class UntrustedBundleError(BundleError):
    """The bundle is damaged, altered, or asks for more than numbers."""


class MissingExtraError(AdClassifierError, ImportError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"package {package!r}", "not installed", f"pip install 'adclassifier[{extra}]'"
        )
