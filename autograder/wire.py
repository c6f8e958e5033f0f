"""Values as frames of bytes: arrays, numbers and tuples cross between judge and worker, code and pickles never do.

A frame is two lengths (8 bytes each, little-endian), a JSON text and the arrays' bytes one after another. The reader trusts
nothing: every length, dtype and shape is checked against what it is willing to take before any memory is set aside.
"""

import builtins
import json
import struct
import types
from dataclasses import dataclass
from typing import Any

import numpy as np

LENGTHS = struct.Struct("<QQ")
MAX_TEXT = 1 << 20  # bytes of JSON: the largest honest frame, a numerical gradient's 200 calls, has 40 kB
MAX_DEPTH = 6  # a tuple of arrays in a list of results has 3
MAX_SIZE = 1 << 32  # entries
MAX_DIMENSIONS = 4  # the deepest honest answer, a waste of memory, is (n, m, d)
DTYPES = {
    np.dtype(name).str: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
}  # those that cross, by the string that numpy writes for them
TYPES = frozenset(
    [name for name, value in vars(builtins).items() if isinstance(value, type)]
    + [value.__name__ for value in vars(types).values() if isinstance(value, type)]
    + [f"ndarray_of_{name}" for name in ("object", "str", "bytes", "void", "datetime64", "timedelta64")]
    + ["generator", "function", "ndarray", "nested"]
)  # only these names cross: any other could be a message


class WireError(Exception):
    """A frame breaks the rules of the wire."""


@dataclass(frozen=True)
class Opaque:
    """Stands for a value that does not cross the wire: only the name of its type does."""

    type_name: str


@dataclass(frozen=True)
class Strided:
    """An array that is to arrive as every second entry along every axis of a larger one: non-contiguous memory."""

    array: np.ndarray[Any, Any]


def encode(value: Any) -> bytes:
    """Turn a value into a frame.

    Parameters
    ----------
    value : None, bool, int, float, str, ndarray, numpy scalar, list, tuple, dict with string keys, or nested
        What is to cross. Subclasses of ndarray cross as plain arrays, in their memory order (C or Fortran). Anything else
        crosses as an `Opaque` of its type's name.

    Returns
    -------
    frame : bytes
        Lengths, JSON and array bytes.
    """
    payload: list[bytes | memoryview] = []
    text = json.dumps(_pack(value, payload, 0)).encode()
    size = sum(piece.nbytes if isinstance(piece, memoryview) else len(piece) for piece in payload)
    return b"".join([LENGTHS.pack(len(text), size), text, *payload])


def decode(text: bytes, payload: bytes | bytearray | memoryview, *, judges: bool = False) -> Any:
    """Turn a frame's JSON and array bytes back into the value.

    Parameters
    ----------
    text, payload : bytes
        The two parts of the frame.
    judges : bool
        Whether the frame is the judge's, who alone may ask for arrays that take more memory than they have bytes.

    Raises
    ------
    WireError
        The text is not what `encode` writes, an array's dtype is not in `DTYPES`, or the array bytes are not exactly
        as many as the shapes ask for.
    """
    try:
        packed = json.loads(text) if judges else DECODER.decode(text.decode())
    except (ValueError, RecursionError) as error:
        raise WireError("the text of the frame is not JSON") from error
    reader = _Reader(memoryview(payload), judges)
    value = reader.unpack(packed, 0)
    if reader.end != len(payload):
        raise WireError(f"{len(payload) - reader.end} bytes follow the last array")
    return value


def _integer(digits: str) -> int:
    """An integer of 64 bits, as `encode` writes them: a longer one is no number to numpy, and slow to read on old Pythons."""
    if len(digits) > len(str(-(2**63))) or not -(2**63) <= int(digits) < 2**63:
        raise ValueError("an integer of more than 64 bits")
    return int(digits)


DECODER = json.JSONDecoder(parse_int=_integer)


