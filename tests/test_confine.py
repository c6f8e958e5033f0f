"""The layers of the sandbox, one by one: what each forbids is possible without it, and not with it alone.

Every attempt is made in a process of its own, with real system calls.
"""

import errno
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.homework import ROOT
from autograder.judge.sandbox import Sandbox, SandboxError, required_layers
from autograder.worker.landlock import version
from autograder.worker.seccomp import CALLS
from tests.processes import PATIENCE

IS_ROOT = os.geteuid() == 0
NUMBERS = {call["call"]: call[platform.machine()] for call in CALLS}
FUTEX, TGKILL = NUMBERS["futex"], NUMBERS["tgkill"]
WORD = "ctypes.byref(ctypes.c_int(1))"
LANDLOCK = version()
ROOT_ONLY = pytest.mark.skipif(not IS_ROOT, reason="only root can become another user")

PREAMBLE = """
import sys, os
sys.path.insert(0, {root!r})
import ctypes, json, mmap, resource, select, signal, socket, subprocess, threading, time
from autograder.worker import confine
libc = ctypes.CDLL(None, use_errno=True)
channel, path, tcp, abstract, parent = {channel}, {path!r}, {tcp!r}, {abstract!r}, os.getppid()
allowed = confine.Confinement(channel, {user!r}, 1 << 30, 1)
for layer in {layers!r}:
    getattr(confine, layer)(allowed)
def attempt():
{attempt}
try:
    outcome = attempt()
except OSError as error:
    outcome = error.errno
except BaseException as error:
    outcome = type(error).__name__
os.write(channel, json.dumps(outcome).encode())
os._exit(0)
"""

WITHOUT = {
    "descriptors": (),
    "environment": (),
    "session": (),
    "resources": ("user",) if IS_ROOT else (),  # root may start as many processes as it likes
    "user": (),
    "privileges": (),
    "landlock": ("privileges",),
    "seccomp": ("privileges",),
}  # what is in force in both attempts, since the layer asks for it or shows only with it

