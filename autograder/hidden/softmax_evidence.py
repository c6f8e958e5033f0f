"""What is known of a softmax loss: which formula loss and gradient follow, and how to draw batches for it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from autograder.hidden.mistakes.fit import Array
from autograder.hidden.mistakes.softmax import (
    EVERY_VARIANT,
    FLOORS,
    PRECISE,
    VARIANTS,
    GradientModel,
    LossModel,
    fit_gradient,
    fit_loss,
    terms,
)
from autograder.hidden.mistakes.softmax_names import (
    COUNTED_IN_GRADIENT,
    STATE,
    hint_for_gradient,
    hint_for_loss,
    name_gradient,
    name_loss,
)
from autograder.hidden.mistakes.softmax_others import (
    NEAR_LOSSES,
    hint_for_other_gradient,
    hint_for_other_loss,
)
from autograder.homework import reference
from autograder.judge.evidence import Axis, Evidence, NotJudged, Rng, Wide, evidence_for
from autograder.judge.meters.cpu import Arguments, Load, Shape
from autograder.judge.no_answer import NoAnswer
from public_checks import expect
from public_checks.draws import batch
from public_checks.expect import Hint, Mismatch
from public_checks.given import training

Batch = tuple[Array, Array, Array, float]  # W, X, y, reg

CASES = 6  # batches to explain an answer with: two unknowns in the loss, so that a wrong explanation leaves a residual
STEP = 1e-5  # central difference: truncation h^2 against round-off eps / h, worst error 7e-11 here

LARGE_TOLERANCE = 1e-4  # relative: whether the work was done, not how exactly; nobody guesses a mean to this
LARGE_SCORES = 8.0  # times the usual ones: the loss is nearly max(z) - z_y there, and no exponential overflows
ALIKE = 1e-3  # relative: how far the ratio of two losses may vary that are multiples of each other
OF_MANY = "The loss at another size", "dW at another size"
HONEST = Load((400, 4, 3))  # a loop over examples takes 8 times the vectorized time here, in its leanest form


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
    # With more classes np.eye(C), a right way to one-hot vectors, takes longer than all else; a single call would be too short.
    axes = (
        Axis("N", "examples", "loop-rows", long=Load((15_000, 4, 3)), short=Load((300, 4, 3), 4)),
        Axis("D", "features", "loop-features", long=Load((5, 12_000, 4)), short=Load((5, 150, 4), 4)),
        Axis("C", "classes", "loop-classes", long=Load((6, 3, 240), 8), short=Load((6, 3, 55), 8), limited=True),
    )
    # An (N, D, C) array takes 22 times the reference's time there, every frugal style at most 5; at a glance it has 14 MB, 7 in
    # float32, which come from the kernel in any call, where a frugal answer takes 1.
    wide = Wide(shape=(400, 250, 60), glance=(200, 170, 50), suspicious=4 << 20)
    draw = staticmethod(draw)
    loss_failed = gradient_failed = own_gradient_failed = False  # whether the check of it has found it wrong

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
            return [number_or_mean(loss) for _, loss, _ in self.sample]
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
    def loss_model(self) -> LossModel | None:
        """The formula that the loss follows, if it follows one."""
        if not self.losses:
            return None
        found = (model for model in map(self._loss_in, VARIANTS) if model is not None and not model.idle)
        first = next(found, None)
        if first is not None and first.residual <= PRECISE:
            return first
        floored = (model for model in map(self._loss_in, FLOORS) if model is not None and model.floored)
        explained = [model for model in (first, *floored) if model is not None]
        if explained:
            return min(explained, key=lambda model: model.residual)
        return self._loss_in("")  # of nothing but the regularization

    def _loss_in(self, variant: str) -> LossModel | None:
        return fit_loss([terms(*arguments, variant=variant) for arguments, _, _ in self.sample], self.losses, variant)

    @cached_property
    def gradient_model(self) -> GradientModel | None:
        """The formula that the gradient follows, if it follows one."""
        if not self.gradients:
            return None
        for variant in VARIANTS:
            model = self._gradient_in(variant)
            if model is not None and not model.idle:
                return model
        return self._gradient_in("")

    def _gradient_in(self, variant: str) -> GradientModel | None:
        cases = [terms(*arguments, variant=variant) for arguments, _, _ in self.sample]
        return fit_gradient(cases, self.gradients, variant)

    @cached_property
    def loss_hint(self) -> Hint | None:
        """What may be wrong with the loss."""
        if self.loss_model is not None and self.loss_model.idle:
            return Hint("stub", "The loss does not depend on the examples: is it overwritten (= for +=), or not filled in yet?")
        if self.loss_model is None:
            other = hint_for_other_loss(self.batches, self.losses) if self.losses else None
            return other or self.state_hint
        return hint_for_loss(name_loss(self.loss_model), name_gradient(self.gradient_model))

    @property
    def batches(self) -> list[Batch]:
        """The arguments of the sample."""
        return [arguments for arguments, _, _ in self.sample]

    @cached_property
    def state_hint(self) -> Hint | None:
        """What is wrong with an answer that gives two results for one batch."""
        if not self.sample:
            return None
        W, *others = self.sample[0][0]
        try:
            # Two requests: of one, an array that is changed later would arrive as it is in the end.
            one = expect.loss_and_gradient(self.function(W, *others), W.shape)
            two = expect.loss_and_gradient(self.function(W, *others), W.shape)
            same = all(np.array_equal(*pair, equal_nan=True) for pair in zip(one, two))
        except (Mismatch, NoAnswer, TypeError, ValueError):  # whatever it returns
            return None
        return None if same else STATE

    @property
    def counts_classes(self) -> bool:
        """Whether the gradient is right where all classes occur in y, and not everywhere."""
        batches = [batch(self.rng, 12) for _ in range(2)]
        try:
            pairs = [expect.loss_and_gradient(value, W.shape) for value, (W, *_) in zip(self.function.map(batches), batches)]
            for (_, dW), (W, X, y, reg) in zip(pairs, batches):
                _, right = reference("softmax").softmax_loss_vectorized(W, X, y, reg)
                expect.close(expect.array(dW, W.shape, "dW"), right, "dW", expect.GRADIENT_TOLERANCE)
        except (Mismatch, NoAnswer):
            return False
        return True

    @cached_property
    def gradient_hint(self) -> Hint | None:
        """What may be wrong with the gradient."""
        if self.gradient_model is None:
            if self.gradients:
                other = hint_for_other_gradient(self.batches, self.gradients)
                if other or self.counts_classes:
                    return other or COUNTED_IN_GRADIENT
            return self.state_hint
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
        # A small number under the log costs the loss alone.
        right_loss = self.loss_model is not None and (self.loss_model.right or self.loss_model.floored)
        if right_loss and self.gradient_model is not None and self.gradient_model.right:
            return
        try:
            dW, numerical = self._gradient_and_differences
            name = "dW, compared with numerical derivatives of your own loss,"
            expect.close(dW, numerical, name, expect.GRADIENT_TOLERANCE, self.gradient_hint)
        except Mismatch:
            self.own_gradient_failed = True
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
        at_W, at_2W, at_2X, at_other, _, *losses = (number_or_mean(loss) for loss, _ in pairs)
        for name, elsewhere in (("W", at_2W), ("X", at_2X), ("y", at_other)):
            if elsewhere == at_W:
                raise Mismatch(f"The loss stays the same when {name} changes: its gradient says nothing.", hint=self.loss_hint)
        forward, backward = np.array(losses).reshape(-1, 2).T
        return dW, ((forward - backward) / (2 * STEP)).reshape(W.shape)

    @cached_property
    def alive(self) -> bool:
        """Whether it works: loss or gradient is right but for a known mistake, or it is some softmax loss with its gradient."""
        if self.loss_model is not None and not self.loss_model.idle:
            return True
        if self.gradient_model is not None and not self.gradient_model.idle:
            return True
        if self.losses and self.loss_hint is not None and self.loss_hint.id in NEAR_LOSSES:
            return True
        try:
            self.require_own_gradient()
            return self.is_softmax
        except (Mismatch, NoAnswer, NotJudged):
            return False

    @property
    def pairs_examples(self) -> bool:
        """Whether it takes the labels of all examples in every row, as by ``[:, y]``: N x N entries."""
        models = self.loss_model, self.gradient_model
        return any(model is not None and EVERY_VARIANT[model.variant].pairs for model in models)

    @cached_property
    def is_softmax(self) -> bool:
        """Whether the loss is a multiple of the right one at W = 0, where it is log C, and at large scores: others are not."""
        batches = [batch(self.rng, 6, 4, C) for C in (3, 5, 8)]
        calls = [(scale * W, X, y, 0.0) for W, X, y, _ in batches for scale in (0.0, LARGE_SCORES)]
        pairs = [expect.loss_and_gradient(value, call[0].shape) for value, call in zip(self.function.map(calls), calls)]
        losses = np.array([number_or_mean(loss) for loss, _ in pairs])
        shares = losses / np.array([terms(*call).data for call in calls])
        return bool(np.all(losses > 0) and np.ptp(shares) <= ALIKE * np.max(shares))

    @cached_property
    def repeats(self) -> bool:
        """Whether many examples give what their parts give, a constant factor aside, where no formula says what they should.

        Else a result that no formula explains could be anything where there are many examples.
        """
        W, X, y, _ = batch(self.rng, 8)
        times = self.yardstick.near(self.axes[0].long).shape[0] // 8
        calls = [(W, X, y, 0.0), (W, np.tile(X, (times, 1)), np.tile(y, times), 0.0)]
        try:
            small, large = (expect.loss_and_gradient(value, W.shape) for value in self.function.map(calls))
            losses = [np.array([number_or_mean(loss)]) for loss, _ in (small, large)]
        except Mismatch:
            return False
        gradients = [either_way_round(dW, W.shape) for _, dW in (small, large)]
        alike = self.loss_model is not None or proportional(*losses)
        return alike and (self.gradient_model is not None or proportional(*gradients))

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
            models = self.loss_model, self.gradient_model
            right = all(model is not None and model.right for model in models)
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

        X, _, classes, *_ = arguments
        try:
            trained = super().within(given, *arguments)
            if isinstance(trained, (tuple, list)) and len(trained) == 2:
                return expect.array(trained[0], (X.shape[1], classes), "W after training"), trained[1]
        except NoAnswer as missing:
            if missing.final:
                raise
        except Mismatch:  # no W that training gives: a worker is not believed
            pass
        return training.gradient_descent(checked, *arguments)

    def require_alive(self) -> None:
        """Expect a loss that is more than a constant."""
        if not self.alive:
            raise self.missing or NotJudged(f"{self.question}.loss", f"{self.question}.gradient")

    def verify(self, arguments: Arguments, result: Any, expected: Any) -> None:
        """Expect what the formulas of loss and gradient give, mistakes included; without one, that parts make the whole."""
        W, X, y, reg = arguments
        loss, dW = expect.loss_and_gradient(result, W.shape)
        loss_model, gradient_model = self.loss_model, self.gradient_model
        wanted, wanted_dW = expected
        if loss_model is not None and not loss_model.right:
            wanted = loss_model.predict(terms(W, X, y, reg, loss_model.variant))
        if gradient_model is not None and not gradient_model.right:
            wanted_dW = gradient_model.predict(terms(W, X, y, reg, gradient_model.variant))
        # Where no formula explains what the check of values found right, the right one is asked for.
        if loss_model is not None or not self.loss_failed:
            expect.close(number_or_mean(loss, OF_MANY[0]), wanted, OF_MANY[0], LARGE_TOLERANCE)
        if gradient_model is not None or not self.gradient_failed:
            dW = expect.array(dW, W.shape, OF_MANY[1])
            # Who counts the classes in y has paid for the columns of those that do not occur.
            columns = len(np.unique(y)) if self.own_gradient_failed else W.shape[1]
            expect.close(dW[:, :columns], wanted_dW[:, :columns], OF_MANY[1], LARGE_TOLERANCE)
        unexplained = (loss_model is None and self.loss_failed) or (gradient_model is None and self.gradient_failed)
        if unexplained and not self.repeats:
            raise NotJudged(f"{self.question}.loss", f"{self.question}.gradient")


def number_or_mean(loss: Any, what: str = "loss", *, not_finite: Hint | None = None) -> float:
    """Expect one number, or the losses of the examples: that they lack a mean has cost its points."""
    if isinstance(loss, np.ndarray) and loss.ndim == 1 and loss.size > 1:
        loss = loss.mean()
    number: float = expect.number(loss, what, not_finite=not_finite)
    return number


def either_way_round(dW: Any, shape: tuple[int, int]) -> Array | None:
    """Return a gradient of the right shape, transposing it if needed; None if it has neither shape."""
    for turned in (False, True):
        try:
            given: Array = expect.array(dW, shape[::-1] if turned else shape, "dW")
        except Mismatch:
            continue
        return given.T if turned else given
    return None


def proportional(one: Array | None, other: Array | None) -> bool:
    """Whether an array is a multiple of another that is not all zeros, up to rounding; or whether there is none of either."""
    if one is None or other is None:
        return one is other
    factor = np.sum(one * other) / max(np.sum(one * one), np.finfo(float).tiny)
    error = np.max(np.abs(other - factor * one))
    return bool(factor) and bool(error <= LARGE_TOLERANCE * np.max(np.abs(other)))