def _pack(value: Any, payload: list[bytes | memoryview], depth: int) -> Any:
    if depth > MAX_DEPTH:
        return {"opaque": "nested"}
    kind = type(value)
    if value is None or kind is bool or kind is str or kind is float:
        return value
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**63 else {"opaque": "int"}
    if isinstance(value, (np.ndarray, np.generic)):
        return _pack_array(value, payload)
    if isinstance(value, (list, tuple)):
        return {"list" if isinstance(value, list) else "tuple": [_pack(item, payload, depth + 1) for item in value]}
    if isinstance(value, dict):
        return {"dict": {str(key): _pack(item, payload, depth + 1) for key, item in value.items()}}
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Strided):
        return {**_pack_array(np.ascontiguousarray(value.array), payload), "order": "strided"}
    name = value.type_name if isinstance(value, Opaque) else kind.__name__
    return {"opaque": name if name in TYPES else "object"}


def _pack_array(value: np.ndarray[Any, Any] | np.generic, payload: list[bytes | memoryview]) -> dict[str, Any]:
    array = np.asarray(value)
    dtype = array.dtype.str
    if dtype not in DTYPES:
        array = array.astype(np.float64 if array.dtype == np.longdouble else array.dtype.newbyteorder("="), copy=False)
        dtype = array.dtype.str
    if dtype not in DTYPES or array.ndim > MAX_DIMENSIONS:
        return {"opaque": "ndarray" if array.ndim > MAX_DIMENSIONS else f"ndarray_of_{array.dtype.type.__name__.rstrip('_')}"}
    flags = array.flags
    order = "F" if flags.f_contiguous and not flags.c_contiguous else "C"
    if array.size and (flags.c_contiguous or order == "F"):
        payload.append((array if order == "C" else array.T).data)
    else:
        payload.append(array.tobytes())
    return {"array" if isinstance(value, np.ndarray) else "scalar": dtype, "shape": array.shape, "order": order}


class _Reader:
    """Turns parsed JSON into values; takes the arrays' bytes one after another.

    Parameters
    ----------
    payload : memoryview
        The arrays' bytes.
    judges : bool
        As of `decode`.
    """

    def __init__(self, payload: memoryview, judges: bool) -> None:
        self._payload, self._judges = payload, judges
        self.end = 0  # of what has been taken

    def unpack(self, packed: Any, depth: int) -> Any:
        """Return the value that is described."""
        kind = type(packed)
        if packed is None or kind is bool or kind is int or kind is float or kind is str:
            return packed
        if kind is not dict or depth > MAX_DEPTH + 1:
            raise WireError("the frame holds a value of no known kind")
        for name, container in (("tuple", tuple), ("list", list)):
            if type(items := packed.get(name)) is list:
                return container([self.unpack(item, depth + 1) for item in items])
        if type(entries := packed.get("dict")) is dict:
            return {key: self.unpack(item, depth + 1) for key, item in entries.items()}
        shape, order = packed.get("shape"), packed.get("order")
        if type(dtype := packed.get("array")) is str and type(shape) is list and type(order) is str:
            return self._unpack_array(dtype, shape, order)
        if type(dtype := packed.get("scalar")) is str and shape == [] and order == "C":
            return self._unpack_array(dtype, [], "C")[()]
        if type(name := packed.get("opaque")) is str:
            return Opaque(name if name in TYPES else "object")
        raise WireError("the frame holds a value of no known kind")

    def _unpack_array(self, dtype_name: str, shape: list[Any], order: str) -> np.ndarray[Any, Any]:
        """Return a writable array."""
        dtype = DTYPES.get(dtype_name)
        if dtype is None or order not in (("C", "F", "strided") if self._judges else ("C", "F")):
            raise WireError("an array of a dtype or order that is not taken")
        count = extent = 1  # Python integers: a claimed (2**40, 2**40) cannot wrap round
        for size in shape:
            if type(size) is not int or size < 0:
                raise WireError("an array with a shape that is none")
            count *= size
            extent *= size or 1
        start, end = self.end, self.end + count * dtype.itemsize
        if len(shape) > MAX_DIMENSIONS or end > len(self._payload) or extent > MAX_SIZE:  # (0, 2**60) has no bytes
            raise WireError("an array with a shape larger than its bytes")
        self.end = end
        flat = np.frombuffer(self._payload[start:end], dtype)
        if order == "strided":
            larger = np.zeros([2 * size for size in shape], dtype)
            view = larger[tuple(slice(None, None, 2) for _ in shape)]
            view[...] = flat.reshape(shape)
            return view
        if order == "C":
            return flat.reshape(shape).copy()
        return flat.reshape(shape, order="F").copy(order="F")