FORBIDDEN = [
    ("descriptors", "return os.fstat(int(os.environ['INHERITED'])) is not None"),
    ("descriptors", "return os.read(0, 6) == b'answer'"),
    ("descriptors", "os.write(1, b'forged'); os._exit(0)"),
    ("environment", "return 'TOKEN' in os.environ"),
    ("environment", "return libc.getenv(b'TOKEN') != 0"),
    ("environment", "return os.getcwd() != '/'"),
    ("environment", "return os.umask(0) & 0o77 != 0o77"),
    ("session", "return os.getsid(0) != os.getpid()"),
    ("session", "return os.getpgrp() != os.getpid()"),
    ("session", "return int(open('/proc/self/oom_score_adj').read()) < 1000"),
    ("resources", "return len(bytes(2 << 30)) > 0"),
    ("resources", "while time.process_time() < 1.5: pass\nreturn True"),
    ("resources", "with open(path, 'w') as file: file.write('x')\nreturn True"),
    ("resources", "return [open('/dev/null') for _ in range(40)] != []"),
    ("resources", "return resource.getrlimit(resource.RLIMIT_CORE)[1] != 0"),
    ("resources", "return (os.fork() or os._exit(0)) > 0"),
    ("resources", "return threading.Thread(target=int).start() is None"),
    ("user", "return os.getuid() == 0"),
    ("user", "return os.getgid() == 0"),
    ("user", "return os.getgroups() != []"),
    ("user", "return os.setuid(0) is None"),
    ("user", "return open(path + '.private').read() == 'secret'"),
    ("user", "return open(f'/proc/{parent}/environ').read() != ''"),
    ("user", "return open(f'/proc/{parent}/mem').fileno() > 0"),
    ("user", "return os.kill(parent, 0) is None"),
    ("privileges", "return 'NoNewPrivs:\\t0' in open('/proc/self/status').read()"),
    ("landlock", "return open(path).read() == 'secret'"),
    ("landlock", "return open(path, 'w') is not None"),
    ("landlock", "return os.listdir(os.path.dirname(path)) != []"),
    ("landlock", "return os.listdir('/') != []"),
    ("landlock", "return open('/proc/self/environ').read() != ''"),
    ("landlock", "return os.mkdir(path + '2') is None"),
    ("landlock", "return os.symlink('/', path + '2') is None"),
    ("landlock", "return os.link(path, path + '2') is None"),
    ("landlock", "return os.mkfifo(path + '2') is None"),
    ("landlock", "return os.rename(path, path + '2') is None"),
    ("landlock", "return os.remove(path) is None"),
    ("landlock", "return subprocess.run(['/bin/true']).returncode == 0"),
    ("seccomp", "return (os.fork() or os._exit(0)) > 0"),
    ("seccomp", "return threading.Thread(target=int).start() is None"),
    ("seccomp", "return subprocess.run(['/bin/true']).returncode == 0"),
    ("seccomp", "os.execv('/bin/sh', ['sh', '-c', 'echo forged'])"),
    ("seccomp", "return open(path).read() == 'secret'"),
    ("seccomp", "return open(path, 'w') is not None"),
    ("seccomp", "return os.stat(path) is not None"),
    ("seccomp", "return os.access(path, os.R_OK)"),
    ("seccomp", "return os.readlink('/proc/self/exe') != ''"),
    ("seccomp", "return os.listdir('/') != []"),
    ("seccomp", "return os.mkdir(path + '2') is None"),
    ("seccomp", "return os.chdir('/tmp') is None"),
    ("seccomp", "return os.chmod(path, 0o600) is None"),
    ("seccomp", "return os.utime(path) is None"),
    ("seccomp", "return socket.socket() is not None"),
    ("seccomp", "return socket.socketpair() is not None"),
    ("seccomp", "return os.pipe() is not None"),
    ("seccomp", "return os.dup(0) > 0"),
    ("seccomp", "return os.memfd_create('kept') > 0"),
    ("seccomp", "return mmap.mmap(-1, 4096, prot=7) is not None"),
    ("seccomp", "return libc.mprotect(ctypes.c_void_p(id(libc) & -65536), 4096, 7) == 0"),
    ("seccomp", "return libc.personality(ctypes.c_ulong(0xFFFFFFFF)) != -1"),  # READ_IMPLIES_EXEC
    ("seccomp", f"return libc.syscall({FUTEX}, {WORD}, 1, 1) == 0"),  # FUTEX_WAKE
    ("seccomp", f"return libc.syscall({FUTEX}, {WORD}, 3, 1, 0, {WORD}) == 0"),  # FUTEX_REQUEUE
    ("seccomp", f"return libc.syscall({FUTEX}, {WORD}, 10, 1, 0, 0, -1) == 0"),  # FUTEX_WAKE_BITSET
    ("seccomp", f"libc.syscall({FUTEX}, {WORD}, 0, 0, None)\nreturn ctypes.get_errno() == 11"),
    ("seccomp", "return select.epoll() is not None"),
    ("seccomp", "return os.kill(parent, 0) is None"),
    ("seccomp", f"return libc.syscall({TGKILL}, parent, parent, 0) == 0"),
    ("seccomp", "return signal.pthread_kill(threading.get_ident(), 0) is None and os.kill(os.getpid(), 0) is None"),
    ("seccomp", "return os.setsid() is None"),
    ("seccomp", "return os.nice(1) >= 0"),
    ("seccomp", "return os.sched_setaffinity(0, os.sched_getaffinity(0)) is None"),
    ("seccomp", "return signal.setitimer(signal.ITIMER_REAL, 1000) is not None"),
    ("seccomp", "return resource.setrlimit(resource.RLIMIT_CORE, (0, 0)) is None"),
    ("seccomp", "return libc.prctl(1, 0, 0, 0, 0) == 0"),  # would outlive the zygote
    ("seccomp", "return libc.shmctl(libc.shmget(0, 4096, 0o600), 0, None) == 0"),  # what System V keeps outlives a process
    ("seccomp", "return libc.msgctl(libc.msgget(0, 0o600), 0, None) == 0"),
    ("seccomp", "return libc.semctl(libc.semget(0, 1, 0o600), 0, 0) == 0"),
]
SINCE = [
    (4, "return socket.create_connection(tuple(tcp)) is not None"),
    (6, "return socket.socket(socket.AF_UNIX).connect(abstract) is None"),
    (6, "return os.kill(parent, 0) is None"),
]  # what Landlock closes since a version


