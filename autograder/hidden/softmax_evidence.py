"""What is known of a softmax loss: which formula loss and gradient follow, and how to draw batches for it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from autograder.hidden.mistakes.fit import Array, solve
from autograder.hidden.mistakes.softmax import VARIANTS, GradientModel, LossModel, fit_gradient, fit_loss, terms
from autograder.hidden.mistakes.softmax_names import (
    LOSS_QUESTIONS,
    hint_for_gradient,
    hint_for_loss,
    name_gradient,
    name_loss,
)
from autograder.homework import reference
from autograder.judge.evidence import Axis, Evidence, NotJudged, Rng, Wide, evidence_for
from autograder.judge.meters.cpu import Shape
from autograder.judge.no_answer import NoAnswer
from public_checks import expect
from public_checks.draws import batch
from public_checks.expect import Hint, Mismatch
from public_checks.given import training

Batch = tuple[Array, Array, Array, float]  # W, X, y, reg

CASES = 6  # batches to explain an answer with: two unknowns in the loss, so that a wrong explanation leaves a residual
STEP = 1e-5  # central difference: truncation h^2 against round-off eps / h, worst error 7e-11 here

HONEST = (200, 4, 3)  # a loop over examples takes 6 times the vectorized time here, in its leanest form


def draw(rng: Rng, shape: Shape) -> Batch:
    """Draw W, X, y, reg of a shape (N, D, C)."""
    N, D, C = shape
    drawn: Batch = batch(rng, N, D, C)
    return drawn


@evidence_for("softmax_loss_naive", "softmax_loss_vectorized")
class SoftmaxEvidence(Evidence):
    """What is known of a softmax loss; a loop is measured against the vectorized reference too."""

    unit = "softmax_loss_vectorized"
    loop = "softmax_loss_naive"
    axes = (
        Axis("N", "examples", "loop-rows", long=(1_500, 4, 3), short=(300, 4, 3)),
        Axis("D", "features", "loop-features", long=(5, 4_000, 4), short=(5, 150, 4)),
        Axis("C", "classes", "loop-classes", long=(4, 2, 800), short=(4, 2, 60), limited=True),
    )
    # An (N, D, C) array takes 12 times the reference's time there, every frugal style at most 3; at a glance it has 14 MB, 7 in
    # float32, which come from the kernel in any call, where a frugal answer takes 1.
    wide = Wide(shape=(400, 250, 60), glance=(200, 170, 50), suspicious=4 << 20)
    draw = staticmethod(draw)

    @cached_property
    def sample(self) -> list[tuple[Batch, Any, Any]]:
        """A few batches, with loss and gradient as they came; empty where there is no answer."""
        batches = [batch(self.rng) for _ in range(CASES)]
        try:
            pairs = [expect.loss_and_gradient(value, W.shape) for value, (W, *_) in zip(self.function.map(batches), batches)]
        except (Mismatch, NoAnswer) as error:
            self.missing = error
            return []
        return [(arguments, *pair) for arguments, pair in zip(batches, pairs)]

    @cached_property
    def losses(self) -> list[float]:
        """The losses of the sample; empty where one is no number."""
        try:
            return [expect.number(loss, "loss") for _, loss, _ in self.sample]
        except Mismatch:
            return []

    @cached_property
    def gradients(self) -> list[Array]:
        """The gradients of the sample; empty where one is no array of the right shape."""
        try:
            return [expect.array(dW, arguments[0].shape, "dW") for arguments, _, dW in self.sample]
        except Mismatch:
            return []

    @cached_property
    def models(self) -> tuple[LossModel | None, GradientModel | None]:
        """The formulas that loss and gradient follow, if they follow any: the right one, or both the same variant of it."""
        for variant in VARIANTS:
            cases = [terms(*arguments, variant=variant) for arguments, _, _ in self.sample]
            loss = fit_loss(cases, self.losses, variant) if self.losses else None
            gradient = fit_gradient(cases, self.gradients, variant) if self.gradients else None
            moving = (loss is not None and not loss.idle) or (gradient is not None and not gradient.idle)
            if moving or (not variant and (loss is not None or gradient is not None)):
                return loss, gradient
        return None, None

    @property
    def loss_model(self) -> LossModel | None:
        """The formula that the loss follows, if it follows one."""
        return self.models[0]

    @property
    def gradient_model(self) -> GradientModel | None:
        """The formula that the gradient follows, if it follows one."""
        return self.models[1]

    @property
    def mean_probability(self) -> bool:
        """Whether the loss is a mean of probabilities, without the logarithm."""
        cases = [terms(*arguments) for arguments, _, _ in self.sample]
        columns = np.array([[at.right_probability, at.penalty] for at in cases])
        return bool(self.losses) and solve(columns, np.array(self.losses)) is not None

    @cached_property
    def first_example_only(self) -> bool:
        """Whether the loss stays the same when all examples but the first change."""
        W, X, y, reg = batch(self.rng)
        others = np.vstack([X[:1], self.rng.normal(size=X[1:].shape)])
        labels = np.concatenate([y[:1], (y[1:] + 1) % W.shape[1]])
        try:
            values = self.function.map([(W, X, y, reg), (W, others, labels, reg)])
            one, another = (expect.number(expect.loss_and_gradient(value, W.shape)[0], "loss") for value in values)
        except (Mismatch, NoAnswer):
            return False
        return one == another

    @property
    def loss_hint(self) -> Hint | None:
        """What may be wrong with the loss."""
        if self.loss_model is not None and self.loss_model.idle:
            return Hint("stub", "The loss does not depend on the examples: is it overwritten (= for +=), or not filled in yet?")
        if self.loss_model is None and self.mean_probability:
            return Hint("no-log", LOSS_QUESTIONS["no-log"])
        if self.loss_model is None and self.first_example_only:
            return Hint("first-example-only", "Only the first example counts: where does the return stand?")
        return hint_for_loss(name_loss(self.loss_model), name_gradient(self.gradient_model))

    @property
    def gradient_hint(self) -> Hint | None:
        """What may be wrong with the gradient."""
        if self.loss_model is not None and self.loss_model.idle and self.gradient_model and self.gradient_model.idle:
            return self.loss_hint
        return hint_for_gradient(name_gradient(self.gradient_model), name_loss(self.loss_model))

    def require_own_gradient(self) -> None:
        """Expect the gradient to be that of the answer's own loss, by central differences.

        Raises
        ------
        Mismatch
            It is not, or the loss does not change with W or with y: there is nothing to differentiate.
        NotJudged
            The gradient is the right one: then the loss is to blame.
        """
        if self.loss_model and self.gradient_model and self.loss_model.right and self.gradient_model.right:
            return
        try:
            dW, numerical = self._gradient_and_differences
            name = "dW, compared with numerical derivatives of your own loss,"
            expect.close(dW, numerical, name, expect.GRADIENT_TOLERANCE, self.gradient_hint)
        except Mismatch:
            if self.gradient_model and self.gradient_model.right:
                raise NotJudged(f"{self.question}.loss") from None
            raise

    @cached_property
    def _gradient_and_differences(self) -> tuple[Array, Array]:
        """The gradient at a batch, and central differences of the answer's own loss there."""
        W, X, y, reg = batch(self.rng)
        other = (y + 1) % W.shape[1]
        shifted = [W + sign * STEP * unit.reshape(W.shape) for unit in np.eye(W.size) for sign in (1, -1)]
        calls = [(W, X, y, 0.0), (2 * W, X, y, 0.0), (W, 2 * X, y, 0.0), (W, X, other, 0.0), (W, X, y, reg)]
        calls += [(V, X, y, reg) for V in shifted]
        pairs = [expect.loss_and_gradient(value, W.shape) for value in self.function.map(calls)]
        dW = expect.array(pairs[4][1], W.shape, "dW")
        at_W, at_2W, at_2X, at_other, _, *losses = (expect.number(loss, "loss") for loss, _ in pairs)
        for name, elsewhere in (("W", at_2W), ("X", at_2X), ("y", at_other)):
            if elsewhere == at_W:
                raise Mismatch(f"The loss stays the same when {name} changes: its gradient says nothing.", hint=self.loss_hint)
        forward, backward = np.array(losses).reshape(-1, 2).T
        return dW, ((forward - backward) / (2 * STEP)).reshape(W.shape)

    @cached_property
    def alive(self) -> bool:
        """Whether it works: loss or gradient is right but for a known mistake, or the gradient is that of its own loss."""
        if self.loss_model is not None and not self.loss_model.idle:
            return True
        if self.gradient_model is not None and not self.gradient_model.idle:
            return True
        try:
            self.require_own_gradient()
        except (Mismatch, NoAnswer, NotJudged):
            return False
        return True

    def agrees_with(self, other: Evidence) -> bool:
        """Whether two answers, right or wrong, are the same function."""
        batches = [batch(self.rng) for _ in range(2)]
        for ours, theirs in zip(self.function.map(batches), other.function.map(batches)):
            try:
                for one, another, what in zip(ours, theirs, ("loss", "dW")):
                    expect.close(one, another, what, expect.GRADIENT_TOLERANCE)
            except (Mismatch, TypeError, ValueError, IndexError):  # whatever they return
                return False
        return True

    def baseline(self, other: Evidence) -> Callable[..., Any]:
        """The student's own loop, or the reference's where the student's is the one that is wrong."""
        naive: Callable[..., Any] = reference("softmax").softmax_loss_naive
        try:
            right = all(model is not None and model.right for model in self.models)
            return self.function if self.alive and (right or self.agrees_with(other)) else naive
        except NoAnswer:
            return naive

    def within(self, given: str, *arguments: Any) -> Any:
        """Train with it: in its worker where its results are regular, else step by step from here.

        A submission could bend the first; but one that knows which W to reach gets there by its gradients as well.

        Raises
        ------
        Mismatch
            A result is not a loss and a gradient; a gradient of any other shape could be broadcast to fill the judge's memory.
        """

        def checked(W: Array, *others: Any) -> tuple[float, Array]:
            loss, dW = expect.loss_and_gradient(self.function(W, *others), W.shape)
            return expect.number(loss, "loss"), expect.array(dW, W.shape, "dW")

        try:
            return super().within(given, *arguments)
        except NoAnswer as missing:
            if missing.final:
                raise
        return training.gradient_descent(checked, *arguments)

    def require_alive(self) -> None:
        """Expect a loss that is more than a constant."""
        if not self.alive:
            raise self.missing or NotJudged(f"{self.question}.loss", f"{self.question}.gradient")

    def verify(self, result: Any, expected: Any) -> None:
        """Expect a loss and a gradient of the right form; right ones, if they were right at small sizes."""
        loss, dW = expect.loss_and_gradient(result, expected[1].shape)
        if self.loss_model is not None:
            loss = expect.number(loss, "loss of a large batch")
            if self.loss_model.right:
                expect.close(loss, expected[0], "The loss of a large batch", expect.VALUE_TOLERANCE)
        if self.gradient_model is not None:
            dW = expect.array(dW, expected[1].shape, "dW of a large batch")
            if self.gradient_model.right:
                expect.close(dW, expected[1], "dW of a large batch", expect.GRADIENT_TOLERANCE)
