"""What `train --track` gives to MLflow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from adclassifier.classifier import AdClassifier
from adclassifier.tracking import require_store, track


def require_tracking() -> None:
    """Raise before training where the run could not be stored."""
    require_store()


def record_run(
    classifier: AdClassifier,
    folder: Path,
    config: Mapping[str, Any],
    hashes: Mapping[str, str],
    plots: Mapping[str, bytes],
) -> str:
    """Store a training run; give its id."""
    figures = classifier.card["figures"]
    return track(
        classifier, folder, config=config, data_hashes=hashes, metrics=figures, plots=plots
    )


def data_hashes(paths: Iterable[Path]) -> dict[str, str]:
    """Hash the files that were learned from, by name; those of folders with the folder's name."""
    files = {
        file.relative_to(path.parent).as_posix(): file
        for path in paths
        for file in (sorted(path.rglob("*.*")) if path.is_dir() else [path])
        if file.is_file()
    }
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}
