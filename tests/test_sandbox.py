"""The sandbox: what a worker may do, how it is watched, and how it ends.

Each claim about a guard is tested by trying what the guard forbids, in a real worker.
"""

import importlib
import os
import pkgutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from autograder.homework import ROOT
from autograder.judge import worker as judges_worker
from autograder.judge.sandbox import FIRST_USER, Sandbox
from autograder.judge.worker import TookTooLong, WorkerDied
from autograder.orders import ANSWER, END, FORK, ORDER
from autograder.wire import LENGTHS
from public_checks.reading import absent_imports, grader_has
from tests.frames import CHANNEL
from tests.processes import descendants, until

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

UNSEEN = ("FileNotFoundError", "PermissionError")


def call(worker, function, *arguments, cpu=2.0, **options):
    reply = worker.ask({"function": function, "calls": [{"arguments": list(arguments), **options}]}, cpu)
    return reply.value["results"][0] if "results" in reply.value else reply.value["raised"]


def test_a_worker_answers_with_what_the_function_returns(start):
    """Arrays and numbers, in the student's own order."""
    worker = start("def f(a, b): return a + b, b")
    total, b = call(worker, "f", np.arange(3.0), 2.0)
    assert total.tolist() == [2, 3, 4]
    assert b == 2.0


def test_arguments_come_back_as_the_call_left_them(start):
    """That is how a changed argument shows."""
    worker = start("def f(a): a[0] = 7")
    reply = worker.ask({"function": "f", "calls": [{"arguments": [np.zeros(2)], "returned": True}]}, 2.0)
    assert reply.value["arguments"][0][0].tolist() == [7, 0]


def test_an_exception_is_described_by_type_message_and_own_line(start):
    """The line is the last one in the student's file, also where numpy raised."""
    worker = start("import numpy as np\ndef f():\n    return np.linalg.inv(np.zeros((2, 3)))\n")
    raised = call(worker, "f")
    assert raised["type"] == "LinAlgError"
    assert (raised["file"], raised["line"]) == ("softmax.py", 3)


@pytest.mark.parametrize(
    ("expression", "base"),
    [
        ("np.array(['a']) * 2.0", "TypeError"),
        ("np.add(1, 0.5, out=np.zeros(1, int))", "TypeError"),
        ("np.ones((1 << 20, 1 << 20))", "MemoryError"),
        ("np.sum(np.ones(2), axis=5)", "ValueError"),
        ("np.linalg.inv(np.zeros((2, 2)))", "ValueError"),
        ("fail(Own)", "LookupError"),
        ("fail(OSError)", "OSError"),
        ("fail(BaseException)", "BaseException"),
        ("fail(Hidden)", "KeyError"),
    ],
)
def test_an_exception_comes_with_the_built_in_one_that_it_derives_from(start, expression, base):
    """Numpy's own are private, and the name of a student's could be a message."""
    worker = start(
        f"""
        import numpy as np
        class Own(LookupError): pass
        class Odd(type): __mro__ = property(lambda kind: 1 / 0)
        class Hidden(KeyError, metaclass=Odd): pass
        def fail(kind): raise kind
        def f(): return {expression}
        """
    )
    assert call(worker, "f")["base"] == base


@pytest.mark.parametrize("error", ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "MemoryError", "RecursionError"])
def test_no_exception_takes_a_worker_down(start, error):
    """Whatever it derives from."""
    worker = start(f"def f(): raise {error}\ndef g(): return 1")
    assert call(worker, "f")["type"] == error
    assert call(worker, "g") == 1


def test_an_endless_loop_ends_at_its_cpu_limit(start):
    """By the kernel's clock."""
    worker = start("def f():\n    while True: pass")
    with pytest.raises(TookTooLong, match=r"within 0\.3 s of computing"):
        call(worker, "f", cpu=0.3)


def test_a_sleeper_is_woken_by_no_clock_but_ends(start, monkeypatch):
    """It uses no CPU time, so the wall clock has to end it."""
    monkeypatch.setattr(judges_worker, "STALL", 0.3)
    worker = start("import time\ndef f(): time.sleep(1000)")
    with pytest.raises(TookTooLong, match="slept"):
        call(worker, "f")


def test_nobody_slept_while_the_grader_stood_still(start, monkeypatch):
    """After Ctrl-Z and `fg`, or where a machine is paused, a right answer would be called asleep."""
    monkeypatch.setattr(judges_worker, "STALL", 1.0)
    monkeypatch.setattr(judges_worker, "BLINK", 0.1)
    worker = start("import time\ndef f():\n    time.sleep(0.6)\n    return 1")
    stopped = f"{os.getpid()} {worker.process}"
    pause = f"sleep 0.2; kill -STOP {stopped}; sleep 3; kill -CONT {stopped}"
    with subprocess.Popen(["sh", "-c", pause], start_new_session=True):
        assert call(worker, "f") == 1


