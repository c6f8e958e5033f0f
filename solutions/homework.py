# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---
# %% [markdown] only="source"
# The source of the handout's page and of every notebook; `make assignment` generates those of the handout. A cell is in all
# editions, or in those that it names after only: "page" is assignment/README.md, which takes Markdown alone; "files" is the
# notebook that lies beside the files of answers, "otter" and "nbgrader" are those courses' notebooks, and "notebook" means all
# three. A slot cell gives its place to the function that it names: stripped for students, whole in the solution. The cell
# of a question gets its heading and its points from the tables, a written question a cell for its answer; checks marks the cell
# that runs the public checks of a question. {{title}}, {{files}} and {{questions by file}} stand for what the tables say.
# Inside mathematics no backslash stands before a punctuation mark: GitHub takes it away.

# %% [markdown]
# # {{title}}
#
# A linear classifier reads handwritten digits. You derive its gradient for one example, write it with loops, and write it again
# without any; then you do without loops once more, for all distances between two sets of points. In the end a few lines of matrix
# algebra do in a millisecond what your loops do in a tenth of a second, and you can prove to yourself that they are right. It takes
# most people five to eight hours, on paper and at the keyboard.
#
# **After this homework you can**
#
# - differentiate through the softmax function, on paper and in code, and say which shape every array has on the way;
# - check any gradient against numerical derivatives, and say why a step of $10^{-5}$ is a good one;
# - turn a loop over examples into matrix products, and spot the broadcasting mistakes that raise no error;
# - keep exponentials and logarithms finite and whole numbers from wrapping round, and know where floating point loses digits;
# - say what a vectorized program costs, in multiplications and in memory.

# %% [markdown] only="page"
# ## Start
#
# ```console
# $ make setup
# $ make check
# ```
#
# The first installs numpy, pytest, matplotlib and Jupyter into `.venv`, the second runs the public checks: nothing is started yet, and
# that is what they say. Python 3.10 or later; on Debian and Ubuntu, `apt install python3-venv` first.
#
# Without make: `python3 -m venv .venv`, then `source .venv/bin/activate` (on Windows `py -m venv .venv` and `.venv\Scripts\activate`), then
# `python -m pip install -r requirements.txt` and `python -m pytest`. All commands below that begin with `python` or `jupyter` are for this
# environment, activated.
#
# **Work where you like.** Either fill the functions in {{files}}; or open the notebook, with `make notebook` or
# `jupyter lab homework.ipynb`, and fill the same functions in its cells. The notebook has pictures that are worth seeing in any case: if
# you work in the files, put `from softmax import softmax_jacobian` and the like in the cells of the functions.
#
# | file | what it is |
# |---|---|
# | {{files}} | the functions that you fill |
# | `homework.ipynb` | the same functions in cells, with pictures, and the written questions |
# | `gradient_check.py` | numerical gradient and relative error |
# | `training.py` | gradient descent, and the bias as a column of ones |
# | `neighbours.py` | the slow two-loop distances, and prediction by nearest neighbours |
# | `digits.py`, `data/` | 1,797 pictures of digits: 300 to learn from, the rest held back |
# | `plots.py` | the pictures of the notebook |
# | `public_checks/` | the public checks and all points; `check.py` runs them in the notebook |
# | `hand_in.py` | makes the zip to upload |

# %% [markdown] only="notebook"
# **How to work.** Run the cells from the top. Where a function raises `NotImplementedError`, it is your turn: fill it in, run its cell,
# and run the check below it. Each question has a few public checks here; the grader has other data and hidden checks too.
# Read the rules at the end before you begin.

# %% [markdown] only="files"
# If you would rather work in the files {{files}}, put `from softmax import softmax_jacobian` and the like in
# the cells of the functions; the pictures work all the same.

# %% [markdown] only="nbgrader"
# Add cells, split them or move them as you like: what counts is that the notebook defines each function.

# %%
# %load_ext autoreload
# %autoreload 2
import time

import numpy as np

import plots

# %% only="files nbgrader"
from check import check
from digits import load_digits
from gradient_check import numerical_gradient, relative_error
from neighbours import predict_labels, two_loop_distances
from training import accuracy, add_ones, gradient_descent

