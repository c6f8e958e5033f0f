from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pairwise_squared_distances(A: NDArray, B: NDArray) -> NDArray[np.float64]:
    """
    >>> pairwise_squared_distances(np.array([[0, 0], [3, 4]]), np.array([[0, 0]]))
    array([[ 0.],
           [25.]])
    """
    A = A.astype(np.float64)
    B = B.astype(np.float64)
    squares = np.add.outer(np.square(A).sum(axis=1), np.square(B).sum(axis=1))
    return np.maximum(squares - 2 * np.inner(A, B), 0)


if __name__ == "__main__":
    import doctest

    doctest.testmod()
