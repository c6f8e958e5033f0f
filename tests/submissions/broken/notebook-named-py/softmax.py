{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": [
    "import numpy as np"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": [
    "def softmax_jacobian(z):\n",
    "    s = np.exp(z - z.max())\n",
    "    s = s / s.sum()\n",
    "    return np.diag(s) - np.outer(s, s)"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": [
    "def cross_entropy_gradients(W, b, x, y):\n",
    "    z = x @ W + b\n",
    "    a = np.exp(z - z.max())\n",
    "    a = a / a.sum()\n",
    "    da = np.zeros(len(a))\n",
    "    da[y] = -1 / a[y]\n",
    "    dz = a.copy()\n",
    "    dz[y] -= 1\n",
    "    return da, dz, np.outer(x, dz), dz.copy()"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": [
    "def softmax_loss_naive(W, X, y, reg):\n",
    "    N, C = len(X), W.shape[1]\n",
    "    loss = 0.0\n",
    "    dW = np.zeros(W.shape)\n",
    "    for i in range(N):\n",
    "        z = X[i] @ W\n",
    "        z = z - z.max()\n",
    "        log_sum = np.log(np.exp(z).sum())\n",
    "        loss += log_sum - z[y[i]]\n",
    "        for c in range(C):\n",
    "            dW[:, c] += (np.exp(z[c] - log_sum) - (c == y[i])) * X[i]\n",
    "    return loss / N + reg * np.sum(W * W), dW / N + 2 * reg * W"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": [
    "def softmax_loss_vectorized(W, X, y, reg):\n",
    "    N = len(X)\n",
    "    Z = X @ W\n",
    "    Z = Z - Z.max(axis=1, keepdims=True)\n",
    "    E = np.exp(Z)\n",
    "    S = E.sum(axis=1, keepdims=True)\n",
    "    loss = np.mean(np.log(S[:, 0]) - Z[np.arange(N), y]) + reg * np.sum(W * W)\n",
    "    dZ = E / S\n",
    "    dZ[np.arange(N), y] -= 1\n",
    "    return loss, X.T @ dZ / N + 2 * reg * W"
   ]
  }
 ],
 "metadata": {
  "language_info": {
   "name": "python"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 4
}