# %% [markdown]
# ## Notation
#
# | symbol | shape | meaning |
# |---|---|---|
# | `N`, `D`, `C` | | number of examples, of features, of classes |
# | `X` | (N, D) | one example a **row** |
# | `y` | (N,) | the right class of each example, an integer from 0 to $C - 1$ |
# | `W` | (D, C) | weights, one class a **column** |
# | `b` | (C,) | biases |
# | `Z = X W` | (N, C) | scores: row $i$ holds those of example $i$ |
# | `P` | (N, C) | probabilities: the softmax of each row of $Z$ (in q5 and w3: a table of distances) |
#
# We write the gradient of the loss with respect to an array as `d` and its name: `dW` has the shape of `W`.
#
# **Rows or columns?** Many texts keep one *row* of $W$ for each class, treat an example as a column and write $Wx$ for the scores. Their $W$
# is the transpose of ours, and so is their gradient. Before you copy a formula out of any text, write the shapes beside it.

# %% [markdown] only="notebook"
# ## The digits
#
# 1,797 grey pictures of 8 x 8 pixels, each a row of 64 numbers from 0 to 1. We learn from 300 of them; the others are held back, to see
# what was learned.

# %%
X_train, y_train, X_test, y_test = load_digits()
print("to learn from", X_train.shape, "held back", X_test.shape)
plots.images(X_train[:20], y_train[:20])

# %% [markdown] question="q1"
# The softmax function turns $C$ scores into $C$ probabilities:
#
# $$
# s_i = \frac{e^{z_i}}{\sum_k e^{z_k}}, \qquad i = 1, \ldots, C.
# $$
#
# Each $s_i$ depends on *all* scores, so its derivative is a matrix, the Jacobian, with one row for each probability and one column for
# each score:
#
# $$
# J_{ij} = \frac{\partial s_i}{\partial z_j} = s_i \left( 1_{i=j} - s_j \right),
# \qquad 1_{i=j} = 1 \text{ where } i = j, \text{ else } 0.
# $$
#
# Written question w1 asks you where this comes from. Before you write code, answer two questions: why must every row of $J$ sum to 0, and
# why every column?
#
# **Large scores.** $e^{1000}$ is infinite in floating point, and infinity divided by infinity is not a number. Show that
# $s(z) = s(z - c)$ for any number $c$ subtracted from all scores. Which $c$ makes every exponent at most 0?

# %% slot="softmax_jacobian"
from softmax import softmax_jacobian

# %% checks="q1"
check("q1")

# %% [markdown] only="notebook"
# Is it right? Compare a row with small differences, which `numerical_gradient` in `gradient_check.py` takes: it moves one score at
# a time, by $10^{-5}$ up and down. Then look at it. Which entries are positive? What happens to the whole matrix when one score is far
# above the others: put 30 in `z`, and run it again.

# %%
z = np.array([1.0, 2.0, 0.5, 3.0, -1.0])
J = softmax_jacobian(z)
error = relative_error(J[0], numerical_gradient(lambda z: (np.exp(z) / np.exp(z).sum())[0], z))
print(f"row 0 of J against differences: relative error {error:.0e}")
plots.jacobian_image(J, np.exp(z) / np.exp(z).sum())

# %% [markdown] question="q2"
# One example $x$ of class $y$, from the weights to the loss:
#
# $$
# z = xW + b, \qquad a = s(z), \qquad \ell = -\log a_y.
# $$
#
# Now go backwards, a step at a time. Every gradient has the shape of what it belongs to:
#
# | step | what you need | shapes |
# |---|---|---|
# | `da` | derivative of $-\log a_y$ by each $a_i$, as if the $a_i$ were free variables | (C,) |
# | `dz` | the chain rule, $d z = d a \cdot J$ | (C,) = (C,) (C, C) |
# | `dW` | only $z_c$ depends on $W_{kc}$, and $\partial z_c / \partial W_{kc} = x_k$ | (D, C) from (D,) and (C,) |
# | `db` | $\partial z_c / \partial b_c = 1$ | (C,) |
#
# *As if free* means that $a$ may leave the set of vectors that sum to 1: in `da` most entries are 0.
#
# Do the product $d a \cdot J$ on paper first. `da` has one entry that is not 0, so one row of $J$ is left; write it down for $j = y$ and for
# $j \neq y$. A division cancels, and what is left is so simple that your code needs neither `da` nor $J$ to compute `dz`. It should not use
# them: where $a_y$ rounds to 0, `da` is infinite (by its very definition), and `dz` is not.

