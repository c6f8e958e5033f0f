import numpy as np


def _softmax(v):
    w = np.exp(v - v.max())
    return w / w.sum()


def softmax_jacobian(z):
    s = _softmax(z)
    n = s.shape[0]
    J = np.outer(s, s)
    J *= -1
    J.flat[0 : n * n : n + 1] += s      # the diagonal, one entry every n + 1
    return J


def cross_entropy_gradients(W, b, x, y):
    a = _softmax(x @ W + b)
    da = np.zeros(a.size)
    da[y] = np.negative(np.reciprocal(a[y]))
    dz = a - (np.arange(a.size) == y)
    dW = np.outer(x, dz)
    return da, dz, dW, dz


def softmax_loss_naive(W, X, y, reg):
    (N, D), C = X.shape, W.shape[1]
    L = np.zeros(N)
    G = np.zeros((N, C))
    for i in range(N):
        z = X[i] @ W
        hi = z.max()
        log_norm = hi + np.log(np.exp(z - hi).sum())
        L[i] = log_norm - z[y[i]]
        G[i] = np.exp(z - log_norm)
        G.flat[i * C + y[i]] -= 1
    dW = np.zeros((D, C))
    for i in range(N):
        dW += np.outer(X[i], G[i])
    return L.mean() + reg * (W ** 2).sum(), dW / N + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    N, C = X.shape[0], W.shape[1]
    flat = np.arange(N) * C + y
    Z = X @ W
    hi = Z.max(axis=1)
    E = np.exp(Z - hi[:, None])
    total = E.sum(axis=1)
    loss = (hi + np.log(total) - np.take(Z, flat)).mean()
    G = E / total[:, None]
    G.flat[flat] -= 1
    return loss + reg * (W ** 2).sum(), X.T @ G / N + 2 * reg * W
