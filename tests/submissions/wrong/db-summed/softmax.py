import numpy as np


def softmax_jacobian(z):
    e = np.exp(z - np.max(z))
    s = e / np.sum(e)
    return np.diag(s) - np.outer(s, s)


def cross_entropy_gradients(W, b, x, y):
    z = x.dot(W) + b
    z = z - np.max(z)
    a = np.exp(z) / np.sum(np.exp(z))
    da = np.zeros(a.shape)
    da[y] = -1 / a[y]
    dz = a.copy()
    dz[y] -= 1
    dW = x.reshape(-1, 1) * dz
    db = np.sum(dz, axis=0)
    return da, dz, dW, db


def softmax_loss_naive(W, X, y, reg):
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i] @ W
        scores = scores - np.max(scores)
        log_sum = np.log(np.sum(np.exp(scores)))
        loss += log_sum - scores[y[i]]
        for c in range(C):
            p = np.exp(scores[c] - log_sum)
            dW[:, c] += (p - (c == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W**2)
    dW = dW / N + 2 * reg * W
    return loss, dW


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
