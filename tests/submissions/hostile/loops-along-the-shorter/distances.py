import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    P = np.zeros((len(A), len(B)))
    if len(A) > len(B):
        for j in range(len(B)):
            P[:, j] = ((A - B[j]) ** 2).sum(axis=1)
    else:
        for i in range(len(A)):
            P[i] = ((A[i] - B) ** 2).sum(axis=1)
    return P
