"""Read records once, and write what is learnt from them to blocks on disk."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
from joblib import Parallel, delayed
from numpy.typing import NDArray

from adclassifier.classifier import head_names
from adclassifier.classifier.heads import join_words
from adclassifier.config import Config
from adclassifier.corpus import Record
from adclassifier.corpus.sketches import Sketches, sketch
from adclassifier.features.reading.reader import Reader
from adclassifier.features.vectorizer import count_block
from adclassifier.taxonomy import load_taxonomy
from adclassifier.text.codepoints import replace_surrogates
from adclassifier.training.examples import (
    Examples,
    is_authored,
    require_both_sides,
    require_new,
    tabulate_open,
    tabulate_targets,
    weigh_texts,
)
from adclassifier.training.learning import build_vectorizer
from adclassifier.training.provenance import describe_record
from adclassifier.training.streaming.blocks import Block
from adclassifier.training.streaming.groups import group_texts

# Blocks that a process is given between two looks at how far it is.
_BLOCKS_A_ROUND = 8
_Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What stays in memory of a block: some 400 bytes a text."""

    block: Block
    frequency: NDArray[np.int64]
    sketches: Sketches
    targets: NDArray[np.bool_]
    open: NDArray[np.bool_]
    offer_unknown: NDArray[np.bool_]
    marked: NDArray[np.bool_]
    sources: list[str]
    declared: list[str]
    subcodes: list[tuple[str, ...]]
    lines: list[bytes]


@dataclass(slots=True)
class _Names:
    """Numbers for values that occur over and over, in order of the first time."""

    numbers: dict[object, int] = field(default_factory=dict)

    def number(self, values: Iterable[object]) -> NDArray[np.int32]:
        """Give the number of each value."""
        numbers = self.numbers
        return np.array([numbers.setdefault(value, len(numbers)) for value in values], np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Spool:
    """Labelled texts on disk, and in memory what is small.

    Parameters
    ----------
    blocks : tuple of Block
    examples : Examples
        Without records and texts.
    frequency : ndarray of shape (n_rows,), int64
        In how many texts each feature stands.
    source_names : tuple of str
    source : ndarray of shape (n_texts,), int32
        Place of each text's source in ``source_names``.
    subcode_names : tuple of tuple of str
    subcodes : ndarray of shape (n_texts,), int32
        Place of each text's sub-codes in ``subcode_names``.
    marked : ndarray of shape (n_texts,), bool
        Whether a text carries a label and its annotator marked evidence.
    lines : list of bytes
        `describe_record` of every record, by id.
    """

    blocks: tuple[Block, ...]
    examples: Examples
    frequency: NDArray[np.int64]
    source_names: tuple[str, ...]
    source: NDArray[np.int32]
    subcode_names: tuple[tuple[str, ...], ...]
    subcodes: NDArray[np.int32]
    marked: NDArray[np.bool_]
    lines: list[bytes]


def spool(records: Iterable[Record], folder: Path, config: Config, say: _Say) -> Spool:
    """Write records to blocks in a folder; each is normalised and hashed once.

    Parameters
    ----------
    records : iterable of Record
        Read once; only some blocks of it are in memory at a time.
    folder : Path
        Empty.
    config : Config
        ``learning.n_jobs`` processes share the work; the blocks are the same for any number.
    say : callable
        Told how far it is.

    Raises
    ------
    DatasetError
        If an id occurs twice, or all or none of the texts carry a label.
    """
    parts: list[_Part] = []
    frequency = np.zeros(build_vectorizer(config).shape.n_rows, np.int64)
    n_jobs = config.learning.n_jobs
    blocks = _cut(_require_new_ids(records), folder, config.streaming.block_texts)
    with Parallel(n_jobs=n_jobs) as pool:
        while round_ := list(islice(blocks, n_jobs * _BLOCKS_A_ROUND)):
            for part in pool(delayed(_fill)(block, own, config) for block, own in round_):
                frequency += part.frequency
                parts.append(part)
            say(f"{parts[-1].block.stop:,} texts on disk")
    return _put_together(parts, frequency, config)


def normalize_many(texts: Sequence[str]) -> list[str]:
    """Give the canonical text of each text, as `text.normalize.normalize` does."""
    strings = pa.array([replace_surrogates(text) for text in texts], pa.large_string())
    batch = _reader().read(strings)
    return [batch.text(row) for row in range(len(texts))]


@functools.cache
def _reader() -> Reader:
    """Keep one reader a process: what it was told of a word it remembers."""
    return Reader()


def _require_new_ids(records: Iterable[Record]) -> Iterator[Record]:
    """Pass records on as long as no id occurs twice."""
    seen: set[str] = set()
    for record in records:
        require_new(record, seen)
        yield record


def _cut(
    records: Iterator[Record], folder: Path, block_texts: int
) -> Iterator[tuple[Block, list[Record]]]:
    """Cut records into blocks."""
    number = start = 0
    while own := list(islice(records, block_texts)):
        yield Block(folder, number, start, start + len(own)), own
        number, start = number + 1, start + len(own)


def _fill(block: Block, records: Sequence[Record], config: Config) -> _Part:
    """Write one block."""
    labels = load_taxonomy().label_codes
    shape = build_vectorizer(config).shape
    canonical = normalize_many([record.text for record in records])
    tokens = [join_words(text, config.features.segmenter) for text in canonical]
    counts = count_block(tokens, shape)
    block.write(records, canonical, counts)
    return _Part(
        block=block,
        frequency=np.bincount(counts.indices, minlength=shape.n_rows),
        sketches=sketch(canonical),
        targets=tabulate_targets(records, labels),
        open=tabulate_open(records, labels),
        offer_unknown=np.array([record.offer is None for record in records]),
        marked=np.array([bool(record.violating and record.evidence) for record in records]),
        sources=[record.source for record in records],
        declared=[record.group for record in records],
        subcodes=[record.subcodes for record in records],
        lines=[describe_record(record) for record in records],
    )


def _put_together(parts: list[_Part], frequency: NDArray[np.int64], config: Config) -> Spool:
    """Lay the whole out as arrays."""
    labels = load_taxonomy().label_codes
    targets = np.concatenate([part.targets for part in parts])
    require_both_sides(int(targets[:, len(labels)].sum()), len(targets))
    sources, subcodes, declared = _Names(), _Names(), _Names()
    source = np.concatenate([sources.number(part.sources) for part in parts])
    names = tuple(map(str, sources.numbers))
    own = [declared.number(part.declared) for part in parts]
    groups = group_texts(
        Sketches.join([part.sketches for part in parts]),
        np.concatenate(own),
        declared.numbers.get("", -1),
    )
    heads = head_names(labels)
    offer_unknown = np.concatenate([part.offer_unknown for part in parts])
    number = [subcodes.number(part.subcodes) for part in parts]
    return Spool(
        blocks=tuple(part.block for part in parts),
        examples=Examples(
            records=(),
            labels=labels,
            canonical=[],
            tokens=[],
            groups=groups,
            targets=targets,
            weights=weigh_texts(names, source, heads, offer_unknown, config),
            open=np.concatenate([part.open for part in parts]),
            real=np.array([not is_authored(name) for name in names])[source],
        ),
        frequency=frequency,
        source_names=names,
        source=source,
        subcode_names=tuple(subcodes.numbers),  # type: ignore[arg-type]
        subcodes=np.concatenate(number),
        marked=np.concatenate([part.marked for part in parts]),
        lines=sorted(line for part in parts for line in part.lines),
    )
