"""Measure how well a text's source can be guessed, and by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier

from adclassifier.corpus.groups import group_folds
from adclassifier.text.normalize import normalize


@dataclass(frozen=True, slots=True)
class SourceGuess:
    """How one source is guessed.

    Parameters
    ----------
    n_texts : int
        Texts of the source.
    recall : float in [0, 1]
        Share of them that are guessed right.
    taken_for : str
        The other source that they are most often taken for; empty when for none.
    giveaways : tuple of str
        Pieces of 2 to 4 characters of canonical text that speak most for the source.
    """

    n_texts: int
    recall: float
    taken_for: str
    giveaways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guessability:
    """How well a guesser that has seen other texts of the same sources tells them apart.

    Parameters
    ----------
    accuracy : float in [0, 1]
        Share of texts guessed right.
    balanced : float in [0, 1]
        Mean recall over sources.
    chance : float in [0, 1]
        Share of the largest source: what guessing blindly gets right.
    sources : dict of str to SourceGuess
        By source.
    """

    accuracy: float
    balanced: float
    chance: float
    sources: dict[str, SourceGuess]


def source_guessability(
    texts: Sequence[str],
    sources: Sequence[str],
    groups: NDArray[np.int64],
    *,
    n_splits: int = 5,
    n_giveaways: int = 12,
    random_state: int = 0,
) -> Guessability:
    """Guess the source of each canonical text from characters, in folds by group.

    The guesser is logistic regression on TF-IDF of runs of 2 to 4 characters; every source weighs
    the same.

    Parameters
    ----------
    texts : sequence of str
        As the reader gives them; normalised here.
    sources : sequence of str
        Source of each text.
    groups : ndarray of shape (n_texts,), int
        As `assign_groups` gives them.
    n_splits : int
        Number of folds.
    n_giveaways : int
        How many pieces to show for each source.
    random_state : int
        Of folds and fitting.
    """
    y = np.asarray(sources)
    vectorizer = TfidfVectorizer(
        analyzer="char",
        ngram_range=(2, 4),
        min_df=min(5, len(texts)),
        max_features=60_000,
        sublinear_tf=True,
        lowercase=False,
        dtype=np.float32,
    )
    features = vectorizer.fit_transform([normalize(text).text for text in texts])
    folds = group_folds(groups, y, n_splits=n_splits, random_state=random_state)
    guessed = np.empty_like(y)
    for fold in range(n_splits):
        train, test = folds != fold, folds == fold
        guessed[test] = (
            _guesser(random_state).fit(features[train], y[train]).predict(features[test])
        )
    pieces = vectorizer.get_feature_names_out()
    guesser = _guesser(random_state).fit(features, y)
    names = np.unique(y).tolist()
    # with two sources there is one row of coefficients, speaking for the second
    coefficients = guesser.coef_ if len(names) > 2 else np.vstack([-guesser.coef_, guesser.coef_])
    found = {}
    for name, row in zip(names, coefficients, strict=True):
        own = y == name
        share = np.asarray(features[own].mean(axis=0)).ravel() * row
        others = Counter(guessed[own & (guessed != y)].tolist()).most_common(1)
        found[name] = SourceGuess(
            n_texts=int(own.sum()),
            recall=float(np.mean(guessed[own] == name)),
            taken_for=others[0][0] if others else "",
            giveaways=tuple(pieces[np.argsort(-share, kind="stable")[:n_giveaways]].tolist()),
        )
    return Guessability(
        accuracy=float(np.mean(guessed == y)),
        balanced=float(np.mean([guess.recall for guess in found.values()])),
        chance=max(guess.n_texts for guess in found.values()) / len(texts),
        sources=found,
    )


def _guesser(random_state: int) -> SGDClassifier:
    """Build logistic regression with a fixed number of passes: seconds, and always the same."""
    return SGDClassifier(
        loss="log_loss",
        alpha=1e-5,
        class_weight="balanced",
        max_iter=15,
        tol=None,
        random_state=random_state,
    )
