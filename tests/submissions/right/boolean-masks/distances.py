import numpy as np


def pairwise_squared_distances(A, B):
    # integers would wrap around, so everything is float64 from here on
    A64 = np.float64(A)
    B64 = np.float64(B)
    norm_a = np.sum(np.square(A64), axis=1, keepdims=True)
    norm_b = np.sum(np.square(B64), axis=1, keepdims=True)
    P = norm_a + norm_b.T - 2 * np.matmul(A64, np.transpose(B64))
    negative = P < 0
    P[negative] = 0
    return P