def test_an_answer_that_trickles_in_ends_too(start, monkeypatch):
    """One byte at a time keeps no judge waiting."""
    monkeypatch.setattr(judges_worker, "STALL", 0.3)
    worker = start(
        CHANNEL + "import time\ndef f():\n    while True:\n        os.write(CHANNEL, bytes(1))\n        time.sleep(0.1)\n"
    )
    with pytest.raises(WorkerDied):
        call(worker, "f")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("os._exit(0)", "ended before it answered"),
        ("signal.raise_signal(9)", "ended before it answered"),
        ("signal.raise_signal(11)", "SIGSEGV"),
        ("ctypes.string_at(0)", "SIGSEGV"),
        ("os.abort()", "SIGABRT"),
    ],
)
def test_a_worker_that_goes_says_how(start, how, words):
    """A crash has a signal, leaving has none."""
    worker = start(f"import ctypes, os, signal\ndef f(): {how}")
    with pytest.raises(WorkerDied, match=words):
        call(worker, "f")


def test_an_answer_before_the_question_ends_the_worker(start):
    """A forged frame waits in the channel when the judge comes to ask."""
    frame = LENGTHS.pack(4, 0) + b"null"
    worker = start(CHANNEL + f"def f():\n    return 1\ndef g():\n    os.write(CHANNEL, {frame!r} * 2)\n    return 1\n")
    worker.ask(
        {"function": "g", "calls": [{"arguments": []}]}, 2.0
    )  # reads the first forged frame as the answer: a claim as any other
    with pytest.raises(WorkerDied, match="not for answers to use"):
        call(worker, "f")


@pytest.mark.parametrize("frame", [LENGTHS.pack(2**60, 0), LENGTHS.pack(0, 2**60), LENGTHS.pack(3, 0) + b"{x}", b"\xff" * 64])
def test_a_frame_that_claims_too_much_or_makes_no_sense_ends_the_worker(start, frame):
    """No memory is set aside for a claim."""
    worker = start(CHANNEL + f"def f():\n    os.write(CHANNEL, {frame!r})\n    os._exit(0)")
    with pytest.raises(WorkerDied):
        call(worker, "f")


def test_a_worker_sees_no_environment_and_no_descriptor_but_its_channel(start):
    """Tokens lie in the one, results in the other."""
    worker = start(CHANNEL + "def f(): return len(os.environ), [d for d in range(100) if is_open(d)]\n")
    variables, descriptors = call(worker, "f")
    assert variables == 0
    assert len(descriptors) == 4


def test_a_worker_reads_nothing_from_standard_input_and_prints_nowhere(start):
    """Endless printing fills no disk and no pipe."""
    worker = start("import sys, os\ndef f():\n    for _ in range(1000): os.write(1, b'x' * 10000)\n    return sys.stdin.read()")
    assert isinstance(call(worker, "f"), str)


@pytest.mark.parametrize("how", ["os.fork()", "threading.Thread(target=int).start()", "subprocess.run(['true'])"])
def test_a_worker_starts_no_process_and_no_thread(start, how):
    """So there is none to outlive it, and its CPU clock misses nothing."""
    worker = start(f"import os, subprocess, threading\ndef f(): return {how}")
    assert call(worker, "f")["type"] in ("BlockingIOError", "RuntimeError", "PermissionError")


def test_a_worker_writes_no_file(start, tmp_path):
    """Not a byte, wherever it may write."""
    tmp_path.chmod(0o777)
    worker = start("def f(path):\n    with open(path, 'w') as file:\n        file.write('x' * 100)\ndef g(): return 1")
    target = tmp_path / "file"
    assert call(worker, "f", str(target))["type"] == "PermissionError"
    assert not target.exists()


@pytest.mark.parametrize("protection", [4, 5, 7])
def test_a_worker_runs_no_machine_code_of_its_own(start, protection):
    """It would loop as fast as the reference. The answer gets an ordinary error."""
    worker = start(f"import mmap\ndef f(): return len(mmap.mmap(-1, 4096, prot={protection}))")
    assert call(worker, "f")["type"] == "PermissionError"


def test_a_worker_inherits_no_memory_for_machine_code(sandbox, start):
    """None of the zygote's is both writable and executable."""
    start("")
    maps = Path(f"/proc/{sandbox._zygote.pid}/maps").read_text()
    rights = [line.split()[1] for line in maps.splitlines()]
    assert rights
    assert [right for right in rights if "x" in right and ("w" in right or "s" in right)] == []


def test_a_worker_calls_c_functions_by_ctypes(start):
    """Only pages of code are refused."""
    worker = start(
        """
        import ctypes
        libc = ctypes.CDLL(None)
        def f(): return libc.abs(-3)
        """
    )
    assert call(worker, "f") == 3


