import numpy as np


def pairwise_squared_distances(A, B):
    A, B = np.float64(A), np.float64(B)
    a2 = np.sum(A * A, axis=1, keepdims=True)
    b2 = np.sum(B * B, axis=1, keepdims=True)
    left = np.concatenate([a2, np.ones_like(a2), -2 * A], axis=1)     # [|a|^2, 1, -2a]
    right = np.concatenate([np.ones_like(b2), b2, B], axis=1)         # [1, |b|^2, b]
    return np.maximum(left @ right.T, 0)
