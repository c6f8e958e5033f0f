"""Count the interpreter's steps in a call: every bytecode executed, in Python's and numpy's own Python code alike.

A loop written in Python executes bytecodes for every pass; a loop inside numpy executes none. The count has no noise. A
submission shares the process with the counter and can switch it off, so the judge believes a low count only together with the
kernel's CPU clock.
"""

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

SWITCHED_OFF = -1  # instead of a count, where the call left the counter switched off


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
    return _count_by_monitoring(call) if sys.version_info >= (3, 12) else _count_by_tracing(call)


def _count_by_monitoring(call: Callable[[], Any]) -> tuple[Any, int]:
    if sys.version_info < (3, 12):
        raise RuntimeError("sys.monitoring came with Python 3.12")
    monitoring = sys.monitoring
    tool = monitoring.PROFILER_ID
    steps = 0

    def step(code: CodeType, offset: int) -> None:  # noqa: ARG001
        nonlocal steps
        steps += 1

    monitoring.use_tool_id(tool, "steps")
    try:
        monitoring.register_callback(tool, monitoring.events.INSTRUCTION, step)
        monitoring.set_events(tool, monitoring.events.INSTRUCTION)
        result = call()
        if monitoring.get_events(tool) != monitoring.events.INSTRUCTION:
            steps = SWITCHED_OFF
    finally:
        monitoring.set_events(tool, monitoring.events.NO_EVENTS)
        monitoring.register_callback(tool, monitoring.events.INSTRUCTION, None)
        monitoring.free_tool_id(tool)
    return result, steps


def _count_by_tracing(call: Callable[[], Any]) -> tuple[Any, int]:
    steps = 0

    def step(frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG001
        nonlocal steps
        if event == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        elif event == "opcode":
            steps += 1
        return step

    sys.settrace(step)
    try:
        result = call()
        if sys.gettrace() is not step:
            steps = SWITCHED_OFF
    finally:
        sys.settrace(None)
    return result, steps