# %% slot="cross_entropy_gradients"
from softmax import cross_entropy_gradients

# %% checks="q2"
check("q2")

# %% [markdown] only="notebook"
# Shapes are all that is checked here; whether the numbers are right you can find out yourself, by differences again. A right gradient
# agrees to nine digits or so.

# %%
rng = np.random.default_rng(7)
W, b, x = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=4)
y = np.argmax(x @ W + b)


def loss_of_scores(z):
    """Loss of one example of class y, given its scores."""
    return np.log(np.sum(np.exp(z))) - z[y]


da, dz, dW, db = cross_entropy_gradients(W, b, x, y)
a = np.exp(x @ W + b) / np.exp(x @ W + b).sum()
print(f"da: {relative_error(da, numerical_gradient(lambda a: -np.log(a[y]), a)):.0e}")
print(f"dz: {relative_error(dz, numerical_gradient(loss_of_scores, x @ W + b)):.0e}")
print(f"dW: {relative_error(dW, numerical_gradient(lambda V: loss_of_scores(x @ V + b), W)):.0e}")
print(f"db: {relative_error(db, numerical_gradient(lambda c: loss_of_scores(x @ W + c), b)):.0e}")

# %% [markdown] question="q3"
# For a batch, average the losses of the examples and add a penalty on large weights:
#
# $$
# L(W) = \frac{1}{N} \sum_{i=1}^{N} -\log P_{i, y_i} + \rho \sum_{k, c} W_{kc}^2 .
# $$
#
# The strength $\rho$ is called `reg` in the code. The gradient of a mean is the mean of the gradients, and you know that of one example from
# q2 (here without $b$). What is the derivative of the penalty?
#
# Write it as it reads, **example by example, with explicit loops**. It will be slow, and it will be the measure of what comes after.
#
# **Two ways to lose a number.** Subtracting the largest score keeps $e^{z}$ finite. But where the scores of an example lie 1,000 apart, the
# probability of its right class may round to 0, and $\log 0$ is infinite though the loss is about 1,000. Never take the logarithm of
# a probability:
#
# $$
# -\log P_{i, y_i} = \log \left( \sum_k e^{z_k} \right) - z_{y_i}
# $$
#
# has no such trouble, once the largest score has been subtracted.
#
# **Where is the bias?** There is no $b$ in q3 and q4. Append a column of ones to $X$, as `add_ones` in `training.py` does, and the last row of
# $W$ acts as the bias:
#
# $$
# \left[ X \quad 1 \right] \left[ \begin{matrix} W \cr b \end{matrix} \right] = XW + b,
# \qquad (N, D + 1)(D + 1, C) = (N, C).
# $$
#
# The price: the penalty now touches $b$ as well. That is harmless here, but it is not the same loss as with a free bias.

# %% slot="softmax_loss_naive"
from softmax import softmax_loss_naive

# %% checks="q3"
check("q3")

# %% [markdown] only="notebook"
# **Is the gradient right?** Compare it with central differences of the loss, $\frac{f(w + h) - f(w - h)}{2h}$. How good they are depends
# on the step $h$. Before you run the next cell: what goes wrong for a large $h$, and what for a tiny one?

# %%
X, y, W, reg = rng.normal(size=(20, 6)), rng.integers(4, size=20), rng.normal(size=(6, 4)), 0.1


def loss(W):
    """The loss alone, as a function of the weights."""
    return softmax_loss_naive(W, X, y, reg)[0]


dW = softmax_loss_naive(W, X, y, reg)[1]
steps = 10.0 ** np.arange(-13, 0.5, 0.5)
errors = [relative_error(dW, numerical_gradient(loss, W, h)) for h in steps]
plots.error_against_step(steps, errors)

# %% [markdown] only="notebook"
# The V has two arms. On the right, truncation: the error of a central difference grows like $h^2$. On the left, round-off: the loss has 16
# digits, its difference fewer, and dividing by $h$ magnifies what is lost. Near $h = 10^{-5}$ both are small. If your curve stays flat at
# the height of 0.01 or more, no step will help: the gradient is wrong.

