import numpy as np


def softmax_jacobian(z):
    e = np.exp(z - np.max(z))
    s = e / np.sum(e)
    return np.diag(s) - np.outer(s, s)


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
    N, D = X.shape
    C = W.shape[1]
    loss = 0.0
    dW = np.zeros((D, C))
    for i in range(N):
        f = np.dot(X[i, :], W)
        m = np.max(f)
        total = 0.0
        for c in range(C):
            total += np.exp(f[c] - m)
        loss += m + np.log(total) - f[y[i]]
        for c in range(C):
            dW[:, c] += X[i, :] * np.exp(f[c] - m) / total
    loss /= N
    dW /= N
    loss += reg * np.sum(W ** 2)
    dW += 2 * reg * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    scores -= np.max(scores, axis=1, keepdims=True)
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    loss = -np.sum(log_p[np.arange(num_train), y]) / num_train
    loss += reg * np.sum(W * W)
    dscores = np.exp(log_p)
    dW = X.T.dot(dscores) / num_train + 2 * reg * W
    return loss, dW
