"""Write arrays as npz with the same bytes every time, and read none that was not expected."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.errors import UntrustedBundleError

Arrays = dict[str, NDArray[Any]]

#: All arrays of a bundle together: 2^20 buckets of sixteen heads are 32 MiB.
MAX_ARRAY_BYTES = 256 * 2**20

_MAGIC = b"\x93NUMPY\x01\x00"
_PREFIX_BYTES = len(_MAGIC) + 2
_MAX_HEADER_BYTES = 256
# numpy's own reader evaluates the header as a Python literal; what we expect fits a pattern.
_HEADER = re.compile(
    rb"\{'descr': '([^']{1,16})', 'fortran_order': (False|True), "
    rb"'shape': \(([0-9, ]{1,60})\), \} *\n"
)
_ZIP_START = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class ArrayForm:
    """What an array must be.

    Parameters
    ----------
    dtype : str
        As in an npy header, ``<f2``.
    shape : tuple of int
    """

    dtype: str
    shape: tuple[int, ...]

    @property
    def n_bytes(self) -> int:
        """Size of the numbers alone."""
        size = np.dtype(self.dtype).itemsize
        for length in self.shape:
            size *= length
        return size

    def __str__(self) -> str:
        return f"{self.dtype} of shape {self.shape} in C order"


def write_npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack arrays, deflated, without a date."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(arrays):
            member = zipfile.ZipInfo(f"{name}.npy", _ZIP_START)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # else it says on which system it was written
            member.external_attr = 0o644 << 16
            stored = io.BytesIO()
            np.lib.format.write_array(
                stored, np.ascontiguousarray(arrays[name]), version=(1, 0), allow_pickle=False
            )
            archive.writestr(member, stored.getvalue(), compresslevel=6)
    return packed.getvalue()


def read_npz(data: bytes, forms: Mapping[str, ArrayForm], *, where: str) -> Arrays:
    """Unpack arrays, if they are the expected ones.

    Parameters
    ----------
    data : bytes
        The file. Nothing that it declares is allocated before it was compared with ``forms``.
    forms : mapping of str to ArrayForm
        What must be in it, and nothing else.
    where : str
        What to call the file in an error.

    Raises
    ------
    UntrustedBundleError
        If it is no zip, is cut short, or holds another array, type, shape or order.
    """
    if sum(form.n_bytes for form in forms.values()) > MAX_ARRAY_BYTES:
        raise UntrustedBundleError(
            where, "the manifest asks for huge arrays", f"expected at most {MAX_ARRAY_BYTES} bytes"
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UntrustedBundleError(where, "no readable zip archive", "expected an npz") from error
    with archive:
        members = {member.filename: member for member in archive.infolist()}
        expected = {f"{name}.npy" for name in forms}
        if set(members) != expected or len(archive.infolist()) != len(expected):
            raise UntrustedBundleError(
                where,
                f"members {', '.join(sorted(map(repr, members))) or 'none'}",
                f"expected {', '.join(sorted(expected))}, each once",
            )
        for name, form in forms.items():
            _check_member(members[f"{name}.npy"], form, f"{where}: {name}")
        return {
            name: _read_array(archive, members[f"{name}.npy"], form, f"{where}: {name}")
            for name, form in forms.items()
        }


def _check_member(member: zipfile.ZipInfo, form: ArrayForm, where: str) -> None:
    """Compare what the archive's directory declares with what is expected."""
    most = form.n_bytes + _PREFIX_BYTES + _MAX_HEADER_BYTES
    if not form.n_bytes < member.file_size <= most:
        raise UntrustedBundleError(
            where, f"{member.file_size} bytes declared", f"expected {form}: at most {most}"
        )
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UntrustedBundleError(
            where, f"compression {member.compress_type}", "expected stored or deflated"
        )


def _read_array(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, form: ArrayForm, where: str
) -> NDArray[Any]:
    """Read one array: first its header, then, if that is right, its numbers."""
    try:
        with archive.open(member) as stream:
            start = _check_header(stream, form, where)
            numbers = stream.read(form.n_bytes)
            rest = stream.read(1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
        raise UntrustedBundleError(
            where, f"damaged data ({type(error).__name__})", f"expected {form}"
        ) from error
    if rest or len(numbers) != form.n_bytes:
        raise UntrustedBundleError(
            where,
            f"{member.file_size - start} bytes of numbers",
            f"expected {form}: {form.n_bytes} bytes",
        )
    # A copy: numba compiles a kernel anew for an array that cannot be written.
    array = np.frombuffer(numbers, dtype=form.dtype).reshape(form.shape)
    return array.astype(array.dtype.newbyteorder("="))


def _check_header(stream: IO[bytes], form: ArrayForm, where: str) -> int:
    """Read the npy header and compare it; give its length."""
    prefix = stream.read(_PREFIX_BYTES)
    length = int.from_bytes(prefix[len(_MAGIC) :], "little")
    if prefix[: len(_MAGIC)] != _MAGIC or length > _MAX_HEADER_BYTES:
        raise UntrustedBundleError(where, "no npy header of version 1.0", f"expected {form}")
    header = _HEADER.fullmatch(stream.read(length))
    if header is None:
        raise UntrustedBundleError(where, "an unknown npy header", f"expected {form}")
    descr, order, shape = (part.decode("ascii") for part in header.groups())
    lengths = tuple(int(each) for each in shape.split(",") if each.strip().isdigit())
    if (descr, order, lengths) != (form.dtype, "False", form.shape):
        in_order = "Fortran" if order == "True" else "C"
        raise UntrustedBundleError(
            where, f"{descr} of shape {lengths} in {in_order} order", f"expected {form}"
        )
    return _PREFIX_BYTES + length
