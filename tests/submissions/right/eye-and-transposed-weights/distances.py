import numpy as np


def pairwise_squared_distances(A, B):
    At = A.T.astype(np.float64)
    Bt = B.T.astype(np.float64)
    bb = (Bt ** 2).sum(axis=0).reshape(-1, 1)
    aa = (At ** 2).sum(axis=0).reshape(1, -1)
    D = bb + aa - 2 * Bt.T.dot(At)
    return D.T.clip(min=0)
