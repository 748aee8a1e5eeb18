"""Import the compiled modules of this package, not before they are needed.

Decorating touches the cache folder, and importing this package does nothing. Each of them calls
kernels of its own file and of `features` alone: numba compiles anew when a kernel's own file
changed, and the cache folder is another one when `features` did.
"""

from __future__ import annotations

import functools
from types import ModuleType


@functools.cache
def marking() -> ModuleType:
    """Give what smooths the scores of tokens, and puts tokens together."""
    from adclassifier.classifier import marking

    return marking


@functools.cache
def sharing() -> ModuleType:
    """Give what shares what features weigh among words and models."""
    from adclassifier.classifier import sharing

    return sharing


@functools.cache
def word_tagging() -> ModuleType:
    """Give what cuts tokens into words."""
    from adclassifier.classifier import word_tagging

    return word_tagging


@functools.cache
def windowing() -> ModuleType:
    """Give what reads texts and weighs windows."""
    from adclassifier.classifier import windowing

    return windowing