@pytest.fixture
def attempt() -> Iterator[Callable[..., object]]:
    """Attempt something under some layers; return its outcome: a value, an error number, a type, or None if it died."""
    folder = Path(tempfile.mkdtemp())  # not below pytest's own folder, which only its owner may enter
    folder.chmod(0o777)
    path = folder / "file"
    server = socket.create_server(("127.0.0.1", 0))
    named = socket.socket(socket.AF_UNIX)
    named.bind(f"\0{folder}")
    named.listen()

    def attempt(layers: tuple[str, ...], code: str) -> object:
        for file, mode in ((path, 0o666), (folder / "file.private", 0o600)):
            file.write_text("secret")
            file.chmod(mode)
        ours, theirs = socket.socketpair()
        script = PREAMBLE.format(
            root=str(ROOT),
            channel=theirs.fileno(),
            path=str(path),
            tcp=server.getsockname(),
            abstract=f"\0{folder}",
            user=60999 if IS_ROOT else None,
            layers=layers,
            attempt="\n".join("    " + line for line in code.split("\n")),
        )
        with ours:
            process = subprocess.Popen(
                [sys.executable, "-c", script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno(), server.fileno()],
                extra_groups=[4] if IS_ROOT else None,
                env={"TOKEN": "secret", "INHERITED": str(server.fileno())},
            )
            theirs.close()
            printed = process.communicate(b"answer", timeout=2 * PATIENCE)[0]
            said = ours.recv(1000)
        return json.loads(said) if said else True if printed else None

    with server, named:
        yield attempt
    shutil.rmtree(folder)


@pytest.mark.parametrize(("layer", "code"), FORBIDDEN)
def test_a_layer_forbids_on_its_own_what_is_possible_without_it(attempt, layer, code):
    """Whatever the others may do."""
    if (layer == "user" and not IS_ROOT) or (layer == "landlock" and LANDLOCK < 1):
        pytest.skip("this machine has no such layer")
    assert attempt(WITHOUT[layer], code) is True
    assert attempt((*WITHOUT[layer], layer), code) is not True


@pytest.mark.parametrize(("since", "code"), SINCE)
def test_later_versions_of_landlock_close_what_leads_to_other_processes(attempt, since, code):
    """TCP, abstract sockets, signals."""
    if since > LANDLOCK:
        pytest.skip("this kernel's Landlock is older")
    assert attempt(("privileges",), code) is True
    assert attempt(("privileges", "landlock"), code) is not True


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("open(path)", errno.ENOENT),
        ("open(path, 'a')", errno.EACCES),
        ("os.stat('/')", errno.ENOENT),
        ("os.fork()", errno.EAGAIN),
        ("socket.socket()", errno.EPERM),
        ("mmap.mmap(-1, 4096, prot=7)", errno.EPERM),
        (f"return libc.syscall({FUTEX}, {WORD}, 1, 1) and ctypes.get_errno()", errno.EINVAL),
        (f"return libc.syscall({FUTEX}, {WORD}, 128 + 1, 1)", 0),
    ],
)
def test_the_filter_answers_as_an_empty_and_busy_machine_would(attempt, code, number):
    """Code that copes with a missing file, or with no process to be had, copes here."""
    assert attempt(("privileges", "seccomp"), code) == number


def test_every_system_call_that_is_not_in_the_table_fails(attempt):
    """Also those that no kernel has yet, and those of the other calling convention."""
    known = [int(call[platform.machine()]) for call in CALLS if call[platform.machine()]]
    known += [335, 336]  # uretprobe and uprobe: the kernel keeps them for itself, and kills who calls them
    code = f"""
libc.prctl(1, 0, 0, 0, 0)
if ctypes.get_errno() != {errno.EPERM}: return "there is no filter"
passed = []
for number in [n for n in range(700) if n not in {known}] + [0x40000000 + 39]:
    ctypes.set_errno(0)
    if libc.syscall(number, 0, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != {errno.EPERM}: passed.append(number)
return passed"""
    assert attempt((*(("user",) if IS_ROOT else ()), "privileges", "seccomp"), code) == []


