from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass
class Softmax:
    scores: Array

    def __post_init__(self) -> None:
        self.shifted = self.scores - self.scores.max(axis=-1, keepdims=True)
        self.exps = np.exp(self.shifted)
        self.sums = self.exps.sum(axis=-1, keepdims=True)

    @property
    def probs(self) -> Array:
        return self.exps / self.sums

    @property
    def logprobs(self) -> Array:
        return self.shifted - np.log(self.sums)


def softmax_jacobian(z: Array) -> Array:
    """
    >>> softmax_jacobian(np.zeros(2))
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    s = Softmax(z).probs
    return np.eye(len(s)) * s - np.multiply.outer(s, s)


def cross_entropy_gradients(W: Array, b: Array, x: Array, y: int) -> tuple[Array, Array, Array, Array]:
    a = Softmax(x @ W + b).probs
    onehot = np.zeros_like(a)
    onehot[y] = 1.0
    da = -onehot / a
    dz = a - onehot
    dW = np.multiply.outer(x, dz)
    return da, dz, dW, dz.copy()


def softmax_loss_naive(W: Array, X: Array, y: NDArray[np.int_], reg: float) -> tuple[float, Array]:
    loss: float = 0.0
    dW: Array = np.zeros_like(W)
    i = 0
    while i < X.shape[0]:
        sm = Softmax(X[i] @ W)
        loss -= sm.logprobs[y[i]]
        j = 0
        while j < W.shape[1]:
            dW[:, j] += sm.probs[j] * X[i]
            if j == y[i]:
                dW[:, j] -= X[i]
            j += 1
        i += 1
    loss = loss / X.shape[0] + reg * float(np.sum(W**2))
    dW = dW / X.shape[0] + 2 * reg * W
    return float(loss), dW


def softmax_loss_vectorized(W: Array, X: Array, y: NDArray[np.int_], reg: float) -> tuple[float, Array]:
    """
    >>> loss, dW = softmax_loss_vectorized(np.zeros((3, 4)), np.ones((5, 3)), np.array([0, 1, 2, 3, 0]), 0.1)
    >>> round(loss, 4)
    1.3863
    """
    N: int = X.shape[0]
    sm = Softmax(X @ W)
    picked = np.take_along_axis(sm.logprobs, y[:, None], axis=1)
    loss = -picked.mean() + reg * np.sum(W**2)
    dZ = sm.probs
    dZ[np.arange(N), y] -= 1
    return float(loss), X.T @ dZ / N + 2 * reg * W


if __name__ == "__main__":
    import doctest

    doctest.testmod()
