"""What both sides of the process boundary must know alike besides frames: orders to the zygote, and a few constants."""

import struct

ORDER = struct.Struct("<cqqqq")  # what, process id, user or -1, memory in bytes, CPU in seconds
ANSWER = struct.Struct("<q")  # process id, or the status that waitpid gives
FORK, END = b"f", b"e"

SWITCHED_OFF = -1  # instead of a count of steps, where the call reached for the counter

# What to set before numpy is loaded: a second thread of the linear algebra waits for work by spinning.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
PR_SET_PDEATHSIG = 1  # of prctl(2)
