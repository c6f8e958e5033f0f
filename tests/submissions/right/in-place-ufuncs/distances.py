import numpy as np


def pairwise_squared_distances(A, B):
    A = np.array(A, dtype=np.float64)
    B = np.array(B, dtype=np.float64)
    out = np.dot(A, B.T)
    np.multiply(out, -2.0, out=out)
    np.square(A, out=A)
    np.square(B, out=B)
    np.add(out, np.add.reduce(A, axis=1, keepdims=True), out=out)
    np.add(out, np.add.reduce(B, axis=1), out=out)
    np.maximum(out, 0.0, out=out)
    return out
