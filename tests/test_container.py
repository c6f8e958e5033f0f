"""The container that the sandbox's tests run in (tests/confined.sh): what it denies, allows, limits and leaves.

Each claim is tested by trying it inside. These tests need root and runc, so `make test` leaves them to `make test-confined`.
"""

import json
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.container import run as module
from tests.container.run import Bind, Container, ContainerError, configuration, parse, project, run

pytestmark = pytest.mark.container

NOBODY = 65534
PROFILE = json.loads((Path(module.__file__).parent / "seccomp.json").read_text())
SECCOMP = {"x86_64": 317, "aarch64": 277}[platform.machine()]  # the system call's number
PRELUDE = """
import ctypes, errno, os, struct
from pathlib import Path
libc = ctypes.CDLL(None, use_errno=True)
def outcome(result): return errno.errorcode[ctypes.get_errno()] if result == -1 else result
"""


def python(source: str, **options) -> str:
    """Run a program in a container, with the interpreter that runs these tests, and return what it prints."""
    container = Container((sys.executable, "-c", PRELUDE + source), **{"binds": project(), **options})
    completed = run(container, capture=True)
    assert completed.returncode == 0, completed.stderr
    return completed.stdout.strip()


@pytest.mark.parametrize(("user", "count"), [(0, 14), (NOBODY, 0)])
def test_root_has_14_capabilities_and_another_user_none(user, count):
    """Held, in force, and ever to be had."""
    status = python("print(Path('/proc/self/status').read_text())", user=user)
    fields = dict(line.split(":", 1) for line in status.splitlines())
    assert [int(fields[kind], 16).bit_count() for kind in ("CapPrm", "CapEff", "CapBnd")] == [count] * 3
    assert set(fields["Uid"].split()) == set(fields["Gid"].split()) == {str(user)}


@pytest.mark.parametrize(
    "call",
    [
        "libc.unshare(0x10000000)",  # a user namespace, which needs no capability: it is the filter that denies it
        "libc.unshare(0x20000)",
        "libc.setns(os.open('/proc/self/ns/mnt', 0), 0)",
        "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        "libc.umount2(b'/tmp', 0)",
        "libc.syscall(ctypes.c_long(425), 8, ctypes.create_string_buffer(120))",  # io_uring_setup
    ],
)
def test_root_gets_no_namespace_and_no_mount(call):
    """As in Docker."""
    assert python(f"print(outcome({call}))") == "EPERM"


def test_what_a_sandbox_builds_on_passes_the_filter():
    """Landlock as the host has it, and a further filter of system calls."""
    ask = "libc.syscall(ctypes.c_long(444), None, ctypes.c_size_t(0), 1)"
    here = subprocess.run([sys.executable, "-c", f"{PRELUDE}print(outcome({ask}))"], capture_output=True, text=True, check=True)
    assert python(f"print(outcome({ask}))") == here.stdout.strip()
    filtering = f"""
libc.prctl(38, 1, 0, 0, 0)
allow = ctypes.create_string_buffer(struct.pack("<HBBI", 6, 0, 0, 0x7fff0000))
program = struct.pack("@HP", 1, ctypes.addressof(allow))
print(outcome(libc.syscall(ctypes.c_long({SECCOMP}), 1, 0, program)))
"""
    assert python(filtering) == "0"


def test_without_the_filter_system_calls_are_those_of_the_host():
    """That is how a user without privileges runs on a bare machine."""
    assert python("print(outcome(libc.unshare(0x10000000)))", user=NOBODY, filtered=False) != "EPERM"
    assert "Seccomp:\t0" in python("print(Path('/proc/self/status').read_text())", user=NOBODY, filtered=False)


@pytest.mark.parametrize(("limit", "code"), [(150_000_000, 137), (450_000_000, 0)])
def test_memory_over_the_limit_ends_the_command(limit, code):
    """The kernel kills; the same command passes where the limit is higher."""
    command = (sys.executable, "-c", "len(bytearray(b'x') * 300_000_000)")
    assert run(Container(command, binds=project(), memory=limit), capture=True).returncode == code


