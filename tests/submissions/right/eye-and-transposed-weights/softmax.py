import numpy as np


def softmax_jacobian(z):
    e = np.exp(z - z.max())
    s = (e / e.sum()).reshape(-1, 1)
    return np.diagflat(s) - s.dot(s.T)


def cross_entropy_gradients(W, b, x, y):
    Wt = W.T
    z = Wt @ x + b
    e = np.exp(z - z.max())
    a = e / e.sum()
    t = np.eye(len(b))[y]
    da = -t / a[y]
    dz = a - t
    dWt = dz[:, None] * x[None, :]
    return da, dz, dWt.T, dz.copy()


def softmax_loss_naive(W, X, y, reg):
    Wt = W.T
    C, D = Wt.shape
    N = len(X)
    loss = 0.0
    dWt = np.zeros((C, D))
    for i in range(N):
        s = Wt.dot(X[i])
        s = s - s.max()
        log_p = s - np.log(np.exp(s).sum())
        loss -= log_p[y[i]]
        for k in range(C):
            dWt[k] += (np.exp(log_p[k]) - (k == y[i])) * X[i]
    return loss / N + reg * (Wt * Wt).sum(), (dWt / N + 2 * reg * Wt).T


def softmax_loss_vectorized(W, X, y, reg):
    Wt, Xt = W.T, X.T
    C = Wt.shape[0]
    N = Xt.shape[1]
    S = Wt.dot(Xt)
    S = S - S.max(axis=0)
    log_P = S - np.log(np.exp(S).sum(axis=0))
    T = np.eye(C)[y].T
    loss = -(T * log_P).sum() / N + reg * (Wt * Wt).sum()
    dWt = (np.exp(log_P) - T).dot(Xt.T) / N + 2 * reg * Wt
    return loss, dWt.T
