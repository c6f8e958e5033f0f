import numpy as np


def pairwise_squared_distances(A, B):
    A = A.astype(float)
    B = B.astype(float)
    d = A.shape[1]
    a2 = np.mean(A**2, axis=1)
    b2 = np.mean(B**2, axis=1)
    P = a2.reshape(-1, 1) + b2.reshape(1, -1) - 2 * A.dot(B.T) / d
    return np.maximum(P, 0)
