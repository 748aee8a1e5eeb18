"""Look for rings of dead objects seldom while a command loads what it needs; keep no memory."""

from __future__ import annotations

import gc

#: More objects than are loaded between two looks: what is loaded stays until the end.
_MANY = 100_000
_USUAL = gc.get_threshold()


def collect_seldom() -> None:
    """Look for rings seldom, until `collect_usually`.

    Python would look through all that is there so often that it took a quarter of the start. For
    good it must not be: what judging leaves behind would grow by half a kilobyte a post.
    """
    gc.set_threshold(_MANY, *_USUAL[1:])


def collect_usually() -> None:
    """Look for rings as usual, but not among what is loaded by now.

    Processes that are forked then share its memory: looking at an object writes to it.
    """
    if gc.get_threshold()[0] == _MANY:
        gc.freeze()
        gc.set_threshold(*_USUAL)


def collect_all() -> None:
    """Look for rings as usual, and among everything."""
    collect_usually()
    gc.unfreeze()


def give_back_memory() -> None:
    """Have Arrow ask the system for memory, which gets back at once what is no longer needed.

    Arrow's own allocator keeps it: some 35 MB after a million posts.
    """
    import pyarrow as pa  # only the commands that read tables load it

    pa.set_memory_pool(pa.system_memory_pool())
