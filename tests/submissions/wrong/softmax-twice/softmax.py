import numpy as np


def softmax_jacobian(z):
    e = np.exp(z - np.max(z))
    s = e / np.sum(e)
    C = len(s)
    J = np.zeros((C, C))
    for i in range(C):
        for j in range(C):
            if i == j:
                J[i, j] = s[i] * (1 - s[i])
            else:
                J[i, j] = -s[i] * s[j]
    return J


def cross_entropy_gradients(W, b, x, y):
    z = W.T.dot(x) + b
    e = np.exp(z - np.max(z))
    a = e / np.sum(e)
    onehot = np.zeros(len(b))
    onehot[y] = 1
    with np.errstate(divide='ignore', invalid='ignore'):
        da = np.where(onehot == 1, -1 / a, 0.0)
    dz = a - onehot
    dW = x.reshape(-1, 1) * dz.reshape(1, -1)
    db = dz
    return da, dz, dW, db


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros(W.shape)
    num_train = X.shape[0]
    for i in range(num_train):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += np.log(np.sum(np.exp(scores))) - scores[y[i]]
        p[y[i]] -= 1
        dW += np.outer(X[i], p)
    return loss / num_train + reg * np.sum(W**2), dW / num_train + 2 * reg * W


def softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def softmax_loss_vectorized(W, X, y, reg):
    N = len(X)
    P = softmax(softmax(X @ W))
    loss = -np.log(P[np.arange(N), y]).mean() + reg * np.sum(W**2)
    dZ = P.copy()
    dZ[np.arange(N), y] -= 1
    return loss, X.T @ dZ / N + 2 * reg * W
