"""Name the public data sets of benchmarks/public.py, and read them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class Task:
    """One column of one data set, and what others published on its official test split."""

    name: str
    folder: str
    text: str
    label: str
    published: dict[str, float]


TASKS = (
    Task(
        "vispam_binary",
        "vispam",
        "Comment",
        "Label",
        {"PhoBERT": 0.8689, "ViSoBERT": 0.8916, "TF-IDF tuned on dev": 0.8447},
    ),
    Task(
        "vispam_4",
        "vispam",
        "Comment",
        "SpamLabel",
        {"PhoBERT": 0.7217, "later card": 0.7840, "TF-IDF tuned on dev": 0.7478},
    ),
    Task(
        "vihsd",
        "vihsd",
        "free_text",
        "label_id",
        {"mBERT": 0.6270, "TF-IDF tuned on dev": 0.6425},
    ),
    Task(
        "victsd_constructive",
        "victsd",
        "Comment",
        "Constructiveness",
        {"PhoBERT": 0.7859, "TF-IDF tuned on dev": 0.8094},
    ),
    Task(
        "victsd_toxic",
        "victsd",
        "Comment",
        "Toxicity",
        {"PhoBERT": 0.5940, "TF-IDF tuned on dev": 0.6910},
    ),
)


@dataclass(frozen=True)
class Examples:
    """Texts and their classes, numbered from 0."""

    texts: list[str]
    y: NDArray[np.int64]

    def at(self, rows: NDArray[np.intp]) -> Examples:
        """Give some of them."""
        return Examples([self.texts[row] for row in rows], self.y[rows])


def read_examples(path: Path, task: Task) -> Examples:
    """Read one split; rows without a text or a label are left out."""
    frame = pd.read_csv(path, usecols=[task.text, task.label]).dropna()
    return Examples(frame[task.text].astype(str).tolist(), frame[task.label].to_numpy(np.int64))
