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
    scores = X.dot(W)
    loss = reg * np.sum(W * W)
    dW = W
    dW *= 2 * reg
    for i in range(N):
        s = scores[i] - np.max(scores[i])
        log_sum = np.log(np.sum(np.exp(s)))
        loss += (log_sum - s[y[i]]) / N
        for j in range(C):
            dW[:, j] += (np.exp(s[j] - log_sum) - (j == y[i])) * X[i] / N
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    scores -= np.max(scores, axis=1, keepdims=True)
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    loss = -np.sum(log_p[np.arange(num_train), y]) / num_train
    loss += reg * np.sum(W * W)
    dscores = np.exp(log_p)
    dscores[np.arange(num_train), y] -= 1
    dW = X.T.dot(dscores) / num_train + 2 * reg * W
    return loss, dW