def test_no_memory_that_workers_inherit_holds_code_of_their_own(attempt):
    """libffi allocates pages that can be written and executed, or maps one file twice."""
    code = """
from autograder.worker.serve import prepare
anonymous = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
file = os.memfd_create("code")
os.ftruncate(file, 4096)
kept = [mmap.mmap(-1, 4096, anonymous, 7), mmap.mmap(-1, 4096, prot=7)]
kept += [mmap.mmap(file, 4096, prot=5)]
def code():
    rights = [line.split()[1] for line in open("/proc/self/maps")]
    return [r for r in rights if "x" in r and ("w" in r or "s" in r)]
before = len(code())
libc.personality(0x0400000)
prepare()
after = libc.personality(ctypes.c_ulong(0xFFFFFFFF))
return before >= 3 and code() == [] and not after & 0x0400000"""
    assert attempt((), code) is True


def test_a_worker_dies_with_its_zygote(attempt):
    """Whoever kills it."""
    code = """
def confined():
    read, write = os.pipe()
    worker = os.fork()
    if worker == 0:
        for layer in layers: getattr(confine, layer)(allowed)
        os.write(write, b"x")
        time.sleep(1000)
    os.read(read, 1)
    return worker
zygote_read, zygote_write = os.pipe()
zygote = os.fork()
if zygote == 0:
    os.write(zygote_write, str(confined()).encode())
    time.sleep(1000)
worker = int(os.read(zygote_read, 20))
os.kill(zygote, signal.SIGKILL)
os.waitpid(zygote, 0)
time.sleep(0.3)
try:
    return open(f"/proc/{worker}/stat").read().rpartition(")")[2].split()[0] in "ZX"
except FileNotFoundError:
    return True
finally:
    try: os.kill(worker, signal.SIGKILL)
    except ProcessLookupError: pass"""
    user = ("user",) if IS_ROOT else ()
    assert attempt((), f"layers = {user!r}\n{code}") is False
    assert attempt((), f"layers = {(*user, 'privileges')!r}\n{code}") is True


def test_a_worker_has_every_layer_that_this_machine_has(sandbox):
    """In force before a submission's first line, and none forgotten."""
    worker = sandbox.fork()
    missing = set(WITHOUT) - set(worker.layers)
    worker.end()
    assert missing == ({"user"} if not IS_ROOT else set()) | ({"landlock"} if LANDLOCK < 1 else set())


@pytest.mark.parametrize(("uid", "needed"), [(0, {"user"}), (1000, {"landlock", "seccomp"})])
def test_root_needs_another_user_and_others_need_the_kernels_filters(monkeypatch, uid, needed):
    """A worker of the grader's own user could read the grader's memory."""
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    assert needed <= required_layers()
    assert {"descriptors", "environment", "session", "resources", "privileges"} <= required_layers()


def test_a_sandbox_that_lacks_a_required_layer_grades_nothing():
    """It says which, and where to read on."""
    sandbox = Sandbox(required=frozenset(["moat"]))
    with pytest.raises(SandboxError, match=r"lacks what it must have here: moat\. `autograder doctor`"):
        sandbox.fork()
    sandbox.close()


@ROOT_ONLY
def test_a_root_that_cannot_change_users_grades_nothing():
    """As in a container without that capability."""
    script = f"""
import ctypes, sys
sys.path.insert(0, {str(ROOT)!r})
from autograder.judge.sandbox import Sandbox, SandboxError
libc = ctypes.CDLL(None)
for capability in (6, 7):  # CAP_SETGID, CAP_SETUID
    libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: gone at the next exec, which starts the zygote
try:
    Sandbox().fork()
except SandboxError as error:
    print(error)
"""
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "could not be confined: [Errno 1]" in printed
    assert "autograder doctor" in printed
