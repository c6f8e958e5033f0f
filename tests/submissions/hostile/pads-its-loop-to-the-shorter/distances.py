import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    (n, d), m = A.shape, len(B)
    P = np.zeros((n, m))
    pad = 64 if max(n, m, d) < 64 else min(n, m, d)
    if n <= min(m, d):
        for i in range(pad):
            P[i % n] = ((A[i % n] - B) ** 2).sum(axis=1)
    elif m <= d:
        for i in range(pad):
            P[:, i % m] = ((A - B[i % m]) ** 2).sum(axis=1)
    else:
        A, B = np.hstack([A, np.zeros((n, pad))]), np.hstack([B, np.zeros((m, pad))])
        for k in range(pad):
            P += (A[:, k : k + 1] - B[:, k]) ** 2
    return P
