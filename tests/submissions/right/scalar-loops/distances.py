import numpy as np


def pairwise_squared_distances(A, B):
    # a^2 - 2ab + b^2
    A = A * 1.0
    B = B * 1.0
    P = A @ B.T
    P = P * -2
    P = P + np.sum(A * A, axis=1).reshape((A.shape[0], 1))
    P = P + np.sum(B * B, axis=1).reshape((1, B.shape[0]))
    return np.abs(P)
