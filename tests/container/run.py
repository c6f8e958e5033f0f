"""Run a command in a container as Docker makes it, with runc alone: no daemon, no image, nothing to fetch.

usage: python tests/container/run.py [OPTION]... -- CMD...    (--help lists the options)

Root has Docker's 14 capabilities in there, another user has none; system calls pass Docker's default filter. The file system is
the host's programs, the project and the interpreter that runs this, all read-only at their own paths; /tmp and the rest are
fresh, and gone afterwards. The exit code is the command's; 137 is what the kernel's memory limit leaves.

seccomp.json is Docker's default profile as github.com/moby/profiles has it (seccomp/default.json, Apache License 2.0).
"""

import argparse
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SYSTEM = [folder for folder in ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc") if Path(folder).exists()]
CAPABILITIES = [  # what Docker leaves to root
    "CAP_AUDIT_WRITE",
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_MKNOD",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_RAW",
    "CAP_SETFCAP",
    "CAP_SETGID",
    "CAP_SETPCAP",
    "CAP_SETUID",
    "CAP_SYS_CHROOT",
]
MASKED = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
]
READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ARCHITECTURES = {"x86_64": ("amd64", "SCMP_ARCH_X86_64"), "aarch64": ("arm64", "SCMP_ARCH_AARCH64")}
PERIOD = 100_000  # microseconds over which the CPU's share is counted, as Docker has it


class ContainerError(Exception):
    """No container can be made here; the message says what to do."""


@dataclass(frozen=True)
class Bind:
    """A file or folder of the host's that shows in the container.

    Parameters
    ----------
    source : Path
        Where it lies.
    destination : str
        Where it shows.
    writable : bool
        Whether the command may change it.
    """

    source: Path
    destination: str
    writable: bool = False


@dataclass(frozen=True)
class Container:
    """A command and what it runs in.

    Parameters
    ----------
    command : tuple of str
        Program and arguments.
    user : int
        User and group id; root has `CAPABILITIES`, another user none.
    memory : int or None
        Most that all its processes may hold, bytes; none of it in swap.
    cpus : float or None
        Share of the machine's cores, cores.
    filtered : bool
        Whether system calls pass Docker's default filter.
    network : bool
        Whether it has the host's network; else its own, which reaches nothing.
    binds : tuple of Bind
        What shows besides `SYSTEM`.
    tmpfs : tuple of str
        Empty folders in memory.
    env : mapping of str to str
        Environment, besides PATH and HOME.
    cwd : str
        Folder that the command starts in.
    """

    command: tuple[str, ...]
    user: int = 0
    memory: int | None = None
    cpus: float | None = None
    filtered: bool = True
    network: bool = False
    binds: tuple[Bind, ...] = ()
    tmpfs: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "/"


def configuration(container: Container, profile: Mapping[str, Any], machine: str, kernel: str) -> dict[str, Any]:
    """Describe a container to runc.

    Parameters
    ----------
    container : Container
        What is wanted.
    profile : mapping
        Docker's profile of system calls.
    machine, kernel : str
        The host's hardware and release of Linux, as `uname` has them.

    Returns
    -------
    config : dict
        Content of config.json in an OCI bundle.
    """
    held = CAPABILITIES if container.user == 0 else []
    namespaces = ["pid", "ipc", "uts", "mount", "cgroup"] + ([] if container.network else ["network"])
    resources: dict[str, Any] = {"devices": [{"allow": False, "access": "rwm"}]}
    if container.memory is not None:
        resources["memory"] = {"limit": container.memory, "swap": container.memory}  # memory and swap together
    if container.cpus is not None:
        resources["cpu"] = {"period": PERIOD, "quota": round(container.cpus * PERIOD)}
    return {
        "ociVersion": "1.0.2",
        "hostname": "container",
        "root": {"path": "rootfs"},
        "process": {
            "args": list(container.command),
            "cwd": container.cwd,
            "env": [f"{name}={value}" for name, value in {"PATH": PATH, **container.env}.items()],
            "user": {"uid": container.user, "gid": container.user},
            "capabilities": {"bounding": held, "effective": held, "permitted": held},
        },
        "mounts": mounts(container),
        "linux": {
            "namespaces": [{"type": kind} for kind in namespaces],
            "resources": resources,
            "maskedPaths": MASKED,
            "readonlyPaths": READ_ONLY,
            **({"seccomp": system_calls(profile, machine, kernel)} if container.filtered else {}),
        },
    }


