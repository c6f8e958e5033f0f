"""Peak memory, as the kernel tells it: which arrays are larger than an answer needs.

It is the growth of a worker's resident memory during a call, so that arrays which live one after another count once, and
pages that the allocator kept from an earlier call do not count at all. Small arrays are therefore not judged.
"""

WASTE = 8.0  # times the reference's memory, and
WASTE_FLOOR = 8 << 20  # bytes, from where on too much CPU time is a matter of arrays too large, not yet of loops
IMPORTED = 4 << 20  # bytes that a module may take for good when it is imported: an array kept for later has 16 MB and more
FAIR = 8  # arrays of the size of all inputs and the result: a frugal answer has 3 at once, the widest styles 6
FAIR_FLOOR = 8 << 20  # bytes: what the allocator may keep


def wasteful(peak: int, reference_peak: int) -> bool:
    """Whether the memory of a call explains what its CPU time was spent on.

    Parameters
    ----------
    peak, reference_peak : int
        Growth of memory in a call and in the reference's, bytes.
    """
    return peak > WASTE * reference_peak + WASTE_FLOOR


def fair(entries: int) -> int:
    """Memory that a call may take, bytes.

    Parameters
    ----------
    entries : int
        Numbers in all inputs and the result together, 8 bytes each.
    """
    return FAIR * 8 * entries + FAIR_FLOOR
