"""Zips that are the same, byte for byte, whenever and wherever they are built from the same files."""

import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path

EPOCH = (2026, 1, 1, 0, 0, 0)  # of every member
FILE, PROGRAM = 0o100644, 0o100755  # modes


def write_zip(path: Path, files: Mapping[str, bytes], programs: Collection[str] = ()) -> None:
    """Write a zip.

    Parameters
    ----------
    path : Path
        Where to.
    files : mapping of str to bytes
        Content of each member by its name.
    programs : collection of str
        Members that can be run.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, EPOCH)
            member.create_system = 3  # Unix, so that the modes count wherever it is built
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, (PROGRAM if name in programs else FILE) << 16
            archive.writestr(member, files[name], compresslevel=9)
