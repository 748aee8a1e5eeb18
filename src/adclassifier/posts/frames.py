"""Read unlabelled posts into a `pandas.DataFrame`."""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
import pyarrow as pa

from adclassifier.posts.reader import open_posts


def read_posts(
    path: str | Path,
    *,
    text_column: str | None = None,
    split: str | None = None,
    max_chars: int = 100_000,
) -> pd.DataFrame:
    r"""Read posts, whatever they are stored in, all columns as strings.

    Rows that cannot be judged are left out, with one warning that counts them.

    Parameters
    ----------
    path : str or Path
        A file, folder or pattern; see `open_posts` for the formats.
    text_column : str, optional
        Column of the text; by default the first that is called like one.
    split : {"paragraphs", "chat"}, optional
        How a ``.txt`` is split; by default it is one text.
    max_chars : int, default=100_000
        Longest text that is kept, in code points.

    Returns
    -------
    pandas.DataFrame
        The columns as they are called in the file; ``attrs["text_column"]`` is
        the name of the one with the text, ``attrs["rejected"]`` counts the rows
        left out by reason.

    Raises
    ------
    InputError
        As `open_posts`.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name, "posts.csv")
    >>> _ = path.write_text("phone,caption\n0901234567,Kem trị nám\n", encoding="utf-8")
    >>> posts = read_posts(path)
    >>> posts.loc[0, "phone"], posts.attrs["text_column"]
    ('0901234567', 'caption')
    >>> folder.cleanup()
    """
    with open_posts(
        path, text_column=text_column, split=split, max_chars=max_chars, scan_columns=True
    ) as reader:
        schema = pa.schema([(name, pa.string()) for name in reader.columns])
        posts: pd.DataFrame = pa.Table.from_batches(
            [batch.select(schema.names) for batch in reader], schema=schema
        ).to_pandas()
        posts.attrs = {"text_column": reader.text_column, "rejected": dict(reader.rejected)}
    if reader.rejected:
        counts = ", ".join(f"{count} {reason}" for reason, count in reader.rejected.items())
        warnings.warn(f"{path}: rows left out: {counts}", stacklevel=2)
    return posts
