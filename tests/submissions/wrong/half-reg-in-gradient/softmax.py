import numpy as np


def softmax_jacobian(z):
    e = np.exp(z - np.max(z))
    s = e / np.sum(e)
    return np.diag(s) - np.outer(s, s)


def cross_entropy_gradients(W, b, x, y):
    z = x @ W + b
    e = np.exp(z - np.max(z))
    a = e / np.sum(e)
    da = np.zeros(a.shape)
    da[y] = -1 / a[y]
    dz = a.copy()
    dz[y] -= 1
    dW = np.outer(x, dz)
    db = dz.copy()
    return da, dz, dW, db


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros_like(W)
    for i in range(len(X)):
        f = np.dot(X[i], W)
        f = f - np.max(f)
        s = np.sum(np.exp(f))
        loss += np.log(s) - f[y[i]]
        p = np.exp(f) / s
        p[y[i]] -= 1
        dW += np.outer(X[i], p)
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + reg * W


def softmax_loss_vectorized(W, X, y, reg):
    n = len(X)
    f = np.dot(X, W)
    f = f - np.max(f, axis=1)[:, None]
    s = np.sum(np.exp(f), axis=1)
    loss = np.mean(np.log(s) - f[np.arange(n), y]) + reg * np.sum(W * W)
    p = np.exp(f) / s[:, None]
    p[np.arange(n), y] -= 1
    dW = np.dot(X.T, p) / n + reg * W
    return loss, dW
