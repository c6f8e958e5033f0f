import numpy as np


def pairwise_squared_distances(A, B):
    n, m = len(A), len(B)
    A = A.astype('float64')
    B = B.astype('float64')
    P = np.zeros((n, m))
    P += np.sum(A ** 2, axis=1).reshape(n, 1)
    P += np.sum(B ** 2, axis=1).reshape(1, m)
    P += -2 * np.dot(A, B.T)
    P = np.where(np.less(P, 0), 0, P)
    return P