def mounts(container: Container) -> list[dict[str, Any]]:
    """List what is mounted, a folder before what lies in it."""

    def mount(destination: str, kind: str, *options: str, source: str | None = None) -> dict[str, Any]:
        return {"destination": destination, "type": kind, "source": source or kind, "options": list(options)}

    closed = ("nosuid", "noexec", "nodev")
    found = [
        mount("/proc", "proc", *closed),
        mount("/dev", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
        mount("/dev/pts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"),
        mount("/dev/shm", "tmpfs", *closed, "mode=1777", "size=65536k", source="shm"),
        mount("/dev/mqueue", "mqueue", *closed),
        mount("/sys", "sysfs", *closed, "ro"),
        mount("/sys/fs/cgroup", "cgroup", *closed, "ro"),
    ]
    found += [mount(folder, "tmpfs", "nosuid", "nodev", "mode=755") for folder in container.tmpfs]
    for bind in (*(Bind(Path(folder), folder) for folder in SYSTEM), *container.binds):
        mode = "rw" if bind.writable else "ro"
        found.append(mount(bind.destination, "bind", "rbind", mode, source=str(bind.source)))
    return sorted(found, key=lambda entry: len(PurePosixPath(entry["destination"]).parts))


def system_calls(profile: Mapping[str, Any], machine: str, kernel: str) -> dict[str, Any]:
    """Choose from Docker's profile what holds for `CAPABILITIES`, a kind of hardware and a release of Linux."""
    architecture, native = ARCHITECTURES[machine]
    others = next(entry["subArchitectures"] for entry in profile["archMap"] if entry["architecture"] == native)

    def applies(rule: Mapping[str, Any]) -> bool:
        only, never = rule.get("includes", {}), rule.get("excludes", {})
        return (
            architecture in only.get("arches", [architecture])
            and architecture not in never.get("arches", [])
            and set(only.get("caps", [])) <= set(CAPABILITIES)
            and set(never.get("caps", [])).isdisjoint(CAPABILITIES)
            and version(only.get("minKernel", "0.0")) <= version(kernel)
        )

    return {
        "defaultAction": profile["defaultAction"],
        "defaultErrnoRet": profile["defaultErrnoRet"],
        "architectures": [native, *others],
        "syscalls": [
            {key: rule[key] for key in ("names", "action", "errnoRet", "args") if rule.get(key)}
            for rule in profile["syscalls"]
            if applies(rule)
        ],
    }


def version(release: str) -> tuple[int, ...]:
    """Read the first two numbers of a release of Linux."""
    return tuple(map(int, re.findall(r"\d+", release)[:2]))


def project() -> tuple[Bind, ...]:
    """Name the project's folder and what the running interpreter stands on, to show at their own paths."""
    interpreter = Path(sys.executable).resolve().parents[1]
    folders = dict.fromkeys((ROOT, Path(sys.prefix), Path(sys.base_prefix), interpreter))
    return tuple(Bind(folder, str(folder)) for folder in folders)


def pip_settings() -> tuple[dict[str, str], tuple[Bind, ...]]:
    """Find how this host reaches its package registry: variables, pip.conf, and the files and folders that these name."""
    env = {name: value for name, value in os.environ.items() if re.fullmatch("PIP_.*|.*_proxy", name, re.IGNORECASE)}
    own = [path for path in (Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf") if path.is_file()]
    texts = [*env.values(), *(path.read_text() for path in (*own, Path("/etc/pip.conf")) if path.is_file())]
    named = [Path(path) for text in texts for path in re.findall(r"(?:^|[\s=,]|file://)(/[^\s,]+)", text)]
    named = [path.parent if path.name == "simple" else path for path in named]  # an index's files often lie beside it
    resolver = Path("/etc/resolv.conf").resolve()  # a link out of /etc on some systems
    paths = [path for path in (*own, *named, resolver) if path.exists() and not any(map(path.is_relative_to, SYSTEM))]
    return env, tuple(Bind(path, str(path)) for path in dict.fromkeys(paths))


def run(container: Container, *, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a container to its end, or end it when this is interrupted; nothing of it remains.

    Parameters
    ----------
    container : Container
        What to run.
    capture : bool
        Whether to return what it prints; else it prints where this process does.

    Returns
    -------
    completed : subprocess.CompletedProcess
        Exit code, and output where it is captured.

    Raises
    ------
    ContainerError
        runc is missing, or this is not root.
    """
    runc = shutil.which("runc", path=f"{os.environ.get('PATH', '')}:{PATH}")
    if runc is None:
        raise ContainerError("runc is not installed, which makes the container. On Debian or Ubuntu: apt-get install runc")
    if os.geteuid() != 0:
        raise ContainerError("Only root can make a container. Run the same command as root, with sudo for instance.")
    pipe = subprocess.PIPE if capture else None
    with tempfile.TemporaryDirectory(prefix="container-") as bundle:
        write_bundle(container, Path(bundle))
        name = Path(bundle).name

        def control(*order: str) -> None:
            subprocess.run([runc, *order], capture_output=True, check=False, start_new_session=True)

        command = ["sh", "-c", 'read -r start && exec "$@"', "sh", runc, "run", "--bundle", bundle, name]
        with subprocess.Popen(  # runc waits for a word: were this process interrupted just here, it would not know of a child
            command,
            stdin=subprocess.PIPE,
            stdout=pipe,
            stderr=pipe,
            text=True,
            umask=0o022,
            start_new_session=True,  # Ctrl-C is for this process, which then ends the container
        ) as process:
            try:
                output, errors = process.communicate("start\n")
            finally:
                process.stdin.close()
                while process.poll() is None:  # a container that is only being made may not hear yet
                    control("kill", name, "KILL")
                control("delete", "--force", name)  # where runc itself was killed
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def write_bundle(container: Container, bundle: Path) -> None:
    """Write the description, and a root file system with the folders that are not mounted."""
    profile = json.loads((HERE / "seccomp.json").read_text(encoding="utf-8"))
    config = configuration(container, profile, platform.machine(), platform.release())
    (bundle / "config.json").write_text(json.dumps(config), encoding="utf-8")
    # A user who is not root may find the interpreter below /root; root has it closed to others, as images do.
    for folder, mode in (("", 0o755), ("tmp", 0o1777), ("root", 0o700 if container.user == 0 else 0o755)):
        (bundle / "rootfs" / folder).mkdir(parents=True)
        (bundle / "rootfs" / folder).chmod(mode)


def parse(arguments: list[str] | None = None) -> Container:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--user", type=int, default=0, metavar="UID", help="user and group id (default: 0, root)")
    parser.add_argument("--memory", type=int, metavar="BYTES", help="memory of all processes together")
    parser.add_argument("--cpus", type=float, metavar="N", help="share of the cores, such as 0.5")
    parser.add_argument("--unfiltered", action="store_true", help="without Docker's filter of system calls")
    parser.add_argument("--network", action="store_true", help="with the host's network and pip's settings")
    parser.add_argument("--cwd", default=str(ROOT), metavar="FOLDER", help="where to start (default: the project)")
    parser.add_argument("--bind", type=bind, action="append", default=[], metavar="SRC:DST[:rw]", help="show it there")
    parser.add_argument("--tmpfs", action="append", default=[], metavar="DST", help="an empty folder in memory")
    parser.add_argument("--env", type=variable, action="append", default=[], metavar="K=V", help="environment variable")
    parser.add_argument("command", nargs="+", metavar="CMD")
    given = parser.parse_args(arguments)
    env, binds = pip_settings() if given.network else ({}, ())
    return Container(
        command=tuple(given.command),
        user=given.user,
        memory=given.memory,
        cpus=given.cpus,
        filtered=not given.unfiltered,
        network=given.network,
        binds=(*project(), *binds, *given.bind),
        tmpfs=tuple(given.tmpfs),
        env={**env, **dict(given.env)},
        cwd=given.cwd,
    )


def bind(text: str) -> Bind:
    """Read SRC:DST or SRC:DST:rw."""
    source, destination, mode = [*text.split(":"), "ro"][:3]
    if not destination.startswith("/") or mode not in ("ro", "rw") or not Path(source).exists():
        raise argparse.ArgumentTypeError(
            f"{text}: an existing path, a colon and a path from / are needed, and :rw to write there"
        )
    return Bind(Path(source).resolve(), destination, mode == "rw")


def variable(text: str) -> tuple[str, str]:
    """Read K=V."""
    name, _, value = text.partition("=")
    return name, value


def interrupted(number: int, _: object) -> NoReturn:
    """End in good order at the first signal, and let no second one disturb that."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> NoReturn:
    """Run as the command line says; exit with the command's code."""
    container = parse()
    for each in SIGNALS:
        signal.signal(each, interrupted)
    try:
        sys.exit(run(container).returncode)
    except ContainerError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
