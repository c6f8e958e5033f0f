"""Values as frames of bytes: arrays, numbers and tuples cross between judge and worker, code and pickles never do.

A frame is two lengths (8 bytes each, little-endian), a JSON text and the arrays' bytes one after another. The reader trusts
nothing: every length, dtype and shape is checked against what it is willing to take before any memory is set aside.
"""

import builtins
import json
import math
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
DTYPES = frozenset(
    np.dtype(name).str
    for name in [
        "bool",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float16",
        "float32",
        "float64",
        "complex64",
        "complex128",
    ]
)
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
    payload: list[bytes] = []
    text = json.dumps(_pack(value, payload, 0)).encode()
    return b"".join([LENGTHS.pack(len(text), sum(map(len, payload))), text, *payload])


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
        packed = DECODER.decode(text.decode())
    except (ValueError, RecursionError) as error:
        raise WireError("the text of the frame is not JSON") from error
    value, end = _Reader(memoryview(payload), judges).unpack(packed, 0, 0)
    if end != len(payload):
        raise WireError(f"{len(payload) - end} bytes follow the last array")
    return value


def _integer(digits: str) -> int:
    """An integer of 64 bits, as `encode` writes them: a longer one is no number to numpy, and slow to read on old Pythons."""
    if len(digits) > len(str(-(2**63))) or not -(2**63) <= int(digits) < 2**63:
        raise ValueError("an integer of more than 64 bits")
    return int(digits)


DECODER = json.JSONDecoder(parse_int=_integer)


def _pack(value: Any, payload: list[bytes], depth: int) -> Any:
    if depth > MAX_DEPTH:
        return {"opaque": "nested"}
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**63 else {"opaque": "int"}
    if isinstance(value, (np.ndarray, np.generic)):
        return _pack_array(value, payload)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [_pack(item, payload, depth + 1) for item in value]}
    if isinstance(value, dict):
        return {"dict": {str(key): _pack(item, payload, depth + 1) for key, item in value.items()}}
    if isinstance(value, Strided):
        return {**_pack_array(np.ascontiguousarray(value.array), payload), "order": "strided"}
    name = value.type_name if isinstance(value, Opaque) else type(value).__name__
    return {"opaque": name if name in TYPES else "object"}


def _pack_array(value: np.ndarray[Any, Any] | np.generic, payload: list[bytes]) -> dict[str, Any]:
    array = np.asarray(value)
    if array.dtype == np.longdouble:
        array = array.astype(np.float64)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if array.dtype.str not in DTYPES or array.ndim > MAX_DIMENSIONS:
        return {"opaque": "ndarray" if array.ndim > MAX_DIMENSIONS else f"ndarray_of_{array.dtype.type.__name__.rstrip('_')}"}
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    payload.append(array.tobytes(order=order))  # type: ignore[arg-type]
    kind = "array" if isinstance(value, np.ndarray) else "scalar"
    return {kind: array.dtype.str, "shape": list(array.shape), "order": order}


@dataclass(frozen=True)
class _Reader:
    payload: memoryview
    judges: bool

    def unpack(self, packed: Any, start: int, depth: int) -> tuple[Any, int]:
        """Return the value and the position behind its last byte in the payload."""
        if packed is None or isinstance(packed, (bool, int, float, str)):
            return packed, start
        if not isinstance(packed, dict) or depth > MAX_DEPTH + 1:
            raise WireError("the frame holds a value of no known kind")
        match packed:
            case {"tuple": list(items)} | {"list": list(items)}:
                values = []
                for item in items:
                    value, start = self.unpack(item, start, depth + 1)
                    values.append(value)
                return (tuple(values) if "tuple" in packed else values), start
            case {"dict": dict(entries)}:
                unpacked = {}
                for key, item in entries.items():
                    unpacked[key], start = self.unpack(item, start, depth + 1)
                return unpacked, start
            case {"array": str(dtype), "shape": list(shape), "order": str(order)}:
                return self.unpack_array(dtype, shape, order, start)
            case {"scalar": str(dtype), "shape": [], "order": "C"}:
                array, end = self.unpack_array(dtype, [], "C", start)
                return array[()], end
            case {"opaque": str(name)}:
                return Opaque(name if name in TYPES else "object"), start
        raise WireError("the frame holds a value of no known kind")

    def unpack_array(self, dtype: str, shape: list[Any], order: str, start: int) -> tuple[np.ndarray[Any, Any], int]:
        """Return a writable array and the position behind its last byte in the payload."""
        if dtype not in DTYPES or order not in (("C", "F", "strided") if self.judges else ("C", "F")):
            raise WireError("an array of a dtype or order that is not taken")
        if len(shape) > MAX_DIMENSIONS or not all(type(size) is int and size >= 0 for size in shape):
            raise WireError("an array with a shape that is none")
        count = math.prod(shape)  # Python integers: a claimed (2**40, 2**40) cannot wrap round
        end = start + count * np.dtype(dtype).itemsize
        if end > len(self.payload) or math.prod(filter(None, shape)) > MAX_SIZE:  # (0, 2**60) has no bytes, and is refused too
            raise WireError("an array with a shape larger than its bytes")
        flat = np.frombuffer(self.payload[start:end], dtype)
        if order == "strided":
            larger = np.zeros([2 * size for size in shape], dtype)
            view = larger[tuple(slice(None, None, 2) for _ in shape)]
            view[...] = flat.reshape(shape)
            return view, end
        return flat.reshape(shape, order=order).copy(order=order), end  # type: ignore[call-overload]
