import numpy as np


def pairwise_squared_distances(A, B):
    A, B = np.array(A, float), np.array(B, float)
    aa = (A * A).sum(axis=1)
    bb = (B * B).sum(axis=1)
    P = aa[np.newaxis, :] - 2 * A @ B.T + bb[:, np.newaxis]
    P[P < 0] = 0
    return P
