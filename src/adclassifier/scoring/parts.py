"""Write an output in numbered parts, so that an interrupted run can go on, and join them."""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adclassifier.errors import OutputExistsError
from adclassifier.posts import PostWriter, RejectedRow, RejectedWriter, Rows
from adclassifier.posts.atomic import AtomicFile, place
from adclassifier.posts.joining import join_parts
from adclassifier.posts.opening import parts_folder
from adclassifier.posts.output import Destination
from adclassifier.posts.rejects import side_file
from adclassifier.posts.writers import new_writer
from adclassifier.scoring.identity import InputIdentity
from adclassifier.scoring.manifest import (
    NAME,
    Manifest,
    Part,
    read_manifest,
    refuse_other,
    rejected_name,
    remove_unnamed,
)
from adclassifier.scoring.outputs import Output, Tally, Written

logger = logging.getLogger(__name__)

Mask = Callable[[str], str] | None

_JOINED = "joined"
_REJECTED = "rejected.jsonl"


@dataclass(slots=True)
class _Open:
    """The part that is being filled."""

    number: int
    writer: PostWriter
    rejected: RejectedWriter
    tally: Tally

    def abort(self) -> None:
        """Leave nothing behind."""
        self.writer.abort()
        self.rejected.abort()


class PartedOutput(Output):
    """A file that is written part by part beside its place, in ``<output>.parts``.

    The folder is made with the second part: a small output never has one. Each part is stored
    safely before the manifest names it. The joined files are stored before the manifest says so,
    and moved after that. So at any moment a run can be killed, and another one go on.

    Parameters
    ----------
    destination : Destination
        The file.
    identity : InputIdentity
        Of the input.
    manifest : Manifest
        What is written, of an interrupted run too; its ``input`` may be unknown yet.
    mask : callable or None
        Hides contacts in rejected rows.
    """

    def __init__(
        self, destination: Destination, identity: InputIdentity, manifest: Manifest, mask: Mask
    ) -> None:
        if destination.path is None:
            raise ValueError("standard output has no parts")
        self._path: Path = destination.path
        self._folder = parts_folder(self._path)
        self._destination = destination
        self._identity = identity
        self._manifest = manifest
        self._mask = mask
        self._open: _Open | None = None
        self._stored = bool(manifest.parts)  # whether the folder's manifest names parts
        self._in_folder = self._stored
        self.written = _written(manifest)
        if not self._in_folder:  # opened at once, so that what cannot be written is said early
            self._open = self._open_part(0)

    def write(self, part: int, rows: Rows, added: Any, tally: Tally) -> None:
        """Write rows that belong to a part, in order."""
        current = self._part(part)
        current.writer.write(added, rows)
        current.tally.add(tally)

    def reject(self, part: int, rejected: Iterable[RejectedRow]) -> None:
        """Write rows aside."""
        if rejected:
            self._part(part).rejected.write(rejected)

    def finish(self) -> None:
        """Join the parts, and put the files in their places."""
        if not self._in_folder and self._open is not None:
            self._open.rejected.close()
            self._open.writer.close()
            return
        if not self._manifest.joined:
            if self._open is not None:
                self._store()
            self._manifest.input = self._identity.wait()
            self._manifest.write(self._folder)
            self._stored = True
            self._join()
        place_joined(self._destination, self._manifest)

    def abort(self) -> None:
        """Keep whole parts only, and none where no manifest names them."""
        self._identity.stop()
        if self._open is not None:
            self._open.abort()
            self._open = None
        if self._in_folder and not self._stored:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _part(self, number: int) -> _Open:
        """Give the open part of this number; one before it is whole."""
        if self._open is not None and self._open.number != number:
            self._store()
        if self._open is None:
            self._open = self._open_part(number)
        return self._open

    def _open_part(self, number: int) -> _Open:
        place = replace(self._destination, one_group=True, header=number == 0)
        side = side_file(self._path)
        if self._in_folder:
            place = replace(place, path=self._folder / self._name(number), overwrite=True)
            side = self._folder / rejected_name(number)
        writer = new_writer(place)
        try:
            rejected = RejectedWriter(side, self._mask, overwrite=place.overwrite)
        except BaseException:
            writer.abort()
            raise
        return _Open(number, writer, rejected, Tally())

    def _name(self, number: int) -> str:
        """Name a part, the ending as the output's."""
        codec = {"gzip": ".gz", "zstd": ".zst", None: ""}[self._destination.codec]
        return f"part-{number:06}.{self._destination.format}{codec}"

    def _store(self) -> None:
        """Give the open part its name, and name it in the manifest."""
        current, self._open = self._open, None
        if current is None:
            return
        try:
            self._folder.mkdir(exist_ok=True)
            self._in_folder = True
            self._identity.start()
            name = self._name(current.number)
            current.writer.close(self._folder / name)
            if current.rejected.n_rows:
                current.rejected.close(self._folder / rejected_name(current.number))
        except BaseException:
            current.abort()
            raise
        tally = current.tally
        self._manifest.parts.append(
            Part(
                name if tally.rows else "",
                tally.rows,
                current.rejected.n_rows,
                dict(tally.outcomes),
                tally.n_bad_dates,
                tally.bad_dates,
            )
        )
        if self._identity.known:  # until then, a run that is killed begins anew
            self._manifest.input = self._identity.wait()
            self._manifest.write(self._folder)
            self._stored = True

    def _join(self) -> None:
        """Make the whole files in the folder, and say so."""
        parts = self._manifest.parts
        names = [part.name for part in parts if part.rows]
        self._join_to(_JOINED, names, self._destination.format)
        aside = [rejected_name(number) for number, part in enumerate(parts) if part.rejected]
        if aside:
            self._join_to(_REJECTED, aside, "jsonl")
        self._manifest.joined = True
        self._manifest.write(self._folder)

    def _join_to(self, name: str, parts: Iterable[str], file_format: str) -> None:
        file = AtomicFile(self._folder / name, overwrite=True)
        try:
            join_parts([self._folder / part for part in parts], file.stream, file_format)
        except BaseException:
            file.abort()
            raise
        file.commit()


