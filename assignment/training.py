"""Training a linear classifier by gradient descent."""

import numpy as np


def add_ones(X):
    """Append a column of ones, so that the last row of W acts as the bias b.

    With X1 = add_ones(X) and W1 of shape (D + 1, C), X1 W1 = X W1[:D] + W1[D]. Regularization then touches the bias too.
    """
    return np.column_stack([X, np.ones(len(X))])


def gradient_descent(loss_function, X, y, classes, steps=30, step_size=1.0, reg=1e-3):
    """Minimize a loss over the weights, all examples at every step: W <- W - step_size * dW, from W = 0.

    Parameters
    ----------
    loss_function : callable
        (W, X, y, reg) -> (loss, dW), such as softmax_loss_vectorized.
    X : ndarray of shape (N, D)
        Examples.
    y : ndarray of shape (N,)
        Classes: integers from 0 to classes - 1.
    classes : int
        Number of classes, C.
    steps : int
        Number of updates.
    step_size : float
        Factor of the gradient in each update.
    reg : float
        Strength of the regularization.

    Returns
    -------
    W : ndarray of shape (D, C)
        The weights after the last step.
    losses : ndarray of shape (steps,)
        The loss before each step.
    """
    W = np.zeros((X.shape[1], classes))
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step], dW = loss_function(W, X, y, reg)
        W = W - step_size * np.asarray(dW)
    return W, losses


def accuracy(W, X, y):
    """Share of the rows of X, from 0 to 1, whose highest score X W is that of the right class."""
    return np.mean(np.argmax(X @ W, axis=1) == y)
