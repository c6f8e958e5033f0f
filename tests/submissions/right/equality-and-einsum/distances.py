import numpy as np


def pairwise_squared_distances(A, B):
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    AA = np.einsum('ik,ik->i', A, A)
    BB = np.einsum('jk,jk->j', B, B)
    AB = np.einsum('ik,jk->ij', A, B)
    P = AA[:, np.newaxis] + BB[np.newaxis, :] - 2 * AB
    return np.where(P > 0, P, 0.0)
