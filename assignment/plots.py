"""Figures for the notebook: each function draws one, which the notebook shows by itself (a script: plt.show())."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import EngFormatter, LogLocator, MaxNLocator

LINES = plt.cycler(  # can be told apart in grey print
    color=["#1f4e8c", "#e07b00", "#3a9a5b", "0.6"], marker=["o", "s", "^", "D"], linestyle=["-", "--", "-.", ":"]
)


def _picture(ax, x, title="", low=0.0, high=1.0, cmap="gray_r"):
    """Show x (64,) as an 8 x 8 image without ticks; gray_r is like ink on paper, the larger the darker."""
    ax.set(xticks=[], yticks=[])
    ax.set_title(title, fontsize="medium")
    ax.spines[:].set_color("0.8")
    return ax.imshow(x.reshape(8, 8), vmin=low, vmax=high, cmap=cmap)


def _chart(height=4.0, **properties):
    """Open a figure, height inches high, with one pair of axes."""
    _, ax = plt.subplots(figsize=(6.5, height), layout="constrained")
    ax.set(prop_cycle=LINES, **properties)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _note(ax, text, x, y, shift=7, **options):
    """Write text above the point (x, y), or below it where shift, in points, is negative."""
    options = {"ha": "center", "va": "bottom" if shift > 0 else "top"} | options
    ax.annotate(text, (x, y), (0, shift), textcoords="offset points", **options)


def _guide(ax, slope, factor, start, end, text, side):
    """Draw factor * h**slope faintly on two log axes, from h = start to end, with text along it: above or below."""
    h = np.array([start, end])
    ax.plot(h, factor * h**slope, color="0.7", linestyle="-", marker="")
    logarithms = ax.transLimits + ax.transAxes  # the coordinates in which the slope is an angle
    angle = {"rotation": np.degrees(np.arctan(slope)), "rotation_mode": "anchor", "transform_rotates_text": True}
    x = np.mean(np.log10(h))
    y = np.log10(factor) + slope * x + {"above": 0.0, "below": -0.2}[side]
    va = {"above": "bottom", "below": "top"}[side]
    ax.text(x, y, text, color="0.4", ha="center", va=va, transform=logarithms, **angle)


def images(X, titles, columns=10):
    """Show the rows of X (N, 64), grey values from 0 (white) to 1 (black), as pictures below their titles (N,)."""
    columns = min(columns, len(X))
    rows = -(-len(X) // columns)
    _, axes = plt.subplots(rows, columns, figsize=(0.75 * columns, 0.95 * rows), squeeze=False, layout="constrained")
    for ax in axes.flat[len(X) :]:
        ax.set_axis_off()
    for ax, x, title in zip(axes.flat, X, titles):
        _picture(ax, x, title)


def neighbours(queries, neighbours, query_labels, neighbour_labels):
    """Show each query beside its nearest examples; a thick frame and the sign ≠ mark those of another digit.

    Parameters
    ----------
    queries : ndarray of shape (n, 64)
        Images asked about, grey values in [0, 1].
    neighbours : ndarray of shape (n, k, 64)
        The k examples nearest to each, the nearest first.
    query_labels : ndarray of shape (n,)
        Digits of the queries.
    neighbour_labels : ndarray of shape (n, k)
        Digits of the examples.
    """
    n, k = neighbour_labels.shape
    widths = [1, 0.1] + [1] * k  # a narrow gap sets the queries apart
    _, axes = plt.subplots(
        n, k + 2, figsize=(0.9 * k + 1.1, 1.12 * n + 0.25), width_ratios=widths, squeeze=False, layout="constrained"
    )
    names = ["nearest", "2nd", "3rd"] + [f"{j}th" for j in range(4, k + 1)]
    for i, (query, gap, *others) in enumerate(axes):
        gap.set_axis_off()
        _picture(query, queries[i], "asked" if i == 0 else "")
        query.set_xlabel(query_labels[i])
        for ax, x, label, name in zip(others, neighbours[i], neighbour_labels[i], names):
            _picture(ax, x, name if i == 0 else "")
            ax.set_xlabel(label)
            if label != query_labels[i]:
                ax.set_xlabel(f"{label} ≠ {query_labels[i]}", fontweight="bold")
                ax.spines[:].set(color="black", linewidth=3)


def weight_images(W):
    """Show the weights W (65, 10) of each digit as an image, and below it the bias, which is the last row."""
    largest = np.max(np.abs(W[:-1])) or 1.0
    fig, axes = plt.subplots(2, 5, figsize=(7.5, 3.5), layout="constrained")
    for digit, ax in enumerate(axes.flat):
        picture = _picture(ax, W[:-1, digit], digit, -largest, largest, "cividis_r")  # its lightness falls from end to end
        ax.set_xlabel(f"bias {W[-1, digit]:+.3f}".replace("-", "−"))
    fig.colorbar(picture, ax=axes, aspect=30, label="weight (dark: ink speaks for the digit)")


def jacobian_image(J, s):
    """Show the Jacobian J (C, C) of softmax as a table shaded by size, with the probabilities s (C,) at its side."""
    classes = range(len(s))
    _, ax = plt.subplots(figsize=(0.6 * len(s) + 1.2, 0.5 * len(s) + 0.8), layout="constrained")
    black = max(0.5, 2 * np.max(np.abs(J)))  # twice what there is, so that the numbers can be read on their shades
    ax.imshow(np.abs(J), cmap="gray_r", vmin=0, vmax=black, aspect="auto")
    for (i, j), value in np.ndenumerate(J):
        ax.text(j, i, f"{value + 0.0:+.3f}".replace("-", "−"), ha="center", va="center", fontsize=9)
    ax.set_title(r"$\partial s_i\, /\, \partial z_j$", fontsize="medium", pad=10)
    ax.set_xticks(classes, [f"$z_{{{j}}}$" for j in classes])
    ax.set_yticks(classes, [f"$s_{{{i}}}$ = {s[i]:.3f}" for i in classes])
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    ax.spines[:].set_color("0.8")


def distance_matrix(P, labels):
    """Show squared distances P (n, n) of examples to each other, sorted by labels (n,): a block for each two digits."""
    digits, starts, counts = np.unique(labels, return_index=True, return_counts=True)
    fig, ax = plt.subplots(figsize=(6, 5), layout="constrained")
    picture = ax.imshow(P, cmap="cividis", vmin=0, vmax=np.max(P) or 1.0)
    for start in starts[1:]:
        ax.axhline(start - 0.5, color="white", linewidth=1.2)
        ax.axvline(start - 0.5, color="white", linewidth=1.2)
    centres = starts + (counts - 1) / 2
    ax.set_xticks(centres, digits)
    ax.set_yticks(centres, digits)
    ax.tick_params(length=0)
    ax.set(xlabel="digit", ylabel="digit")
    fig.colorbar(picture, label="squared distance")


def error_against_step(steps, errors):
    """Plot relative errors (n,) of the numerical gradient against its step sizes (n,); an error of 0 is left out."""
    steps, errors = np.asarray(steps, dtype=float), np.array(errors, dtype=float)
    errors[~(errors > 0)] = np.nan
    ax = _chart(xscale="log", yscale="log", xlabel="step size h", ylabel="relative error of the numerical gradient")
    turn = 1e-16 ** (1 / 3)  # where h**2 = 1e-16 / h
    _guide(ax, 2, 1.0, turn, max(1e-2, np.max(steps)), "truncation: $h^2$", "above")
    _guide(ax, -1, 1e-16, min(1e-9, np.min(steps)), turn, "round-off: $10^{-16}/h$", "below")
    ax.plot(steps, errors)
    ax.margins(y=0.12)
    if np.any(errors > 0):
        least = np.nanargmin(errors)
        h, error = steps[least], errors[least]
        ax.plot(h, error, marker="o", markersize=11, markerfacecolor="none", color="black")
        side = "left" if h < 1e-8 else "right" if h > 1e-3 else "center"
        _note(ax, f"least at h = {h:.0e}: {error:.0e}", h, error, shift=-12, ha=side)


def time_against_rows(rows, seconds):
    """Plot the time of a call against the number of examples, rows (n,); seconds maps names to times (n,)."""
    ax = _chart(xscale="log", yscale="log", xlabel="rows", ylabel="time of one call")
    for times in seconds.values():
        ax.plot(rows, np.where(np.greater(times, 0), times, np.nan))
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.yaxis.set_major_formatter(EngFormatter("s"))
    ax.minorticks_off()
    ax.grid(axis="y", color="0.9")
    low, high = np.log10(ax.get_ylim())
    height = -np.inf
    for end, name in sorted((times[-1], name) for name, times in seconds.items() if times[-1] > 0):
        height = max(np.log10(end), height + 0.08 * (high - low))  # labels keep their distance where lines meet
        text = f"{name}, {EngFormatter('s', places=1)(end)}"
        ax.annotate(text, (rows[-1], 10**height), (8, 0), textcoords="offset points", va="center", annotation_clip=False)


def loss_curve(losses):
    """Plot losses (steps,), each the loss before a step of gradient descent, with that of guessing among ten digits."""
    losses = np.asarray(losses)
    finite = np.flatnonzero(np.isfinite(losses))
    pad = max(0.9, 0.05 * len(losses))
    ax = _chart(xlabel="steps taken", ylabel="loss", xlim=(-pad, len(losses) - 1 + pad))
    ax.set_ylim(0, 1.15 * np.max(losses[finite], initial=np.log(10)))
    ax.axhline(np.log(10), color="0.5", linestyle="--", linewidth=1)
    _note(ax, "guessing: log 10", len(losses) - 1 + pad, np.log(10), shift=3, color="0.4", ha="right")
    ax.plot(finite, losses[finite], marker="o" if len(losses) <= 50 else "")
    ax.xaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    for t in {*finite[:1], *finite[-1:]}:
        _note(ax, f"{losses[t]:.3f}", t, losses[t])


def accuracy_against_k(ks, accuracies):
    """Plot accuracies (n,), shares from 0 to 1 of digits held back, in percent against numbers of neighbours ks (n,)."""
    percent = 100 * np.asarray(accuracies)
    best = np.argmax(percent)
    x_pad, y_pad = max(0.9, 0.06 * np.ptp(ks)), max(1.0, 0.15 * np.ptp(percent))
    ax = _chart(3.5, xlabel="neighbours k that vote", ylabel="held-back digits named rightly, %")
    ax.set_xlim(min(ks) - x_pad, max(ks) + x_pad)
    ax.set_ylim(np.clip([min(percent) - y_pad, max(percent) + y_pad], 0, 100))
    ax.set_xticks(ks[:: len(ks) // 12 + 1])
    ax.grid(axis="y", color="0.9")
    ax.plot(ks, percent, clip_on=False)
    _note(ax, f"{percent[best]:.1f} %", ks[best], percent[best])
