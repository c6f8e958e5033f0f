import numpy as np


def pairwise_squared_distances(A, B):
    A, B = np.array(A, float), np.array(B, float)
    aa = (A * A).sum(axis=1)[:, np.newaxis]
    bb = (B * B).sum(axis=1)[np.newaxis, :]
    P = aa - 2 * A @ B.T + bb
    P[P < 0] = 0
    return P
