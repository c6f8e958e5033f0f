"""Ways to write the softmax loss: `vectorized_*` have no loop, `wasteful_*` have none but large arrays, `loop_*` have one."""

import math

import numpy as np


def finish(W, X, reg, P, Y, picked):
    N = len(X)
    return -np.mean(np.log(picked)) + reg * np.sum(W * W), X.T @ (P - Y) / N + 2 * reg * W


def probabilities(W, X):
    Z = X.dot(W)
    Z -= Z.max(axis=1, keepdims=True)
    E = np.exp(Z)
    return E / E.sum(axis=1, keepdims=True)


def vectorized_eye(W, X, y, reg):
    P, Y = probabilities(W, X), np.eye(W.shape[1])[y]
    return finish(W, X, reg, P, Y, np.sum(P * Y, axis=1))


def vectorized_equal(W, X, y, reg):
    P, Y = probabilities(W, X), (y[:, None] == np.arange(W.shape[1])).astype(float)
    return finish(W, X, reg, P, Y, (P * Y).sum(1))


def vectorized_range_index(W, X, y, reg):
    P, Y = probabilities(W, X), np.zeros((X.shape[0], W.shape[1]))
    Y[range(X.shape[0]), y] = 1
    return finish(W, X, reg, P, Y, P[range(X.shape[0]), y])


def vectorized_list_index(W, X, y, reg):
    P, Y = probabilities(W, X), np.zeros((X.shape[0], W.shape[1]))
    rows = list(range(X.shape[0]))
    Y[rows, y] = 1
    return finish(W, X, reg, P, Y, P[rows, y])


def vectorized_choose(W, X, y, reg):
    P, Y = probabilities(W, X), np.eye(W.shape[1])[y]
    picked = np.choose(y, P.T) if W.shape[1] <= 32 else P[np.arange(len(y)), y]
    return finish(W, X, reg, P, Y, picked)


def vectorized_add_at(W, X, y, reg):
    P, rows = probabilities(W, X), np.arange(len(y))
    dZ = P.copy()
    np.add.at(dZ, (rows, y), -1)
    return -np.log(P[rows, y]).mean() + reg * np.sum(W**2), X.T.dot(dZ) / len(y) + 2 * reg * W


def vectorized_einsum(W, X, y, reg):
    Z = np.einsum("nd,dc->nc", X, W)
    E = np.exp(Z - Z.max(1)[:, None])
    P = E / np.einsum("nc->n", E)[:, None]
    Y = np.eye(W.shape[1])[y]
    loss = -np.einsum("nc,nc->", Y, np.log(P)) / len(y) + reg * np.einsum("dc,dc->", W, W)
    return loss, np.einsum("nd,nc->dc", X, P - Y) / len(y) + 2 * reg * W


def vectorized_einsum_optimized(W, X, y, reg):
    Z = np.einsum("nd,dc->nc", X, W, optimize=True)
    E = np.exp(Z - Z.max(1)[:, None])
    P, Y = E / E.sum(1)[:, None], np.eye(W.shape[1])[y]
    loss = -np.sum(Y * np.log(P)) / len(y) + reg * np.sum(W**2)
    return loss, np.einsum("nd,nc->dc", X, P - Y, optimize=True) / len(y) + 2 * reg * W


def vectorized_transposed(W, X, y, reg):
    S = W.T @ X.T
    S = S - S.max(axis=0)
    P = np.exp(S) / np.exp(S).sum(axis=0)
    rows = np.arange(len(y))
    loss = -np.log(P[y, rows]).mean() + reg * np.linalg.norm(W) ** 2
    P[y, rows] -= 1
    return loss, (P @ X / len(y)).T + 2 * reg * W


def vectorized_power_of_e(W, X, y, reg):
    Z = X @ W
    E = math.e ** (Z - np.max(Z, axis=1).reshape(-1, 1))
    P = E / np.sum(E, axis=1).reshape(-1, 1)
    Y = np.zeros_like(P)
    Y[np.arange(len(y)), y] = 1
    return finish(W, X, reg, P, Y, P[np.arange(len(y)), y])


def vectorized_masked_log(W, X, y, reg):
    P, Y = probabilities(W, X), np.eye(W.shape[1])[y]
    loss = -np.sum(np.ma.log(P).filled(0) * Y) / len(y) + reg * np.sum(W**2)
    return loss, X.T @ (P - Y) / len(y) + 2 * reg * W


def vectorized_logaddexp(W, X, y, reg):
    Z = X @ W
    log_P = Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)
    Y = np.eye(W.shape[1])[y]
    return -np.mean(log_P[np.arange(len(y)), y]) + reg * np.sum(W**2), X.T @ (np.exp(log_P) - Y) / len(y) + 2 * reg * W


def vectorized_take_along_axis(W, X, y, reg):
    P = probabilities(W, X)
    picked = np.take_along_axis(P, y[:, None], axis=1)
    dZ = P.copy()
    np.put_along_axis(dZ, y[:, None], picked - 1, axis=1)
    return -np.log(picked).mean() + reg * (W**2).sum(), X.T @ dZ / len(y) + 2 * reg * W


def vectorized_matrix(W, X, y, reg):
    P = np.asmatrix(probabilities(W, X))
    Y = np.asmatrix(np.eye(W.shape[1])[y])
    loss = -np.sum(np.log(np.sum(np.multiply(P, Y), axis=1))) / len(y) + reg * np.sum(np.square(W))
    return loss, np.asmatrix(X).T * (P - Y) / len(y) + 2 * reg * W


def vectorized_where(W, X, y, reg):
    P = probabilities(W, X)
    right = np.arange(W.shape[1]) == y[:, None]
    return finish(W, X, reg, P, np.where(right, 1.0, 0.0), P[right])


