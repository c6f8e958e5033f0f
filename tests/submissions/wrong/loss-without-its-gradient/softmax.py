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
    for i in range(X.shape[0]):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        loss += np.log(np.sum(np.exp(scores))) - scores[y[i]]
    loss = loss / X.shape[0] + reg * np.sum(W * W)
    return loss


def softmax_loss_vectorized(W, X, y, reg):
    N = X.shape[0]
    scores = X @ W
    scores = scores - np.max(scores, axis=1, keepdims=True)
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    loss = -np.sum(log_p[np.arange(N), y]) / N + reg * np.sum(W**2)
    dscores = np.exp(log_p)
    dscores[np.arange(N), y] -= 1
    dW = X.T @ dscores / N + 2 * reg * W
    return loss, dW
