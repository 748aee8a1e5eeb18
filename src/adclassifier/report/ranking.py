"""Keep the posts that matter most, each text once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from adclassifier.report.scored_posts import ScoredPost

#: Where else a text was posted is remembered for this many posts; the rest are counted.
_MOST_COPIES = 20

View = TypeVar("View")
Rank = tuple[str, float, int]


@dataclass(slots=True)
class Kept(Generic[View]):
    """A post to show, and the posts with the same text.

    Attributes
    ----------
    rank : tuple
        Severity, minus the probability, order of arrival: the lowest is shown first.
    view : View
        What is shown of it.
    n_copies : int
        Later posts with the same text and the same findings.
    copies : list of str
        Where the first of those are.
    """

    rank: Rank
    view: View
    n_copies: int = 0
    copies: list[str] = field(default_factory=list)


class TopPosts(Generic[View]):
    """The most urgent posts of any number, in memory for twice as many as are shown.

    Parameters
    ----------
    most : int
        How many are shown.
    view : callable
        Makes what is kept of a post; called only for posts that may be shown.
    place : callable
        Says where a post is.
    """

    def __init__(
        self,
        most: int,
        view: Callable[[ScoredPost], View],
        place: Callable[[ScoredPost], str],
    ) -> None:
        self._most = most
        self._view = view
        self._place = place
        self._kept: dict[bytes, Kept[View]] = {}
        self._worst: Rank | None = None
        self._n_offered = 0

    def offer(self, post: ScoredPost) -> None:
        """Keep a post if it is among the most urgent so far."""
        self._n_offered += 1
        rank = (post.severity or "S9", -post.p_violating, self._n_offered)
        key = _fingerprint(post)
        if key in self._kept:
            same = self._kept[key]
            same.n_copies += 1
            if len(same.copies) < _MOST_COPIES:
                same.copies.append(self._place(post))
            return
        if self._worst is not None and rank > self._worst:
            return
        self._kept[key] = Kept(rank, self._view(post))
        if len(self._kept) >= 2 * self._most:
            self._prune()

    def ranked(self) -> list[Kept[View]]:
        """Give those to show, the most urgent first."""
        return sorted(self._kept.values(), key=lambda kept: kept.rank)[: self._most]

    def _prune(self) -> None:
        """Forget what will not be shown."""
        best = sorted(self._kept.items(), key=lambda item: item[1].rank)[: self._most]
        self._kept = dict(best)
        self._worst = best[-1][1].rank if best else None


def _fingerprint(post: ScoredPost) -> bytes:
    """Identify a text with what was found in it: the law may differ from day to day."""
    parts = (post.text, post.outcome, *post.labels, *post.provisions)
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=16).digest()
