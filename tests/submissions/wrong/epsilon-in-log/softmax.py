import numpy as np


def softmax_jacobian(z):
    s = np.exp(z - max(z))
    s /= s.sum()
    return s[:, None] * (np.eye(len(s)) - s[None, :])


def cross_entropy_gradients(W, b, x, y):
    z = x.dot(W) + b
    z = z - z.max()
    p = np.exp(z) / np.exp(z).sum()
    onehot = np.zeros_like(p)
    onehot[y] = 1
    da = -onehot / p
    dz = p - onehot
    dW = x[:, None] * dz[None, :]
    db = dz
    return da, dz, dW, db


def softmax_loss_naive(W, X, y, reg):
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros_like(W)
    for i in range(N):
        scores = X[i].dot(W)
        scores -= np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]] + 1e-12)
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    return loss / N + reg * np.sum(W * W), dW / N + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    N = X.shape[0]
    scores = X.dot(W)
    scores -= np.max(scores, axis=1, keepdims=True)
    P = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = np.sum(-np.log(np.clip(P[np.arange(N), y], 1e-15, 1))) / N + reg * np.sum(W * W)
    P[np.arange(N), y] -= 1
    dW = X.T.dot(P) / N + 2 * reg * W
    return loss, dW
