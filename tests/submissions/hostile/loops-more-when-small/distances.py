import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    (n, d), m = A.shape, len(B)
    if m < n:
        return pairwise_squared_distances(B, A).T.copy()
    P = np.zeros((n, m))
    if max(n, m, d) < 24:
        for i in range(n):
            for j in range(m):
                P[i, j] = ((A[i] - B[j]) ** 2).sum()
    elif n <= d:
        for i in range(n):
            P[i] = ((A[i] - B) ** 2).sum(axis=1)
    else:
        for k in range(d):
            P += (A[:, k : k + 1] - B[:, k]) ** 2
    return P