@pytest.mark.parametrize(
    "wait",
    [
        "lock.acquire(timeout=0.01)",
        "threading.Event().wait(0.01)",
        "threading.Semaphore(0).acquire(timeout=0.01)",
        "threading.Barrier(2).wait(0.01)",
        "queue.Queue().get(timeout=0.01)",
    ],
)
def test_a_worker_waits_for_its_own_locks(start, wait):
    """Their futexes are private."""
    worker = start(
        f"""
        import queue, threading, time
        lock = threading.Lock()
        lock.acquire()
        def f():
            started = time.monotonic()
            try:
                {wait}
            except (queue.Empty, threading.BrokenBarrierError):
                pass
            return time.monotonic() - started
        """
    )
    assert 0.01 <= call(worker, "f") < 1


def test_a_worker_gets_no_more_memory_than_allowed(start):
    """A bomb raises MemoryError in its own process."""
    worker = start("import numpy as np\ndef f(): return np.ones((40000, 40000))")
    assert "Memory" in call(worker, "f")["type"]


@pytest.mark.parametrize("path", [ROOT / "solutions" / "softmax.py", ROOT, "/etc/passwd", "/proc/self/environ", "/tmp"])
def test_a_worker_opens_no_file_and_lists_no_folder(start, path):
    """Neither the reference, nor what another worker may have left."""
    worker = start("import os\ndef f(path): return open(path).read()\ndef g(path): return str(os.listdir(path))")
    assert call(worker, "f", str(path))["type"] in UNSEEN
    assert call(worker, "g", str(path))["type"] in UNSEEN


@pytest.mark.parametrize("how", ["os.mkdir(path)", "os.symlink('/', path)", "os.mkfifo(path)", "open(path, 'w')"])
def test_a_worker_changes_no_folder(start, tmp_path, how):
    """Not even a name."""
    tmp_path.chmod(0o777)
    worker = start(f"import os\ndef f(path): return {how}")
    assert call(worker, "f", str(tmp_path / "x"))["type"] in ("PermissionError", "FileNotFoundError")
    assert not list(tmp_path.iterdir())


@ROOT_ONLY
def test_a_worker_of_roots_is_somebody_else(start):
    """It cannot read what root alone may read, nor get root back."""
    worker = start("import os\ndef f(): return os.getuid(), os.getgid()\ndef g(): os.setuid(0)")
    user, group = call(worker, "f")
    assert user >= FIRST_USER
    assert group == user
    assert call(worker, "g")["type"] == "PermissionError"


def test_killing_everything_kills_nothing_of_the_graders(sandbox, start):
    """Neither the zygote nor the reference's worker beside it."""
    reference = sandbox.fork(trusted=True)
    worker = start("import os\ndef f(): os.kill(-1, 9)")
    call(worker, "f")  # on Linux this spares the caller, and there is no one else
    reply = reference.ask({"sources": {"softmax": "def f(): return 1"}, "module": "softmax", "functions": ["f"]}, 2.0)
    assert reply.value == {"functions": ["f"]}
    reference.end()


def test_what_a_worker_left_behind_is_swept_up(tmp_path):
    """Also a process that forked twice and left the session: a real zygote ends it, though no cap stood in its way."""
    left = tmp_path / "left"
    script = f"""
import os, sys, time
sys.path.insert(0, {str(ROOT)!r})
from autograder.worker import serve, zygote
def escape(confinement):
    for _ in range(2):
        if os.fork():
            os._exit(0)
        os.setsid()
    with open({str(left)!r} + ".draft", "w") as file:
        file.write(str(os.getpid()))
    os.rename({str(left)!r} + ".draft", {str(left)!r})
    time.sleep(1000)
serve.serve, zygote.preload = escape, lambda: None
zygote.main()
"""
    judge, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with judge, theirs, Path(os.devnull).open() as channel:
        zygote = subprocess.Popen([sys.executable, "-c", script], stdin=theirs.fileno())
        theirs.close()
        socket.send_fds(judge, [ORDER.pack(FORK, 0, -1, 0, 0)], [channel.fileno()])
        worker = ANSWER.unpack(judge.recv(ANSWER.size))[0]
        until(left.exists)
        judge.send(ORDER.pack(END, worker, 0, 0, 0))
        judge.recv(ANSWER.size)
        # The sweep comes after the answer, and before the next order is taken.
        until(lambda: not Path(f"/proc/{left.read_text()}").exists())
        assert zygote.poll() is None
        judge.close()
        zygote.wait(60)


def test_ending_a_sandbox_leaves_no_process():
    """Nor does anything of a worker's remain."""
    box = Sandbox()
    worker = box.fork()
    zygote = box._zygote.pid
    assert worker.process in descendants(zygote)
    box.close()
    assert not Path(f"/proc/{zygote}").exists()
    time.sleep(0.05)
    assert not Path(f"/proc/{worker.process}").exists()


