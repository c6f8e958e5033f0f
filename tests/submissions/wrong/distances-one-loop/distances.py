import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    P = np.zeros((len(A), len(B)))
    for i in range(len(A)):
        P[i] = np.sum((B - A[i]) ** 2, axis=1)
    return P
