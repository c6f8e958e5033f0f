import numpy as np


def softmax_jacobian(z):
    e = np.exp(z - np.max(z))
    s = e / np.sum(e)
    return np.diag(s) - np.outer(s, s)


def cross_entropy_gradients(W, b, x, y):
    z = x @ W + b
    e = np.exp(z - np.max(z))
    a = e / np.sum(e)
    da = np.zeros(len(a))
    da[y] = -1 / a[y]
    dz = a.copy()
    dz[y] -= 1
    dW = np.outer(x, dz)
    return da, dz, dW, dz.copy()


def softmax_loss_naive(W, X, y, reg):
    N = len(X)
    loss, dW = 0, np.zeros(W.shape)
    for x, k in zip(X, y):
        z = x @ W
        logp = z - z.max() - np.log(np.sum(np.exp(z - z.max())))
        loss -= logp[k]
        dz = np.exp(logp)
        dz[k] -= 1
        dW += np.outer(x, dz)
    return loss / N + reg * np.sum(W ** 2), dW / N + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    N, C = X.shape[0], W.shape[1]
    Z = X @ W
    Z = Z - Z.max(axis=1, keepdims=True)
    lse = np.log(np.exp(Z).sum(axis=1, keepdims=True))
    Y = np.eye(C)[y]
    loss = np.sum(Y * (lse - Z)) / N + reg * np.sum(W ** 2)
    dW = X.T @ (Y - np.exp(Z - lse)) / N + 2 * reg * W
    return loss, dW
