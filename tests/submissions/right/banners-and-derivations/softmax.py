from builtins import range
import collections
import copy
import os
import random
import sys
import time

import numpy as np


def softmax_jacobian(z):
    #############################################################################
    # Derivation (log trick).                                                   #
    #   log s_i = z_i - log sum_k exp(z_k)                                      #
    #   d log s_i / dz_j = 1{i = j} - s_j                                       #
    #   ds_i/dz_j = s_i * d log s_i / dz_j = s_i (1{i = j} - s_j)               #
    # As a matrix: diag(s) - s s^T. Its rows sum to s_i - s_i * 1 = 0. Good.    #
    #############################################################################
    # *****START OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    shift_z = z - np.max(z)
    s = np.exp(shift_z) / np.sum(np.exp(shift_z))
    s_column = s.reshape((-1, 1))
    J = np.diagflat(s_column) - np.dot(s_column, s_column.T)
    # *****END OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    return J


def cross_entropy_gradients(W, b, x, y):
    # *****START OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    # forward
    z = x.dot(W) + b                       # (C,)
    a = np.exp(z - np.max(z))
    a = a / np.sum(a)                      # (C,)
    # backward
    da = np.zeros_like(a)
    da[y] = -1.0 / a[y]                    # l = -log a_y
    # dz_j = sum_i da_i J_ij = -1/a_y * a_y (1{y = j} - a_j) = a_j - 1{y = j}
    dz = a.copy()
    dz[y] -= 1
    # z_c = sum_d x_d W_dc + b_c, hence dz_c/dW_dc = x_d and dz_c/db_c = 1
    dW = np.dot(x.reshape(-1, 1), dz.reshape(1, -1))
    db = dz.copy()
    # *****END OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    return da, dz, dW, db


def softmax_loss_naive(W, X, y, reg):
    # Initialize the loss and gradient to zero.
    loss = 0.0
    dW = np.zeros_like(W)
    # *****START OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    num_train = X.shape[0]
    num_classes = W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W)
        # numeric stability: the highest score becomes 0
        scores -= np.max(scores)
        sum_exp = 0.0
        for j in range(num_classes):
            sum_exp += np.exp(scores[j])
        # L_i = -log(e^{f_yi} / sum_j e^{f_j}) = -f_yi + log sum_j e^{f_j}
        # (the second form, because the first takes log(0) when f_yi is very low)
        loss += -scores[y[i]] + np.log(sum_exp)
        for j in range(num_classes):
            p_j = np.exp(scores[j]) / sum_exp
            dW[:, j] += (p_j - (j == y[i])) * X[i]
    # Right now the loss is a sum over all training examples, but we want it
    # to be an average instead so we divide by num_train.
    loss /= num_train
    dW /= num_train
    # Add regularization to the loss (no 0.5 this time!!) and to the gradient.
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    # *****END OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    # Initialize the loss and gradient to zero.
    loss = 0.0
    dW = np.zeros_like(W)
    # *****START OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    num_train = X.shape[0]
    scores = X.dot(W)
    scores -= np.max(scores, axis=1, keepdims=True)
    sum_exp = np.sum(np.exp(scores), axis=1, keepdims=True)
    correct = scores[range(num_train), list(y)].reshape(-1, 1)
    loss = np.sum(-correct + np.log(sum_exp))
    loss /= num_train
    loss += reg * np.sum(W * W)
    probs = np.exp(scores) / sum_exp
    ind = np.zeros_like(probs)
    ind[range(num_train), list(y)] = 1
    dW = X.T.dot(probs - ind)
    dW /= num_train
    dW += 2 * reg * W
    # *****END OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    return loss, dW


def rel_error(x, y):
    return np.max(np.abs(x - y) / (np.maximum(1e-8, np.abs(x) + np.abs(y))))


if __name__ == "__main__":
    np.random.seed(231)
    W = np.random.randn(30, 10) * 0.0001
    X = np.random.randn(50, 30)
    y = np.random.randint(10, size=50)
    tic = time.time()
    loss_naive, grad_naive = softmax_loss_naive(W, X, y, 0.000005)
    toc = time.time()
    print("naive loss: %e computed in %fs" % (loss_naive, toc - tic))
    tic = time.time()
    loss_vec, grad_vec = softmax_loss_vectorized(W, X, y, 0.000005)
    toc = time.time()
    print("vectorized loss: %e computed in %fs" % (loss_vec, toc - tic))
    print("Loss difference: %f" % np.abs(loss_naive - loss_vec))
    print("Gradient difference: %f" % rel_error(grad_naive, grad_vec))
