import numpy as np


def cosine_similarities(A, B):
    S = np.zeros((len(A), len(B)))
    for i, a in enumerate(A):
        norms = np.linalg.norm(a) * np.linalg.norm(B, axis=1)
        S[i] = np.where(norms > 0, B @ a / np.where(norms > 0, norms, 1.0), 0.0)
    return S
