import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    P = np.zeros((A.shape[0], B.shape[0]))
    for k in range(A.shape[1]):
        P += (A[:, k:k + 1] - B[:, k]) ** 2
    return P
