from __future__ import annotations

import numpy as np


class Points:
    def __init__(self, rows: np.ndarray, centre: np.ndarray | None = None) -> None:
        rows = rows.astype(np.float64)
        self.rows = rows if centre is None else rows - centre

    @property
    def squared_norms(self) -> np.ndarray:
        return np.einsum("ij,ij->i", self.rows, self.rows)

    def __matmul__(self, other: Points) -> np.ndarray:
        return self.rows @ other.rows.T


def pairwise_squared_distances(A, B):
    centre = A.mean(axis=0, dtype=np.float64)
    a, b = Points(A, centre), Points(B, centre)
    P = np.add.outer(a.squared_norms, b.squared_norms) - 2 * (a @ b)
    return np.maximum(0, P)
