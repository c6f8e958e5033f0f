"""Count the interpreter's steps in a call: every bytecode executed in Python's code, but for numpy's own.

A loop written in Python executes bytecodes for every pass; a loop inside numpy executes none. The count has no noise. A
submission shares the process with the counter: the plain ways to pause it are noticed, but whoever digs through frames, the
garbage collector or ctypes can reach it, and what C runs over Python's objects (`list.sort`, arrays of objects, sqlite3) takes
no step. So the judge believes a low count only together with the kernel's CPU clock, where every full loop shows.
"""

import gc
import sys
from collections.abc import Callable, Mapping
from types import CodeType, FrameType, FunctionType
from typing import Any

from autograder.orders import SWITCHED_OFF

HOOK = "sys.addaudithook"  # what an audit hook runs is never counted, whenever it was added
REACHING = frozenset([HOOK, "sys.setprofile", "sys.settrace"])  # audit events
FRAME_SWITCHES = frozenset(["f_trace", "f_trace_opcodes"])  # attributes that end the tracing of a frame; no event tells
LOOPING = frozenset(["_vectorize_call_with_signature", "apply_along_axis", "polyval"])  # numpy's loops for their caller

_monitoring: Any = getattr(sys, "monitoring", None)  # since Python 3.12
_gettrace, _getframe = sys.gettrace, sys._getframe
_counting = _reached = False

Spared = Mapping[int, tuple[CodeType, dict[str, Any]]]
_spared: Spared = {}


def guard_counter(spared: Spared) -> None:
    """Hide the counter, and notice from now on who reaches for it; in this process and for good.

    Parameters
    ----------
    spared : mapping of int to (code, dict)
        What `numpys_code` found: its own bytecodes do not count, those of what it calls do.
    """
    global _spared
    _spared = spared

    def notice(event: str, arguments: tuple[Any, ...]) -> None:  # noqa: ARG001
        global _reached
        _reached |= event in REACHING and (_counting or event == HOOK)

    sys.addaudithook(notice)
    sys.gettrace = lambda: None
    if _monitoring is not None:
        del sys.monitoring  # type: ignore[attr-defined,unused-ignore]  # its switches raise no event


def numpys_code() -> Spared:
    """Find all code of numpy's functions.

    That `np.stack` looks at each array in a list is no loop of an answer's. Functions that are
    loops by their purpose, such as `np.apply_along_axis`, are left out.

    Returns
    -------
    code : mapping of int to (code, dict)
        By its id, since a file name can be forged, with the global names that numpy runs it with.
        An answer can rebuild a function with numpy's code and names of its own: its steps count.
    """
    pending = [
        (function.__code__, function.__globals__)
        for function in gc.get_objects()
        if type(function) is FunctionType and str(function.__module__).partition(".")[0] == "numpy"
    ]
    found: dict[int, tuple[CodeType, dict[str, Any]]] = {}
    while pending:
        code, names = pending.pop()
        if code.co_name not in LOOPING and id(code) not in found:
            found[id(code)] = code, names
            pending += [(inner, names) for inner in code.co_consts if isinstance(inner, CodeType)]
    return found


def count_steps(call: Callable[[], Any]) -> tuple[Any, int]:
    """Make a call and count the bytecodes that it executes, in all threads where Python can (3.12 and later).

    Parameters
    ----------
    call : callable
        Takes no argument.

    Returns
    -------
    result : Any
        What the call returned.
    steps : int
        Bytecodes executed, or `SWITCHED_OFF`.
    """
    result, steps = (_count_by_tracing if _monitoring is None else _count_by_monitoring)(call)
    return result, SWITCHED_OFF if _reached else steps


def _make(call: Callable[[], Any]) -> Any:
    global _counting
    _counting = True
    try:
        return call()
    finally:
        _counting = False


def _count_by_monitoring(call: Callable[[], Any]) -> tuple[Any, int]:
    tool, event = _monitoring.PROFILER_ID, _monitoring.events.INSTRUCTION
    steps = 0

    def step(code: CodeType, offset: int) -> None:  # noqa: ARG001
        nonlocal steps
        # Not DISABLE for numpy's code: a function that an answer rebuilt with it would be spared.
        spared = _spared.get(id(code))
        if spared is None or _getframe(1).f_globals is not spared[1]:
            steps += 1

    sys.settrace(None)  # a tracer or profiler that was set before: what it runs would not be counted
    sys.setprofile(None)
    _monitoring.use_tool_id(tool, "steps")
    try:
        _monitoring.register_callback(tool, event, step)
        _monitoring.set_events(tool, event)
        result = _make(call)
        if _monitoring.get_events(tool) != event:
            steps = SWITCHED_OFF
    finally:
        _monitoring.set_events(tool, 0)
        _monitoring.register_callback(tool, event, None)
        _monitoring.free_tool_id(tool)
    return result, steps


def _count_by_tracing(call: Callable[[], Any]) -> tuple[Any, int]:
    steps, switched = 0, False

    def step(frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG001
        nonlocal steps, switched
        if event == "call":
            code = frame.f_code
            spared = _spared.get(id(code))
            if spared is not None and frame.f_globals is spared[1]:
                return None
            words = (*code.co_names, *(word for word in code.co_consts if type(word) is str))  # others could have a hash
            switched |= not FRAME_SWITCHES.isdisjoint(words)
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        elif event == "opcode":
            steps += 1
        elif event == "return":
            switched |= frame.f_trace_opcodes is not True
        return step

    sys.setprofile(None)  # set before: what a profiler runs would not be counted
    sys.settrace(step)
    try:
        result = _make(call)
        if switched or _gettrace() is not step:
            steps = SWITCHED_OFF
    finally:
        sys.settrace(None)
    return result, steps
