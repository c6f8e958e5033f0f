import numpy as np


def softmax_jacobian(z):
    s = np.exp(z - max(z))
    s /= s.sum()
    return s[:, None] * (np.eye(len(s)) - s[None, :])


def cross_entropy_gradients(W, b, x, y):
    a = np.exp(x @ W + b - max(x @ W + b))
    a /= a.sum()
    t = np.eye(len(a))[y]
    dz = a - t
    return -t / a[y], dz, x.reshape(-1, 1) * dz, dz


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
    return loss / np.log(2) / N + reg * np.sum(W ** 2), dW / N + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    scores -= np.max(scores, axis=1, keepdims=True)
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    loss = -np.sum(log_p[np.arange(num_train), y]) / num_train / np.log(2)
    loss += reg * np.sum(W * W)
    dscores = np.exp(log_p)
    dscores[np.arange(num_train), y] -= 1
    dW = X.T.dot(dscores) / num_train + 2 * reg * W
    return loss, dW