# %% [markdown] question="q4"
# The same loss, the same gradient, **no Python loop**. Write the shapes first:
#
# | step | shape |
# |---|---|
# | $Z = XW$ | (N, D)(D, C) = (N, C): all scores at once |
# | largest score of each row, sum of the exponentials of each row | (N, 1), so that it lines up with the rows of $Z$ |
# | the score of the right class in each row | (N,) |
# | `dZ`: row $i$ is the `dz` of example $i$, as in q2 | (N, C) |
# | `dW` | (D, C) |
#
# The last step is the one to think about. With loops you added up one $(D, C)$ array for each example,
#
# $$
# dW_{kc} = \frac{1}{N} \sum_{i=1}^{N} X_{ik} \thinspace dZ_{ic} + \ldots
# $$
#
# A sum over a shared index is a matrix product. Which one, of $X$ $(N, D)$ and `dZ` $(N, C)$, gives $(D, C)$?
#
# **A trap.** `Z.max(axis=1)` has the shape $(N,)$, and numpy lines shapes up from the *right*: it would be subtracted along the classes. That is
# an error where $N \neq C$, and silently wrong where $N = C$. `keepdims=True` keeps the axis: $(N, 1)$.

# %% slot="softmax_loss_vectorized"
from softmax import softmax_loss_vectorized

# %% checks="q4"
check("q4")

# %% [markdown] only="notebook"
# **What was it good for?** The same work, by loop and by matrices, for more and more examples. Both axes are logarithmic: equal steps are
# equal factors.


