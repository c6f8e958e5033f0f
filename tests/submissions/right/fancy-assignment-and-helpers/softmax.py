import numpy as np


def logsumexp(S, axis=-1):
    m = np.max(S, axis=axis, keepdims=True)
    return m + np.log(np.sum(np.exp(S - m), axis=axis, keepdims=True))


def softmax(S):
    return np.exp(S - logsumexp(S))


def one_hot(y, C):
    T = np.zeros((len(y), C))
    T[range(len(y)), y] = 1
    return T


def l2(W, reg):
    return reg * np.sum(W * W), 2 * reg * W


def softmax_jacobian(z):
    s = softmax(z)
    J = -np.outer(s, s)
    J[np.diag_indices(len(s))] += s
    return J


def cross_entropy_gradients(W, b, x, y):
    a = softmax(x.dot(W) + b)
    da = np.zeros(len(a))
    da[y] = -1 / a[y]
    dz = a - one_hot([y], len(a))[0]   # da @ J, simplified
    dW = x.reshape(-1, 1) @ dz.reshape(1, -1)
    return da, dz, dW, dz


def softmax_loss_naive(W, X, y, reg):
    N = X.shape[0]
    C = W.shape[1]
    loss = 0
    dW = np.zeros(W.shape)
    for i in range(N):
        s = X[i].dot(W)
        loss += (logsumexp(s) - s[y[i]]).item()
        p = softmax(s)
        for j in range(C):
            if j == y[i]:
                dW[:, j] += (p[j] - 1) * X[i]
            else:
                dW[:, j] += p[j] * X[i]
    R, dR = l2(W, reg)
    return loss / N + R, dW / N + dR


def softmax_loss_vectorized(W, X, y, reg):
    N, C = X.shape[0], W.shape[1]
    S = X.dot(W)
    loss = np.mean(logsumexp(S).ravel() - S[range(N), y])
    dW = X.T.dot(softmax(S) - one_hot(y, C)) / N
    R, dR = l2(W, reg)
    return loss + R, dW + dR
