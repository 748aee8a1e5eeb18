"""Labelled texts: records, files, annotations of public texts, checks and groups."""

from __future__ import annotations

from adclassifier.corpus.annotations import (
    Annotation,
    annotate,
    read_annotations,
    write_annotations,
)
from adclassifier.corpus.checking import Problem, check, check_files
from adclassifier.corpus.fingerprint import hash_text
from adclassifier.corpus.groups import (
    assign_groups,
    group_folds,
    require_groups,
    split_by_group,
)
from adclassifier.corpus.guessing import Guessability, source_guessability
from adclassifier.corpus.hydration import HydrationReport, hydrate
from adclassifier.corpus.own_data import LabelledTable, TableReport, read_table
from adclassifier.corpus.reading import iterate_corpus, read_corpus, require_known_codes
from adclassifier.corpus.record import Labelled, Record
from adclassifier.corpus.sources import clean_source_text
from adclassifier.corpus.writing import write_corpus

__all__ = [
    "Annotation",
    "Guessability",
    "HydrationReport",
    "Labelled",
    "LabelledTable",
    "Problem",
    "Record",
    "TableReport",
    "annotate",
    "assign_groups",
    "check",
    "check_files",
    "clean_source_text",
    "group_folds",
    "hash_text",
    "hydrate",
    "iterate_corpus",
    "read_annotations",
    "read_corpus",
    "read_table",
    "require_groups",
    "require_known_codes",
    "source_guessability",
    "split_by_group",
    "write_annotations",
    "write_corpus",
]