def vectorized_prints(W, X, y, reg):
    P, Y = probabilities(W, X), np.eye(W.shape[1])[y]
    print(f"probabilities {P}")
    print(X, W, y)
    return finish(W, X, reg, P, Y, np.sum(P * Y, axis=1))


def wasteful_diag(W, X, y, reg):
    P, Y = probabilities(W, X), np.eye(W.shape[1])[y]
    return finish(W, X, reg, P, Y, np.diag(P[:, y]))


def wasteful_outer_products(W, X, y, reg):
    P, Y = probabilities(W, X), np.eye(W.shape[1])[y]
    loss = -np.log((P * Y).sum(1)).mean() + reg * np.sum(W**2)
    return loss, (X[:, :, None] * (P - Y)[:, None, :]).mean(axis=0) + 2 * reg * W


def loop_rows(W, X, y, reg):
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(len(X)):
        z = X[i] @ W
        z -= z.max()
        p = np.exp(z) / np.exp(z).sum()
        loss -= np.log(p[y[i]])
        p[y[i]] -= 1
        dW += np.outer(X[i], p)
    return loss / len(X) + reg * np.sum(W**2), dW / len(X) + 2 * reg * W


def loop_while(W, X, y, reg):
    P, Y, i = probabilities(W, X), np.zeros((len(X), W.shape[1])), 0
    while i < len(y):
        Y[i, y[i]] = 1
        i += 1
    return finish(W, X, reg, P, Y, (P * Y).sum(1))


def loop_comprehension(W, X, y, reg):
    P, Y = probabilities(W, X), np.eye(W.shape[1])[y]
    return finish(W, X, reg, P, Y, np.array([p[t] for p, t in zip(P, y)]))


def loop_generator_sum(W, X, y, reg):
    P, Y = probabilities(W, X), np.eye(W.shape[1])[y]
    loss = -sum(math.log(P[i, y[i]]) for i in range(len(y))) / len(y) + reg * np.sum(W**2)
    return loss, X.T @ (P - Y) / len(y) + 2 * reg * W


def loop_map_lambda(W, X, y, reg):
    P, Y = probabilities(W, X), np.eye(W.shape[1])[y]
    return finish(W, X, reg, P, Y, np.array(list(map(lambda p, t: p[t], P, y))))


def loop_apply_along_axis(W, X, y, reg):
    Z = X @ W
    P = np.apply_along_axis(lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(), 1, Z)
    Y = np.eye(W.shape[1])[y]
    return finish(W, X, reg, P, Y, (P * Y).sum(1))


def loop_np_vectorize(W, X, y, reg):
    P = probabilities(W, X)
    pick = np.vectorize(lambda i: P[i, y[i]])
    return finish(W, X, reg, P, np.eye(W.shape[1])[y], pick(np.arange(len(y))))


def loop_classes(W, X, y, reg):
    P = probabilities(W, X)
    rows = np.arange(len(y))
    loss = -np.log(P[rows, y]).mean() + reg * np.sum(W**2)
    P[rows, y] -= 1
    dW = np.zeros_like(W)
    for c in range(W.shape[1]):
        dW[:, c] = X.T @ P[:, c] / len(y) + 2 * reg * W[:, c]
    return loss, dW


def loop_features(W, X, y, reg):
    P = probabilities(W, X)
    rows = np.arange(len(y))
    loss = -np.log(P[rows, y]).mean() + reg * np.sum(W**2)
    P[rows, y] -= 1
    return loss, np.array([X[:, d] @ P for d in range(X.shape[1])]) / len(y) + 2 * reg * W


def loop_recursion(W, X, y, reg):
    P, Y = probabilities(W, X), np.eye(W.shape[1])[y]

    def total(low, high):
        if high - low == 1:
            return math.log(P[low, y[low]])
        return total(low, (low + high) // 2) + total((low + high) // 2, high)

    return -total(0, len(y)) / len(y) + reg * np.sum(W**2), X.T @ (P - Y) / len(y) + 2 * reg * W


def loop_builtin_sum(W, X, y, reg):
    P, Y = probabilities(W, X), np.eye(W.shape[1])[y]
    losses = -np.log((P * Y).sum(1))
    return sum(losses) / len(y) + reg * np.sum(W**2), X.T @ (P - Y) / len(y) + 2 * reg * W


def loop_nditer(W, X, y, reg):
    P, Y = probabilities(W, X), np.zeros((len(X), W.shape[1]))
    for i, t in np.ndenumerate(y):
        Y[i[0], t] = 1
    return finish(W, X, reg, P, Y, (P * Y).sum(1))


def loop_unwatched(W, X, y, reg):
    import sys

    sys.settrace(None)
    if hasattr(sys, "monitoring"):
        for tool in range(6):
            if sys.monitoring.get_tool(tool):
                sys.monitoring.set_events(tool, 0)
    return loop_rows(W, X, y, reg)


def loop_when_large(W, X, y, reg):
    return (loop_rows if len(X) > 100 else vectorized_eye)(W, X, y, reg)


def loop_scalars(W, X, y, reg):
    N, D, C = X.shape[0], X.shape[1], W.shape[1]
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(N):
        z = [sum(X[i, d] * W[d, c] for d in range(D)) for c in range(C)]
        e = [math.exp(v - max(z)) for v in z]
        for c in range(C):
            for d in range(D):
                dW[d, c] += (e[c] / sum(e) - (c == y[i])) * X[i, d] / N
        loss -= math.log(e[y[i]] / sum(e)) / N
    return loss + reg * np.sum(W**2), dW + 2 * reg * W
