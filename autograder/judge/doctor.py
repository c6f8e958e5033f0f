"""What of the sandbox and of the meters works on this machine: tried out in a real worker, not looked up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.judge.sandbox import Sandbox, SandboxError, required_layers
from autograder.judge.worker import Worker, WorkerDied

CPU_LIMIT = 5.0  # seconds; every attempt takes milliseconds
BURNT = 0.2  # seconds of CPU time that the worker burns by its own clock
FILLED = 80_000_000  # bytes that the worker fills
AGREEMENT = 0.3  # relative; the two clocks differ by what the call itself costs, and by what a busy machine steals

LAYERS = {
    "descriptors": "all files and sockets of the grader are closed; printing goes nowhere",
    "environment": "no environment variable, where tokens lie, is left",
    "session": "no signal to the grader's group arrives, and the worker is the first to go when memory runs out",
    "resources": "memory, CPU time, files, processes and threads are capped",
    "user": "each worker runs as a user who owns nothing",
    "privileges": "no program gives it privileges, and it dies with the grader",
    "landlock": "no file or folder can be opened",
    "seccomp": "only those system calls pass that computing needs",
}
ADVICE = {
    "user": "grade as root, in a container best: `sudo`, or Docker's default user",
    "landlock": "Linux 5.13 or later, with `landlock` in /sys/kernel/security/lsm",
    "seccomp": "a kernel with CONFIG_SECCOMP_FILTER, on x86-64 or 64-bit ARM",
}

PROBE = """
import os, socket, time
import numpy as np
def opens_a_file(): return open("/etc/passwd") is not None
def writes_a_file(): return open("/tmp/autograder-doctor", "w") is not None
def starts_a_process(): return (os.fork() or os._exit(0)) > 0
def opens_a_socket(): return socket.socket() is not None
def signals_the_grader(): return os.kill(os.getppid(), 0) is None
def sees_the_environment(): return bool(os.environ)
def takes_all_memory(): return np.ones(1 << 31) is not None
def is_root_again(): return os.setuid(0) is None
def burn(seconds):
    start = time.process_time()
    while time.process_time() - start < seconds: pass
def fill(count): return float(np.ones(count).sum())
def loop(x):
    total = 0.0
    for value in x: total += value
    return total
def vector(x): return x.sum()
"""
ATTEMPTS = (
    "opens_a_file",
    "writes_a_file",
    "starts_a_process",
    "opens_a_socket",
    "signals_the_grader",
    "sees_the_environment",
    "takes_all_memory",
    "is_root_again",
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    kind : str
        ``layer``, ``attempt`` or ``meter``.
    name : str
        What it is.
    good : bool
        Whether the layer is in force, the attempt failed, the meter works.
    words : str
        What that means, and what to do where it is not good.
    needed : bool
        Whether nothing is graded without it.
    """

    kind: str
    name: str
    good: bool
    words: str
    needed: bool


def examine() -> list[Finding]:
    """Try everything out.

    Returns
    -------
    findings : list of Finding
        Layers, attempts and meters, in this order; one finding alone where no worker can be started.
    """
    try:
        sandbox = Sandbox(required=frozenset())
    except SandboxError as error:
        return [Finding("layer", "sandbox", False, str(error), True)]
    try:
        return _examine(sandbox)
    finally:
        sandbox.close()


def _examine(sandbox: Sandbox) -> list[Finding]:
    try:
        worker = sandbox.fork()
    except SandboxError as error:
        return [Finding("layer", "sandbox", False, str(error), True)]
    try:
        worker.ask({"sources": {"probe": PROBE}, "module": "probe", "functions": []}, CPU_LIMIT)
        layers = [_layer(name, worker.layers) for name in LAYERS]
        return [*layers, *(_attempt(worker, name) for name in ATTEMPTS), *(_meter(worker, name) for name in METERS)]
    except WorkerDied as death:
        return [Finding("layer", "sandbox", False, f"a worker died on its own: {death}", True)]
    finally:
        worker.end()


def _layer(name: str, in_force: list[str]) -> Finding:
    needed = name in required_layers()
    if name in in_force:
        return Finding("layer", name, True, LAYERS[name], needed)
    advice = ADVICE.get(name, "this kernel refuses it")
    return Finding("layer", name, False, f"{LAYERS[name]}: not here. It takes {advice}", needed)


def _attempt(worker: Worker, name: str) -> Finding:
    outcome = _call(worker, name)
    failed = outcome is not True
    words = "a submission cannot" if failed else "a submission can, here: grade only whom you trust, or mend the layers above"
    return Finding("attempt", name.replace("_", " "), failed, words, False)


def _call(worker: Worker, name: str, *arguments: Any, **options: Any) -> Any:
    """Result of a function of the probe; the exception's type where it raised."""
    answer = worker.ask({"function": name, "calls": [{"arguments": list(arguments), **options}]}, CPU_LIMIT).value
    return answer["results"][0] if "results" in answer else answer["raised"]["type"]


def _steps(worker: Worker) -> tuple[bool, str]:
    def count(function: str, size: int) -> int:
        call = {"arguments": [np.ones(size)], "counted": True}
        return int(worker.ask({"function": function, "calls": [call]}, CPU_LIMIT).value["steps"][0])

    loop, vector = (count(name, 20) - count(name, 10) for name in ("loop", "vector"))
    return (
        loop >= 10 and vector == 0,
        f"10 more passes of a loop take {loop} more, 10 more entries of a sum {vector}",
    )


def _cpu(worker: Worker) -> tuple[bool, str]:
    request = {"function": "burn", "calls": [{"arguments": [BURNT]}]}
    read = worker.ask(request, CPU_LIMIT).cpu
    return abs(read - BURNT) < AGREEMENT * BURNT, f"{BURNT:g} s by the worker's own clock are {read:.3f} s by the kernel's"


def _memory(worker: Worker) -> tuple[bool, str]:
    request = {"function": "fill", "calls": [{"arguments": [FILLED // 8]}]}
    try:
        peak = worker.ask(request, CPU_LIMIT, weighed=True).peak
    except OSError as error:
        return False, f"the worker's memory cannot be read: {error}"
    return abs(peak - FILLED) < AGREEMENT * FILLED, f"an array of {FILLED / 1e6:.0f} MB shows as {peak / 1e6:.0f} MB"


METERS: dict[str, Callable[[Worker], tuple[bool, str]]] = {
    "interpreter steps": _steps,
    "CPU time": _cpu,
    "memory": _memory,
}


def _meter(worker: Worker, name: str) -> Finding:
    good, words = METERS[name](worker)
    return Finding("meter", name, good, words, True)
