import numpy as np


def colvec(v):
    return np.asmatrix(v).reshape(-1, 1)


def softmax_jacobian(z):
    s = np.exp(colvec(z) - np.max(z))
    s = s / s.sum()
    return np.asmatrix(np.diagflat(s)) - s * s.T


def cross_entropy_gradients(W, b, x, y):
    W = np.asmatrix(W)
    z = W.T * colvec(x) + colvec(b)
    a = np.exp(z - z.max())
    a = a / a.sum()
    onehot = np.asmatrix(np.zeros(a.shape))
    onehot[y, 0] = 1
    da = -onehot / a[y, 0]
    dz = a - onehot
    dW = colvec(x) * dz.T
    return da.A1, dz.A1, dW, dz.A1.copy()


def softmax_loss_naive(W, X, y, reg):
    W, X = np.asmatrix(W), np.asmatrix(X)
    N = X.shape[0]
    loss = 0.0
    dW = np.asmatrix(np.zeros(W.shape))
    for i in range(N):
        z = X[i] * W                      # 1 x C
        z = z - z.max()
        logp = z - np.log(np.exp(z).sum())
        loss -= logp[0, y[i]]
        g = np.exp(logp)
        g[0, y[i]] -= 1
        dW = dW + X[i].T * g
    loss = loss / N + reg * np.multiply(W, W).sum()
    return np.array(loss), dW / N + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    W, X = np.asmatrix(W), np.asmatrix(X)
    N, C = X.shape[0], W.shape[1]
    Z = X * W
    Z = Z - Z.max(axis=1)                 # a matrix keeps its dimensions: N x 1
    logP = Z - np.log(np.exp(Z).sum(axis=1))
    Y = np.asmatrix(np.zeros((N, C)))
    Y[np.arange(N), y] = 1
    loss = -np.multiply(Y, logP).sum() / N + reg * np.multiply(W, W).sum()
    dW = X.T * (np.exp(logP) - Y) / N + 2 * reg * W
    return np.array(loss), dW
