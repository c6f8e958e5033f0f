"""Three meters that rule loops and waste out: interpreter steps along an axis, CPU time against the reference's, peak memory.

Steps have no noise but are counted where the submission runs, so they can be faked; CPU time and memory are the kernel's and
cannot, but carry noise. A loop shows in at least one.
"""