def open_parts(
    destination: Destination,
    identity: InputIdentity,
    manifest: Manifest,
    mask: Mask,
    *,
    resume: bool,
) -> PartedOutput:
    """Open an output in parts, or go on with that of an interrupted run.

    A run that is asked to go on, and cannot, begins anew and says so.

    Parameters
    ----------
    destination, identity, mask
        See `PartedOutput`.
    manifest : Manifest
        This run's, without input.
    resume : bool
        Whether to go on.

    Raises
    ------
    OutputExistsError
        If there are parts, and they may neither be used nor replaced.
    InputError
        If they are of another input, model or options.
    """
    folder = parts_folder(str(destination.path))
    before = read_manifest(folder) if resume and folder.exists() else None
    if resume and before is None:
        logger.warning("--resume: no whole parts in %s, so this run begins anew", folder)
    if folder.exists():
        if before is not None:
            manifest.input = identity.wait()
            refuse_other(before, manifest, folder)
            remove_unnamed(folder, before)
            manifest = before
        elif resume or destination.overwrite:
            (folder / NAME).unlink(missing_ok=True)  # first: half of the parts are no run
            shutil.rmtree(folder)
        else:
            raise OutputExistsError(
                str(folder),
                "holds the parts of an interrupted run",
                "--resume goes on, --overwrite begins anew",
            )
    return PartedOutput(destination, identity, manifest, mask)


def is_joined(output: str | Path) -> bool:
    """Tell whether a run was killed while it moved its whole output to its place."""
    folder = parts_folder(output)
    manifest = read_manifest(folder) if folder.is_dir() else None
    return manifest is not None and manifest.joined


def place_joined(destination: Destination, manifest: Manifest) -> None:
    """Move the joined files to their places, those that are not there yet; remove the folder."""
    path = Path(str(destination.path))
    folder = parts_folder(path)
    if (folder / _JOINED).exists():
        place(folder / _JOINED, path, overwrite=destination.overwrite)
    if (folder / _REJECTED).exists():
        place(folder / _REJECTED, side_file(path), overwrite=destination.overwrite)
    elif destination.overwrite and not any(part.rejected for part in manifest.parts):
        side_file(path).unlink(missing_ok=True)
    for part in folder.iterdir():
        if part.name != NAME:  # last: until then, another run can end this
            part.unlink()
    shutil.rmtree(folder)


def _written(manifest: Manifest) -> Written:
    """Sum up what is written."""
    tally = Tally()
    for part in manifest.parts:
        tally.add(Tally(part.rows, Counter(part.outcomes), part.n_bad_dates, part.bad_dates))
    n_rejected = sum(part.rejected for part in manifest.parts)
    return Written(len(manifest.parts), n_rejected, tally)
