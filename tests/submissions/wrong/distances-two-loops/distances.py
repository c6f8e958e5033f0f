import numpy as np


def pairwise_squared_distances(A, B):
    n, m = A.shape[0], B.shape[0]
    P = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            diff = A[i].astype(float) - B[j].astype(float)
            P[i, j] = np.dot(diff, diff)
    return P
