import numpy as np


def pairwise_squared_distances(A, B):
    A = A + 0.0
    B = B + 0.0
    aa = (A * A).sum(1)
    bb = (B * B).sum(1)
    ab = np.inner(A, B)
    return abs(aa[:, None] + bb[None, :] - 2 * ab)