# %%
def seconds(function, *arguments, repeats=5):
    """Least time of a few calls: whatever else the machine does only adds to it."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function(*arguments)
        times.append(time.perf_counter() - start)
    return min(times)


rows = np.array([10, 30, 100, 300, 1000, 3000])
W = rng.normal(size=(64, 10))
batches = [(W, rng.normal(size=(N, 64)), rng.integers(10, size=N), 0.1) for N in rows]
times = {
    "loop": [seconds(softmax_loss_naive, *batch) for batch in batches],
    "matrices": [seconds(softmax_loss_vectorized, *batch) for batch in batches],
}
plots.time_against_rows(rows, times)

# %% [markdown] only="notebook"
# The loop pays Python's price for every example: its line has slope 1 from the start. The matrices pay it once a call: their line is flat
# until the arithmetic itself begins to show.
#
# **Does it learn?** Gradient descent from $W = 0$, all 300 examples at every step. Before any learning every class is as likely as the others
# and the loss is $\log 10$. After 200 steps at least 90 % of the held-back digits should be read right. When they are, try
# `step_size=10`, and `reg=0.1`: what does each do to the curve, and to the weights?

# %%
W_digits, losses = gradient_descent(softmax_loss_vectorized, add_ones(X_train), y_train, classes=10, steps=200)
print(f"read right: {accuracy(W_digits, add_ones(X_train), y_train):.1%} of the digits learned from,", end=" ")
print(f"{accuracy(W_digits, add_ones(X_test), y_test):.1%} of those held back")
plots.loss_curve(losses)

# %% [markdown] only="notebook"
# **What did it learn?** Each column of `W_digits` is a picture of 64 weights: where it is dark, ink speaks for the digit; where it is light, ink
# speaks against it. Can you see the digits in it, or what tells one from another?

# %%
plots.weight_images(W_digits)

# %% [markdown] only="notebook"
# And some digits that it reads wrongly, each with what it is and what was read. Would you have known?

# %%
read = np.argmax(add_ones(X_test) @ W_digits, axis=1)
wrong = np.flatnonzero(read != y_test)[:20]
plots.images(X_test[wrong], [f"{y_test[i]} → {read[i]}" for i in wrong])

# %% [markdown] question="q5"
# $n$ points as the rows of $A$, $m$ points as the rows of $B$. All squared distances:
#
# $$
# P_{ij} = \sum_{k=1}^{d} \left( A_{ik} - B_{jk} \right)^2 .
# $$
#
# Two loops do it (see `two_loop_distances` in `neighbours.py`), slowly. One subtraction with broadcasting does it too, through an array of shape
# $(n, m, d)$: for 500 and 2,000 photographs of 3,072 numbers it would take 25 GB. Expand the square instead,
#
# $$
# \lVert a - b \rVert^2 = \lVert a \rVert^2 + \lVert b \rVert^2 - 2 \thinspace a \cdot b ,
# $$
#
# and no array is larger than $A$, $B$ and $P$:
#
# | part | shape |
# |---|---|
# | squared norms of the rows of $A$ | (n,) |
# | squared norms of the rows of $B$ | (m,) |
# | all dot products, $A B^T$ | (n, d)(d, m) = (n, m) |
#
# **The trap.** The sum of the first two should be an $(n, m)$ table: the norms of $A$ go down the rows, those of $B$ along the columns. But numpy lines
# up $(n,)$ and $(m,)$ element by element: an error where $n \neq m$, and where $n = m$ a wrong answer without any error. One of the two
# needs a new axis. Test with $n = m$ *and* with $n \neq m$.
#
# **Three more things that tables of numbers do**
#
# - Where two rows are equal, the expansion subtracts nearly equal numbers: rounding can leave $-10^{-13}$ where 0 is right. A squared
#   distance is never negative.
# - Pictures come as `uint8`, whole numbers from 0 to 255, and their arithmetic wraps round: 200 + 100 is 44. Convert before you compute.
# - One point is a set of points too: $n = 1$ and $m = 1$ are ordinary sizes.

# %% [markdown] only="notebook"
# The trap in small. You want a (3, 3) table whose entry $[i, j]$ is `down[i] + along[j]`. Which of the two needs a new axis, and where?

# %%
down, along = np.array([1, 2, 3]), np.array([10, 20, 30])
print(down + along, "has the shape", (down + along).shape)

# %% slot="pairwise_squared_distances"
from distances import pairwise_squared_distances

# %% checks="q5"
check("q5")

# %% [markdown] only="notebook"
# **Distances as a picture.** The 300 digits sorted by what they show, each against each. Dark is near. What are the dark squares along
# the diagonal? Which two digits are most alike? And why is the square of the 1s chequered?

# %%
order = np.argsort(y_train, kind="stable")
sorted_X, sorted_y = X_train[order], y_train[order]
plots.distance_matrix(pairwise_squared_distances(sorted_X, sorted_X), sorted_y)

# %% [markdown] only="notebook"
# **Reading by the nearest neighbour.** No learning at all: a digit is what the nearest of the 300 known pictures shows. At least 90 % of the
# held-back digits should be read right; the pictures below show five of them, and the last two rows are mistakes.

# %%
P = pairwise_squared_distances(X_test, X_train)
read = predict_labels(P, y_train)
print(f"read right by the nearest neighbour: {np.mean(read == y_test):.1%}")
asked = np.concatenate([[0, 1, 2], np.flatnonzero(read != y_test)[:2]])
nearest = np.argsort(P[asked], axis=1, kind="stable")[:, :5]
plots.neighbours(X_test[asked], X_train[nearest], y_test[asked], y_train[nearest])

# %% [markdown] only="notebook"
# More voters are not always wiser:

# %%
ks = np.arange(1, 22, 2)
plots.accuracy_against_k(ks, [np.mean(predict_labels(P, y_train, k) == y_test) for k in ks])

# %% [markdown] only="notebook"
# And the time of it:

# %%
rows = np.array([10, 30, 100, 300])
times = {
    "two loops": [seconds(two_loop_distances, X_test[:n], X_train[:n]) for n in rows],
    "matrices": [seconds(pairwise_squared_distances, X_test[:n], X_train[:n]) for n in rows],
}
plots.time_against_rows(rows, times)

# %% [markdown] only="source" place="more"
# Questions of homework_*.py, beside this file, stand here.

# %% [markdown]
# ## Written questions
#
# Graded by hand, beyond the points above. A few lines each, with every step named.

# %% [markdown] only="page"
# Answer them in the notebook, below the questions, or put a `written.pdf` or `written.md` beside this file.

# %% [markdown] written="w1"
# **w1. The Jacobian, by taking logarithms first.** All $s_i$ are positive, so $\frac{\partial s_i}{\partial z_j} = s_i \frac{\partial}{\partial z_j} \log s_i$.
# Derive $J_{ij} = s_i (1_{i=j} - s_j)$ this way. Then show from it that every row and every column of $J$ sums to 0, and say in words what
# each of the two facts means.

# %% [markdown] written="w2"
# **w2. One step of learning.** For one example $x$ of class $y$, without bias and penalty, derive the gradient of $\ell = -\log a_y$ with respect to
# column $m$ of $W$, once for $m = y$ and once for $m \neq y$. Now take one step, $W \leftarrow W - \eta \thinspace dW$. By how much does the score of the right class change,
# and those of the others? A classmate says that every entry of column $y$ grows: is that so? In the loss of q3 a step
# may even lower the score of the right class. Name two reasons.

# %% [markdown] written="w3"
# **w3. What does a table of distances cost?** Expand $\lVert a - b \rVert^2$. Then compare three ways to compute $P$: two loops, broadcasting through an
# $(n, m, d)$ array, and the expansion. How many multiplications does each take, and how many numbers does it hold at once beyond
# $A$, $B$ and $P$? Which one would you take for $n = m = 1000$ and $d = 3$, and why might the expansion be the least exact?

# %% [markdown]
# ## Rules
#
# - numpy and the standard library only. Whatever else an answer imports is not there when it is graded, and then none of the
#   answers of that file counts.
# - Inputs may lie in memory in any order, and must not be changed.
# - Results are finite even where all scores are in the thousands, or thousands apart; only `da` may overflow, by its definition.
# - Distances are never negative; $n = 1$, $m = 1$ and `uint8` pictures work.
# - q3 works example by example. Where the table of a question says «no Python loop», as in q4 and q5, there is none along any axis: no
#   `for`, no comprehension, no `map`, `np.vectorize` or `np.apply_along_axis`, and none of Python's own `sum`, `min`, `max`, `all`,
#   `any` over an array.
# - An answer reads no files. Experiments belong in other cells, or under `if __name__ == "__main__":`.

# %% [markdown] only="page"
# ## What the grader looks at
#
# The public checks are the grader's own, with other data. The hidden checks ask more of the same functions, and every one of them is
# something that you can try yourself before you hand in:
#
# | what | how it is judged | how you can try it |
# |---|---|---|
# | **values** | against a reference, to six digits | your loop against your matrices; a case worked by hand |
# | **gradients** | against central differences of the right loss, and of *your own* loss: half the points are for a gradient that fits the loss it comes with | `numerical_gradient`, `relative_error`: a right gradient is below $10^{-6}$ |
# | **stability** | all scores shifted by 1,000 up and down; scores 1,000 apart | add 1,000 to every score; multiply `W` by 1,000 |
# | **loops** | the interpreter's steps are counted: twice the rows must not take more of them. There is no noise in this, and no way to be unlucky | look for `for` |
# | **time** | processor time against a vectorized reference in the same run; up to 6 times as much is fine, unless a Python loop runs; most loops take 20 times and more | the plot of time against rows |
# | **memory** | temporary arrays of the size of $A$, $B$ and $P$ are fine, one of (n, m, d) is not | count the entries of each array |
#
# Why loops count: they are right, and fifty to a thousand times too slow for a real data set. Why time and memory count too: code
# can be free of loops and still waste both. These points need an answer that works; and a mistake costs its own points only: a check
# that could not be judged because of it says so.

# %% [markdown] only="page"
# ## Check
#
# ```console
# $ make check
# $ make check Q=q4
# ```
#
# or `python -m pytest` and `python -m pytest -k q4`. The first failure of a question is explained: what, where, yours, expected. These look at
# the files; in the notebook, `check("q4")` looks at the notebook's functions.

# %% [markdown] only="page files nbgrader"
# ## Hand in

# %% [markdown] only="page"
# ```console
# $ make submission
# ```
#
# or `python hand_in.py`. It looks at what you have, says what is missing, and writes `submission.zip`: upload that. Each file counts as a
# whole, with all of its questions ({{questions by file}}):
# if it answers any of them, the notebook's answers to them are not graded. So keep these in one place. Of the notebook's cells only
# functions, classes, imports and plain constants are taken, as far as the answers need them: what a cell computes is not there when
# an answer is graded.

# %% [markdown] only="files"
# Save the notebook, run `make submission` (or `python hand_in.py`) in its folder, and upload `submission.zip`.

# %% [markdown] only="nbgrader"
# Save the notebook as `homework.ipynb`, and submit it the way your course does.
