"""Keep account of the parts that are written, so that an interrupted run can go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from adclassifier.errors import InputError
from adclassifier.posts.atomic import AtomicFile

NAME = "manifest.json"
#: Raised with every change of what the manifest or the parts hold: others are refused.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Part:
    """What one part holds.

    Parameters
    ----------
    name : str
        Its file.
    rows : int
        Rows judged.
    rejected : int
        Rows in the file of rejected ones beside it; 0 where there is none.
    outcomes : mapping of str to int
        Rows by outcome.
    n_bad_dates : int
        Days that could not be read.
    bad_dates : list of str
        Where the first of them stand.
    """

    name: str
    rows: int
    rejected: int
    outcomes: Mapping[str, int]
    n_bad_dates: int
    bad_dates: list[str]


@dataclass(slots=True)
class Manifest:
    """What the parts are of, and which are whole.

    Parameters
    ----------
    input : list of dict
        Each file's path, size and SHA-256; none for standard input.
    bundle : str
        Name and content hash of the model.
    options : dict
        What changes the output.
    parts : list of Part
        In order.
    joined : bool
        Whether the joined files are whole, and perhaps at their places already.
    """

    input: list[dict[str, Any]]
    bundle: str
    options: dict[str, Any]
    parts: list[Part] = field(default_factory=list)
    joined: bool = False

    def write(self, folder: Path) -> None:
        """Store the manifest in the folder of the parts."""
        record = {"format": FORMAT, "rows_done": self.rows_done, **asdict(self)}
        file = AtomicFile(folder / NAME, overwrite=True)
        try:
            file.stream.write(json.dumps(record, ensure_ascii=False, indent=1).encode())
        except BaseException:
            file.abort()
            raise
        file.commit()

    @property
    def rows_done(self) -> int:
        """Rows judged, in all parts."""
        return sum(part.rows for part in self.parts)


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest of an interrupted run; None where it wrote none.

    Raises
    ------
    InputError
        If it is damaged or of another format.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    expected = f"format {FORMAT}; --overwrite begins anew"
    try:
        record = json.loads(path.read_bytes())
        found = record.pop("format")
        record.pop("rows_done")
        parts = [Part(**part) for part in record.pop("parts")]
        manifest = Manifest(parts=parts, **record)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(str(path), "not a manifest of this version", expected) from error
    if found != FORMAT:
        raise InputError(str(path), f"format {found}", expected)
    return manifest


def refuse_other(before: Manifest, now: Manifest, folder: Path) -> None:
    """Raise InputError where parts are of another input, model or options.

    Of a single file the bytes count, not its name; of several, the names stand in the output.
    """
    if not now.input:
        raise InputError("--resume", "standard input cannot be read again", "a file as input")
    pairs = [
        *_input_pairs(before.input, now.input),
        ("bundle", before.bundle, now.bundle),
        *(
            (f"option {name}", before.options.get(name), now.options.get(name))
            for name in sorted({*before.options, *now.options})
        ),
    ]
    for what, expected, found in pairs:
        if found != expected:
            raise InputError(
                str(folder),
                f"{what} is {found} now",
                f"{expected}, as when the parts were written, or --overwrite to begin anew",
            )


def _input_pairs(
    before: list[dict[str, Any]], now: list[dict[str, Any]]
) -> list[tuple[str, Any, Any]]:
    """Give what must agree of the inputs: the matter, what was, what is."""
    pairs: list[tuple[str, Any, Any]] = [("number of input files", len(before), len(now))]
    keys = ("bytes", "sha256") if len(now) == 1 else ("path", "bytes", "sha256")
    for old, new in zip(before, now, strict=False):
        pairs += [(f"{key} of input {new['path']}", old[key], new[key]) for key in keys]
    return pairs


def remove_unnamed(folder: Path, manifest: Manifest) -> None:
    """Remove what the manifest does not name: parts that were not whole.

    Parameters
    ----------
    folder : Path
        Where the parts are.
    manifest : Manifest
        What they should be.

    Raises
    ------
    InputError
        If a part is gone that it does name.
    """
    if manifest.joined:
        return
    known = {NAME}
    for number, part in enumerate(manifest.parts):
        known |= {part.name} if part.rows else set()
        known |= {rejected_name(number)} if part.rejected else set()
    found = {path.name for path in folder.iterdir()}
    for name in sorted(known - found):
        raise InputError(str(folder / name), "is missing", "--overwrite to begin anew")
    for name in found - known:
        (folder / name).unlink()


def rejected_name(number: int) -> str:
    """Name the file of rejected rows that belongs to a part."""
    return f"rejected-{number:06}.jsonl"