def test_swap_does_not_extend_the_memory():
    """Version 1 of control groups counts memory and swap together, version 2 swap alone."""
    show = "cd /sys/fs/cgroup; cat memory.swap.max 2>/dev/null || cat memory/memory.memsw.limit_in_bytes"
    limit = 25_000 * os.sysconf("SC_PAGE_SIZE")
    assert run(Container(("sh", "-c", show), memory=limit), capture=True).stdout.strip() in ("0", str(limit))


def test_cpu_over_the_share_is_throttled():
    """By the kernel's own count, which stays at 0 without a limit. The share is less than any busy machine gives."""
    busy = """
import time
while time.process_time() < 0.05: pass
own = Path("/sys/fs/cgroup")
stat = own / "cpu.stat" if (own / "cpu.stat").exists() else own / "cpu" / "cpu.stat"  # version 2 or 1 of control groups
print(dict(line.split() for line in stat.read_text().splitlines())["nr_throttled"])
"""
    assert int(python(busy, cpus=0.02)) > 0
    assert int(python(busy, cpus=None)) == 0


@pytest.mark.parametrize("code", [0, 1, 7, 255])
def test_the_exit_code_and_the_output_come_through(code):
    """Both streams, each by itself."""
    completed = run(Container(("sh", "-c", f"echo out; echo err >&2; exit {code}")), capture=True)
    assert (completed.returncode, completed.stdout, completed.stderr) == (code, "out\n", "err\n")


@pytest.mark.parametrize("user", [0, NOBODY])
def test_the_interpreter_of_these_tests_works_inside(user):
    """Wherever it lies, also below a folder that others cannot enter on the host, and whatever the host's umask."""
    umask = os.umask(0o077)
    try:
        assert python("import numpy, sys; print(sys.prefix)", user=user) == sys.prefix
    finally:
        os.umask(umask)


@pytest.mark.parametrize(
    "path", ["/usr/x", "/etc/x", str(module.ROOT / "x"), str(Path(sys.prefix) / "x"), "/proc/sys/kernel/hostname"]
)
def test_root_can_write_neither_the_hosts_files_nor_the_project(path):
    """Read-only, whoever asks."""
    assert python(f"try: open({path!r}, 'w')\nexcept OSError as error: print(error.strerror)") == "Read-only file system"


@pytest.mark.parametrize("path", ["/proc/interrupts", "/proc/timer_list", "/sys/firmware"])
def test_what_tells_of_the_host_is_masked(path):
    """Empty, also for root."""
    show = f"print(os.listdir({path!r}) if os.path.isdir({path!r}) else list(open({path!r}, 'rb').read(1)))"
    assert python(show) == "[]"


@pytest.mark.parametrize("user", [0, NOBODY])
def test_tmp_is_fresh_and_for_everyone(user):
    """Nothing of the host's shows there but what is bound."""
    assert run(Container(("sh", "-c", "touch /tmp/x && ls /tmp"), user=user), capture=True).stdout == "x\n"


