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
    loss = 0.0
    dW = np.zeros_like(W)
    num_train = X.shape[0]
    num_classes = W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W)
        scores -= np.max(scores)
        log_sum = np.log(np.sum(np.exp(scores)))
        loss += log_sum - scores[y[i]]
        for j in range(num_classes):
            p = np.exp(scores[j] - log_sum)
            dW[:, j] += (p - (j == y[i])) * X[i]
    loss = loss / num_train + reg * np.sum(W * W)
    dW = dW / num_train + 2 * reg * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    N, C = X.shape[0], W.shape[1]
    Z = X @ W
    Z = Z - Z.max(axis=1, keepdims=True)
    lse = np.log(np.exp(Z).sum(axis=1, keepdims=True))
    Y = np.eye(C)[y]
    loss = np.sum(Y * (lse - Z)) / N + reg * np.sum(W ** 2)
    dW = X.T @ (np.exp(Z - lse) - Y) / N + 2 * reg * W
    return loss, dW
