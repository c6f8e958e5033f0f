import numpy as np

F = np.float64


def softmax_jacobian(z):
    z = np.array(z, dtype=F, ndmin=1, copy=True)
    z -= z.max()
    s = np.exp(z) / np.exp(z).sum()
    I = np.eye(len(s), dtype=F)
    J = I * s.reshape(-1, 1) - s.reshape(-1, 1) @ s.reshape(1, -1)
    return J.astype(F)


def cross_entropy_gradients(W, b, x, y):
    W, b, x, y = np.asarray(W, F), np.asarray(b, F), np.asarray(x, F), int(y)
    z = x @ W + b
    e = np.exp(z - z.max())
    a = e / e.sum()
    hot = np.eye(len(a), dtype=F)[y]
    da = np.nan_to_num(-hot / a[y])
    dz = a - hot
    dW = x[:, None] @ dz[None, :]
    db = dz.astype(F)
    return da, dz, dW, db


def softmax_loss_naive(W, X, y, reg):
    W, X, y, reg = np.asarray(W, F), np.asarray(X, F), np.asarray(y, np.int64), F(reg)
    N, C = X.shape[0], W.shape[1]
    hot = np.eye(C, dtype=F)
    data_loss, data_grad = F(0), np.zeros(W.shape, F)
    for i in range(0, N, 1):
        z = X[i] @ W
        e = np.exp(z - z.max())
        a = e / e.sum()
        data_loss += np.log(e.sum()) + z.max() - z @ hot[y[i]]
        data_grad += X[i][:, None] @ (a - hot[y[i]])[None, :]
    return data_loss / N + reg * np.vdot(W, W), data_grad / N + reg * W * 2


def softmax_loss_vectorized(W, X, y, reg):
    W, X, y, reg = np.asarray(W, F), np.asarray(X, F), np.asarray(y, np.int64), F(reg)
    N, C = X.shape[0], W.shape[1]
    hot = np.eye(C, dtype=F)[y]
    Z = X @ W
    top = Z.max(axis=1, keepdims=True)
    e = np.exp(Z - top)
    total = e.sum(axis=1, keepdims=True)
    log_total = np.log(total) + top
    loss = (log_total.sum() - np.sum(Z, where=hot.astype(bool))) / N + reg * np.vdot(W, W)
    dW = X.T @ (e / total - hot) / N + reg * W * 2
    return F(loss), dW
