import numpy as np


def unit(A):
    length = np.linalg.norm(A, axis=1, keepdims=True)
    return np.divide(A, length, out=np.zeros_like(A), where=length > 0)


def cosine_similarities(A, B):
    return unit(A) @ unit(B).T
