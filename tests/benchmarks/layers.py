"""What the layers of the sandbox cost: the time that each takes in a worker forked from a process with numpy loaded.

A submission has a worker for each question. Prints medians; `make bench` runs it.
"""

import json
import os
import socket
import statistics
import time

from autograder.homework import QUESTIONS
from autograder.worker.confine import LAYERS, Confinement
from autograder.worker.zygote import preload

ROUNDS = 60
BUDGET = 50.0  # milliseconds that all layers of all workers of a submission may take together


def measure() -> dict[str, float]:
    """Apply all layers in a forked process; return what each took, in milliseconds."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        user = 60999 if os.geteuid() == 0 else None
        allowed = Confinement(theirs.fileno(), user, 1 << 30, 60)
        taken = {}
        for layer in LAYERS:
            start = time.perf_counter_ns()
            layer(allowed)
            taken[layer.__name__] = (time.perf_counter_ns() - start) * 1e-6
        os.write(theirs.fileno(), json.dumps(taken).encode())
        os._exit(0)
    with ours, theirs:
        taken = json.loads(ours.recv(10_000))
    os.wait()
    return taken


def main() -> None:
    """Print the table."""
    preload()
    rounds = [measure() for _ in range(ROUNDS)]
    total = 0.0
    for layer in LAYERS:
        values = sorted(taken[layer.__name__] for taken in rounds)
        median = statistics.median(values)
        total += median
        print(f"{layer.__name__:12} {median:7.3f} ms   highest of {ROUNDS}: {values[-1]:7.3f} ms")
    everything = total * len(QUESTIONS)
    print(f"{'all':12} {total:7.3f} ms a worker, {everything:.1f} ms a submission of {len(QUESTIONS)} workers")
    print(f"{'within' if everything < BUDGET else 'ABOVE'} the budget of {BUDGET:g} ms")


if __name__ == "__main__":
    main()
