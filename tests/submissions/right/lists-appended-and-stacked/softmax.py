from functools import reduce
from operator import add

import numpy as np


def softmax_jacobian(z):
    top = max(z.tolist())
    e = [np.exp(v - top) for v in z.tolist()]
    s = [v / sum(e) for v in e]
    C = len(s)
    entries = []
    for k in range(C * C):
        i, j = divmod(k, C)
        entries.append(s[i] - s[i] * s[j] if i == j else -s[i] * s[j])
    return np.array(entries).reshape(C, C)


def cross_entropy_gradients(W, b, x, y):
    scores = [sum(col * x) + bias for col, bias in zip(W.T, b)]
    top = max(scores)
    e = [np.exp(v - top) for v in scores]
    a = [v / sum(e) for v in e]
    da, dz = [], []
    for c, p in enumerate(a):
        da.append(-1 / p if c == y else 0.0)
        dz.append(p - 1 if c == y else p)
    dW = [[x_d * g for g in dz] for x_d in x]
    return np.array(da), np.array(dz), np.array(dW), np.array(dz)


def softmax_loss_naive(W, X, y, reg):
    losses = []
    grads = []
    for row, label in zip(X, y):
        scores = row @ W
        scores = scores - scores.max()
        log_total = np.log(np.exp(scores).sum())
        losses.append(log_total - scores[label])
        slopes = []
        for c, score in enumerate(scores):
            slopes.append(np.exp(score - log_total) - int(c == label))
        grads.append(np.outer(row, slopes))
    loss = reduce(add, losses) / len(losses) + reg * np.sum(W ** 2)
    dW = np.stack(grads).mean(axis=0) + 2 * reg * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    scores = X @ W
    scores = scores - np.max(scores, axis=-1, keepdims=True)
    log_total = np.log(np.sum(np.exp(scores), axis=-1))
    index = tuple([np.arange(len(y)), y])
    losses = log_total - scores[index]
    slopes = np.exp(scores - np.expand_dims(log_total, -1))
    slopes[index] = slopes[index] - 1
    loss = np.mean(losses) + reg * np.sum(W ** 2)
    dW = X.T @ slopes / len(y) + 2 * reg * W
    return loss, dW
