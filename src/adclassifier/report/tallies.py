"""Count scored posts, in memory that does not grow with them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from adclassifier.report.scored_posts import ScoredPost

OTHERS = ""
#: Most platforms that are counted by name: a column taken for the platform by mistake may hold as
#: many values as there are posts.
_MOST_PLATFORMS = 200
_MOST_NAME_CHARS = 60
#: Most days: 50 years, and the rest were not read as people meant them.
_MOST_DAYS = 18_000

Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class OutcomeCounts(Generic[Key]):
    """Posts by a key and outcome, with a limit on the number of keys.

    Parameters
    ----------
    others : hashable
        The key that takes the counts of new keys beyond the limit.
    most_keys : int
        That limit.
    """

    others: Key
    most_keys: int
    by_key: dict[Key, Counter[str]] = field(default_factory=dict)

    def add(self, key: Key, outcome: str) -> None:
        """Count one post."""
        if key not in self.by_key and len(self.by_key) >= self.most_keys:
            key = self.others
        self.by_key.setdefault(key, Counter())[outcome] += 1


@dataclass(slots=True)
class Tallies:
    """What the tables and plots of a report show.

    Attributes
    ----------
    outcomes : Counter of str
        Posts by outcome.
    labels, subcodes, severities, signals : Counter of str
        Posts by code; a post counts once for each of its codes.
    platforms : OutcomeCounts of str
        Posts by platform as written, without regard to case; "" for none.
    days : OutcomeCounts of (date or None)
        Posts by day in Vietnam; None where the day is not known.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    subcodes: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)
    signals: Counter[str] = field(default_factory=Counter)
    platforms: OutcomeCounts[str] = field(
        default_factory=lambda: OutcomeCounts(OTHERS, _MOST_PLATFORMS)
    )
    days: OutcomeCounts[dt.date | None] = field(
        default_factory=lambda: OutcomeCounts(None, _MOST_DAYS)
    )

    @property
    def n_posts(self) -> int:
        """Give how many posts were counted."""
        return self.outcomes.total()

    def add(self, post: ScoredPost) -> None:
        """Count one post."""
        self.outcomes[post.outcome] += 1
        self.labels.update(post.labels)
        self.subcodes.update(post.subcodes)
        self.signals.update({signal["code"] for signal in post.signals})
        if post.severity:
            self.severities[post.severity] += 1
        platform = post.origin.get("platform", "").strip()[:_MOST_NAME_CHARS].casefold()
        self.platforms.add(platform, post.outcome)
        self.days.add(post.posted_on, post.outcome)
