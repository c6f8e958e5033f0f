"""A worker's life: confine itself, import one module, answer calls with arrays until the channel closes.

It never judges. What it says of itself after a submission's code has run (results, steps) is a claim; the judge knows CPU time,
memory and death from the kernel.
"""

import builtins
import contextlib
import copy
import ctypes
import importlib
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
import numpy.fft
import numpy.ma  # whose code is to be spared too: numpy loads it when first asked

from autograder.wire import LENGTHS, decode, encode
from autograder.worker.confine import Confinement, confine
from autograder.worker.importer import SourceImporter
from autograder.worker.seccomp import take_back_executable_memory
from autograder.worker.steps import count_steps, guard_counter, numpys_code
from autograder.worker.watch import watch_builtins

PIECE = 1 << 16  # bytes: most requests come as one
MAX_MESSAGE = 300  # characters of an exception's message that are worth reading
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of mallopt(3)
LARGE = 12 << 20  # bytes: the least array that a check of memory looks for, (n, n) in float32, has 16 MB
KEPT = 256 << 20  # bytes that may lie free
SPARED = numpys_code()
BUILT_IN = {id(kind): kind.__name__ for kind in vars(builtins).values() if isinstance(kind, type)}


def serve(confinement: Confinement) -> NoReturn:
    """Run a worker on an open channel until the judge closes it.

    The judge sends, one after another: a greeting, answered by the layers in force, or by why there are none; the modules
    ({name: source}) with the name of the one to import; then calls. Each is answered by one frame.
    """
    try:
        try:
            greeting: dict[str, Any] = {"layers": confine(confinement)}
        except OSError as error:
            greeting = {"refused": str(error)}
        _receive(confinement.channel)
        _send(confinement.channel, greeting)
        order = _receive(confinement.channel)
        sources = {name: source.encode("latin-1") for name, source in order["sources"].items()}
        sys.meta_path.insert(0, SourceImporter(sources))
        try:
            namespace = vars(importlib.import_module(order["module"]))
        except BaseException as error:
            _send(confinement.channel, {"raised": _describe(error, sources)})
        else:
            _send(confinement.channel, {"functions": [name for name in order["functions"] if callable(namespace.get(name))]})
            while True:
                answer = _answer(_receive(confinement.channel), namespace, sources)
                try:
                    _send(confinement.channel, answer)
                except MemoryError as error:  # what was returned fits into memory, but not a second time
                    _send(confinement.channel, {"raised": _describe(error, sources)})
    finally:
        os._exit(0)


def prepare() -> None:
    """Do once, before the first fork, what every worker needs: it takes longer than starting one."""
    make_quiet()
    watch_builtins()
    guard_counter(SPARED)
    keep_memory()
    take_back_executable_memory()


def keep_memory() -> None:
    """Let the allocator keep what is freed: to get pages from the kernel anew makes the time of a call a matter of luck.

    Arrays from `LARGE` on come from the kernel and go back to it, so that the peak of memory tells of them in every call.
    """
    with contextlib.suppress(AttributeError):  # of the C library of GNU
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, LARGE)
        libc.mallopt(M_TRIM_THRESHOLD, KEPT)


def make_quiet() -> None:
    """Let prints and warnings do nothing, in constant time: printing an array runs Python once a row."""
    builtins.print = lambda *values, **options: None  # noqa: ARG005
    np.set_printoptions(threshold=0, edgeitems=1)
    np.set_printoptions = lambda **options: None  # noqa: ARG005
    np.printoptions = lambda **options: contextlib.nullcontext(options)  # type: ignore[assignment]
    warnings.simplefilter("ignore")


