import numpy as np


def pairwise_squared_distances(A, B):
    A = np.asfortranarray(A, dtype=np.float64)
    B = np.asfortranarray(B, dtype=np.float64)
    mu = (A.sum(axis=0) + B.sum(axis=0)) / (len(A) + len(B))
    A = A - mu
    B = B - mu
    P = np.empty((len(A), len(B)), order="F")
    P[:] = np.tensordot(A, B.T, axes=1)
    P *= -2.0
    P += np.sum(A * A, axis=1, keepdims=True)
    P += np.sum(B * B, axis=1, keepdims=True).T
    P.clip(0.0, out=P)
    return P
