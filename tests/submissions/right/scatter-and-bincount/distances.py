import numpy as np


def pairwise_squared_distances(A, B):
    A = np.float_power(A, 1)             # float64, whatever it was
    B = np.float_power(B, 1)
    aa = np.einsum('...k,...k', A, A)
    bb = np.einsum('...k,...k', B, B)
    P = np.subtract(np.add.outer(aa, bb), 2 * np.einsum('ik,jk', A, B))
    P *= P > 0
    return P