def test_what_is_written_to_a_writable_bind_is_there_afterwards(tmp_path):
    """And to no other; a tmpfs takes what is not to be kept."""
    (tmp_path / "results").mkdir()
    binds = (Bind(tmp_path, "/autograder/in"), Bind(tmp_path / "results", "/autograder/results", writable=True))
    script = "echo kept > /autograder/results/a && echo lost > /autograder/b && echo never > /autograder/in/c"
    completed = run(Container(("sh", "-c", script), binds=binds, tmpfs=("/autograder",)), capture=True)
    assert completed.returncode != 0
    assert "/autograder/in/c: Read-only" in completed.stderr
    assert [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*"))] == ["results", "results/a"]
    assert (tmp_path / "results" / "a").read_text() == "kept\n"


def test_there_is_no_network_unless_it_is_asked_for():
    """Its own has the loopback alone."""
    ask = "print(os.readlink('/proc/self/ns/net'), os.listdir('/sys/class/net'))"
    here = str(Path("/proc/self/ns/net").readlink())
    own, interfaces = python(ask).split(maxsplit=1)
    assert own != here
    assert interfaces == "['lo']"
    assert python(ask, network=True).split()[0] == here


def test_the_environment_holds_what_is_given_and_no_more(monkeypatch):
    """Tokens lie in the host's."""
    monkeypatch.setenv("TOKEN", "secret")
    found = run(Container(("env",), env={"A": "b=c"}), capture=True).stdout.splitlines()
    assert sorted(found) == ["A=b=c", "HOME=/root", f"PATH={module.PATH}"]


def test_with_the_network_come_pips_settings(monkeypatch, tmp_path):
    """Variables, and the folders that they name."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    container = parse(["--network", "--", "true"])
    assert container.env["PIP_FIND_LINKS"] == str(tmp_path)
    assert Bind(tmp_path, str(tmp_path)) in container.binds
    assert "PIP_FIND_LINKS" not in parse(["--", "true"]).env


@pytest.mark.parametrize("moment", ["bundles/*/rootfs/root", "bundles/*/rootfs/usr", "shared/running"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_nothing_remains_of_a_container_that_is_interrupted(tmp_path, moment, number, code):
    """Before runc starts, while it mounts, and while the command runs and ignores all signals; each comes twice."""
    bundles, shared = tmp_path / "bundles", tmp_path / "shared"
    bundles.mkdir()
    shared.mkdir()
    script = "trap '' INT TERM HUP; touch /shared/running; sleep 1000 & wait"
    arguments = ["--bind", f"{shared}:/shared:rw", "--", "sh", "-c", script]
    env = {**os.environ, "TMPDIR": str(bundles)}
    with subprocess.Popen([sys.executable, module.__file__, *arguments], env=env, stderr=subprocess.DEVNULL) as process:
        while not list(tmp_path.glob(moment)):
            assert process.poll() is None, "it ended by itself"
            time.sleep(0.001)
        name = next(bundles.iterdir()).name
        process.send_signal(number)
        process.send_signal(number)
        assert process.wait(timeout=60) == code
    assert not list(bundles.iterdir())
    assert name not in subprocess.run(["runc", "list", "-q"], capture_output=True, text=True, check=True).stdout
    assert not list(Path("/sys/fs/cgroup").rglob(name))
    assert not [process for process in Path("/proc").glob("[0-9]*") if runs_in(process, name)]


def runs_in(process: Path, container: str) -> bool:
    """Whether a process lives in a container; a dead one that waits to be reaped does not."""
    try:
        return container in (process / "cgroup").read_text() and "State:\tZ" not in (process / "status").read_text()
    except OSError:
        return False


def test_without_runc_the_message_says_how_to_get_it(monkeypatch):
    """A missing install is no reason to skip."""
    monkeypatch.setattr(module, "PATH", "")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ContainerError, match="apt-get install runc"):
        run(Container(("true",)))


def test_whoever_is_not_root_is_told_so():
    """Tried as such a user."""
    command = (sys.executable, module.__file__, "--", "true")
    completed = run(Container(command, user=NOBODY, binds=project()), capture=True)
    assert completed.returncode == 1
    assert "Only root can make a container" in completed.stderr
    assert "Traceback" not in completed.stderr


@pytest.mark.parametrize(
    ("machine", "kernel", "native", "there", "absent"),
    [
        ("x86_64", "6.1.0-18-amd64", "SCMP_ARCH_X86_64", {"arch_prctl", "ptrace", "chroot"}, {"mount", "riscv_flush_icache"}),
        ("aarch64", "5.10", "SCMP_ARCH_AARCH64", {"arm_fadvise64_64", "ptrace"}, {"arch_prctl", "mount"}),
        ("x86_64", "4.4.0", "SCMP_ARCH_X86_64", {"arch_prctl"}, {"ptrace"}),
    ],
)
def test_the_filter_is_the_profiles_for_this_hardware_and_kernel(machine, kernel, native, there, absent):
    """And for the 14 capabilities, of which none allows mounting."""
    seccomp = configuration(Container(("true",)), PROFILE, machine, kernel)["linux"]["seccomp"]
    names = {name for rule in seccomp["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
    assert seccomp["architectures"][0] == native
    assert there <= names
    assert not absent & names


@pytest.mark.parametrize("arguments", [[], ["--bind", "/nowhere:/x", "--", "true"], ["--bind", "/usr:x", "--", "true"]])
def test_wrong_usage_exits_with_2(arguments):
    """Before anything is made."""
    with pytest.raises(SystemExit) as end:
        parse(arguments)
    assert end.value.code == 2
