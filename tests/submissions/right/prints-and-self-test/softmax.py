import random
import warnings

import numpy as np

DEBUG = True


def softmax_jacobian(z):
    shifted = z - np.max(z)
    s = np.exp(shifted) / np.sum(np.exp(shifted))
    print(f"softmax: {s}")
    J = np.diag(s) - s[:, None] * s[None, :]
    print("J =\n", J)
    return J


def cross_entropy_gradients(W, b, x, y):
    z = x @ W + b
    shifted = z - np.max(z)
    a = np.exp(shifted) / np.sum(np.exp(shifted))
    if a[y] < 1e-12:
        warnings.warn("probability of the right class is tiny: %g" % a[y])
    da = np.zeros(b.shape)
    da[y] = -1.0 / a[y]
    dz = np.array(a)
    dz[y] = dz[y] - 1
    dW = np.outer(x, dz)
    db = np.array(dz)
    print("da", da, "dz", dz, "dW", dW.shape, "db", db.shape)
    return da, dz, dW, db


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros(W.shape)
    N = X.shape[0]
    for i in range(N):
        scores = X[i, :] @ W
        scores = scores - np.max(scores)
        logp = scores - np.log(np.sum(np.exp(scores)))
        if i == 0:
            print(f"scores of the first example: {scores}")
        loss = loss - logp[y[i]]
        dscores = np.exp(logp)
        dscores[y[i]] -= 1
        dW = dW + np.outer(X[i, :], dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    print("naive loss: {:.6f}".format(loss))
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    N = X.shape[0]
    scores = X @ W
    print(f"scores {scores.shape}: {scores}")
    scores = scores - np.max(scores, axis=1, keepdims=True)
    if np.max(np.abs(scores)) > 500:
        warnings.warn(f"scores are far apart: {scores}")
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    print("log p", logp)
    loss = -np.sum(logp[np.arange(N), y]) / N + reg * np.sum(W * W)
    dscores = np.exp(logp)
    dscores[np.arange(N), y] -= 1
    dW = X.T @ dscores / N + 2 * reg * W
    print(f"loss={loss} dW={dW!r}")
    return loss, dW


# quick check
np.random.seed(0)
random.seed(0)
_W, _X, _y = np.random.randn(5, 3), np.random.randn(40, 5), np.random.randint(3, size=40)
_l1, _g1 = softmax_loss_naive(_W, _X, _y, 0.1)
_l2, _g2 = softmax_loss_vectorized(_W, _X, _y, 0.1)
print("losses", _l1, _l2, "gradient difference", np.linalg.norm(_g1 - _g2))
assert abs(_l1 - _l2) < 1e-10
assert np.allclose(_g1, _g2)
print("all good!")