def test_two_sandboxes_have_users_of_their_own():
    """Else one submission could kill another that is judged beside it."""
    first, second = Sandbox(), Sandbox()
    assert first._slot != second._slot
    first.close()
    second.close()


BUSY = """
import time
def f():
    time.sleep(0.2)
def g():
    start = time.process_time()
    while time.process_time() - start < 0.2: pass
"""


def test_cpu_time_is_read_from_the_kernel_and_counts_no_waiting(start):
    """Sleeping costs nothing, computing what it costs."""
    worker = start(BUSY)
    sleeping = worker.ask({"function": "f", "calls": [{"arguments": []}]}, 2.0).cpu
    computing = worker.ask({"function": "g", "calls": [{"arguments": []}]}, 2.0).cpu
    assert sleeping < computing / 4


def test_memory_is_read_from_the_kernel(start):
    """An array of 80 MB shows as such, though it is gone when the answer comes."""
    worker = start("import numpy as np\ndef f(): return float(np.ones(10_000_000).sum())")
    peak = worker.ask({"function": "f", "calls": [{"arguments": []}]}, 2.0, weighed=True).peak
    assert 70e6 < peak < 100e6


def test_modules_that_are_not_there_say_so(sandbox):
    """Only numpy and the standard library can be imported, whatever the grader has installed."""
    worker = sandbox.fork()
    order = {"sources": {"softmax": "import pytest"}, "module": "softmax", "functions": []}
    raised = worker.ask(order, 2.0).value["raised"]
    assert (raised["type"], raised["message"]) == ("ModuleNotFoundError", "No module named 'pytest'")
    worker.end()


def modules_of_numpy(name="numpy", path=np.__path__):
    """Names of numpy's modules, packages and modules in them; none is imported."""
    yield name
    for _, part, is_package in pkgutil.iter_modules(path):
        if is_package:
            yield from modules_of_numpy(f"{name}.{part}", [f"{folder}/{part}" for folder in path])
        else:
            yield f"{name}.{part}"


def test_a_worker_has_those_modules_of_numpy_that_students_are_told_of(start):
    """Editors add imports by themselves, and one that fails costs all points of its file."""
    worker = start(
        """
        import importlib
        def f(names):
            missing = []
            for name in names:
                try:
                    importlib.import_module(name)
                except ImportError:
                    missing.append(name)
            return missing
        """
    )
    names = [name for name in modules_of_numpy() if "tests" not in name.split(".")]
    missing = set(call(worker, "f", names, cpu=10.0))
    refused = {name for name in names if not grader_has(name)}
    assert refused <= missing
    for name in missing - refused:  # numpy's build leaves one behind that nobody can import
        with pytest.raises(ImportError):
            importlib.import_module(name)
    assert len(names) > 150


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("from numpy.core.fromnumeric import argmax", "numpy.core.fromnumeric"),
        ("from numpy.core.numeric import indices", "numpy.core.numeric"),
        ("from numpy.lib.function_base import average", "numpy.lib.function_base"),
        ("from numpy.lib.shape_base import tile", "numpy.lib.shape_base"),
        ("from numpy.lib.stride_tricks import sliding_window_view", "numpy.lib.stride_tricks"),
        ("from numpy.linalg.linalg import norm", "numpy.linalg.linalg"),
        ("from numpy.ma.extras import average", "numpy.ma.extras"),
        ("from numpy.random.mtrand import rand", "numpy.random.mtrand"),
        ("from numpy.testing import assert_allclose", "numpy.testing"),
        ("from numpy.typing import NDArray", "numpy.typing"),
    ],
)
def test_an_import_that_an_editor_added_is_taken_or_refused_alike_everywhere(sandbox, line, module):
    """By the worker, by hand_in.py, and by the student's own Python, which have the same numpy."""
    own = subprocess.run([sys.executable, "-c", line], capture_output=True, check=False).returncode
    worker = sandbox.fork()
    order = {"sources": {"softmax": line}, "module": "softmax", "functions": []}
    answer = worker.ask(order, 5.0).value
    worker.end()
    assert ("raised" in answer) == (module in absent_imports(line.encode())) == (own != 0)


def test_the_whole_standard_library_is_there_though_no_file_can_be_read(start):
    """Submodules too; a dropped user may be unable to read the interpreter's own folder."""
    start("from numpy import *\nimport numpy.matlib\nfrom datetime import datetime\ndatetime.strptime('2026', '%Y')")
    start("import xml.dom.minidom, concurrent.futures, encodings.gbk, json.decoder, sqlite3.dbapi2, numpy.ma, numpy.random")