def _answer(request: dict[str, Any], namespace: dict[str, Any], sources: dict[str, bytes]) -> dict[str, Any]:
    """Make the calls of a request in turn, up to the first that raises."""
    named = _look_up(request["function"], namespace)
    results, arguments, steps = [], [], []
    for call in request["calls"]:
        given = call["arguments"]
        function = _minimizing(call["within"], named, sources) if "within" in call else named
        counted = call.get("counted", False)
        try:
            result, count = count_steps(lambda: function(*given)) if counted else (function(*given), 0)  # noqa: B023
        except BaseException as error:
            return {"raised": _describe(error, sources)}
        results.append(result)
        steps.append(count)
        if call.get("returned", False):
            arguments.append(given)
    return {"results": results, "steps": steps, "arguments": arguments}


def _look_up(name: str, namespace: dict[str, Any]) -> Callable[..., Any]:
    """Find a function by its name in the submission's module, or as `module.name` in a given one; without one, nothing."""
    if not name:
        return nothing
    module, _, function = name.rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function) if module else namespace[name]
    return found


def nothing(*_arguments: Any) -> None:
    """Do nothing: what a request costs by itself."""


def _minimizing(name: str, function: Callable[..., Any], sources: dict[str, bytes]) -> Callable[..., Any]:
    """A function of the given code, read anew from its source, that goes down the gradient of one of the submission's.

    It raises where a call returns anything but a float and a gradient of its first argument, or changes its arguments: then the
    judge goes on step by step.
    """
    module, _, outer = name.partition(".")
    namespace: dict[str, Any] = {"__name__": module}
    exec(compile(sources[module], f"{module}.py", "exec"), namespace)

    def value_and_gradient(at: np.ndarray[Any, Any], *others: Any) -> tuple[float, np.ndarray[Any, Any]]:
        value, gradient = function(at.copy(), *others)
        regular = type(gradient) is np.ndarray and gradient.dtype == float and gradient.shape == at.shape
        if not regular or not isinstance(value, float):
            raise TypeError("no value and gradient")
        return value, gradient

    def minimized(*arguments: Any) -> Any:
        before = copy.deepcopy(arguments)
        results = namespace[outer](value_and_gradient, *arguments)
        unchanged = all(map(np.array_equal, before, arguments))
        if not unchanged or not all(np.all(np.isfinite(result)) for result in results):
            raise TypeError("no minimization")
        return results

    return minimized


def _describe(error: BaseException, sources: dict[str, bytes]) -> dict[str, Any]:
    """Describe an exception: type, message, and the last place in the given sources that it passed.

    The judge knows only some types by name. The first built-in one that a type derives from stands
    in for others: numpy's UFuncTypeError is a TypeError.
    """
    place: tuple[str | None, int | None] = None, None
    if isinstance(error, SyntaxError) and error.filename in {f"{name}.py" for name in sources}:
        place = error.filename, error.lineno
    else:
        for frame, line in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename in {f"{name}.py" for name in sources}:
                place = frame.f_code.co_filename, line
    try:
        message = str(error.msg if isinstance(error, SyntaxError) else error)
    except BaseException:
        message = ""
    kind = type(error)
    return {
        "type": kind.__name__,
        "base": next(BUILT_IN[id(base)] for base in type.mro(kind) if id(base) in BUILT_IN),
        "message": message[:MAX_MESSAGE],
        "file": place[0],
        "line": place[1],
    }


def _send(channel: int, message: dict[str, Any]) -> None:
    frame = memoryview(encode(message))
    while frame:
        frame = frame[os.write(channel, frame) :]


def _receive(channel: int) -> Any:
    """Read one frame; the judge sends the next only after the answer."""
    data = _read(channel, bytearray(), LENGTHS.size)
    text, payload = LENGTHS.unpack_from(data)
    frame = memoryview(_read(channel, data, LENGTHS.size + text + payload))
    start = LENGTHS.size + text
    return decode(bytes(frame[LENGTHS.size : start]), frame[start:], judges=True)


def _read(channel: int, data: bytearray, count: int) -> bytearray:
    """Read on until there are so many bytes."""
    while len(data) < count:
        piece = os.read(channel, max(PIECE, count - len(data)))
        if not piece:
            os._exit(0)  # the judge is done with this worker
        data += piece
    return data
