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
    num_train = X.shape[0]
    scores = X.dot(W)
    scores -= np.max(scores, axis=1, keepdims=True)
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    loss = -np.sum(log_p[np.arange(num_train), y]) / num_train
    dscores = np.exp(log_p)
    dscores[np.arange(num_train), y] -= 1
    dW = X.T.dot(dscores) / num_train + 2 * reg * W
    return loss, dW
