import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    P = np.zeros((len(A), len(B)))
    for i in range(max(1000, len(A))):
        P[i % len(A)] = ((B - A[i % len(A)]) ** 2).sum(axis=1)
    return P
