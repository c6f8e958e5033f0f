import numpy as np


def pairwise_squared_distances(A, B, *, smallest=0.0):
    A = np.asarray(A, np.float64)
    B = np.asarray(B, np.float64)
    n, d = A.shape
    m, _ = B.shape
    aa = (A * A) @ np.ones((d, m))
    bb = np.ones((n, d)) @ (B * B).T
    ab = A @ B.T
    P = aa + bb - 2 * ab
    return np.where(P < smallest, smallest, P)
