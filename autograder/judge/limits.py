"""The time that a submission's answers may take: in all, and to one question."""

import math
from dataclasses import dataclass

from autograder.judge.worker import Reply, WorkerDied

QUESTION_CPU = 60.0  # seconds for all requests of a question; a loss in scalar loops takes 20
QUESTION_STALL = 20.0  # seconds that a question's answers may wait for anything but the processor
LEAST_OWN = 3.0  # seconds that a question has in any case, however long those before it took
QUESTION_PATIENCE = 40.0  # times their CPU time that the answers may take by the wall clock


@dataclass(frozen=True)
class Limits:
    """Time that the answers of one submission may take, seconds."""

    own: float = math.inf  # computing or asleep, but not waiting for a processor: fair on a busy machine too
    wall: float = math.inf  # by the wall clock, which a platform goes by; the questions share it equally


UNLIMITED = Limits()


@dataclass
class Budget:
    """Time that the answers to one question may take, seconds."""

    wall_limit: float  # by the wall clock: a platform's limit must be kept
    own_limit: float  # computing or asleep, but not waiting for a processor
    cpu: float = 0.0  # spent so far
    wall: float = 0.0
    own: float = 0.0

    def spend(self, spent: Reply | WorkerDied) -> None:
        """Add what an answer took."""
        self.cpu += spent.cpu
        self.wall += spent.wall
        self.own += spent.own

    @property
    def wall_left(self) -> float:
        """Seconds by the wall clock."""
        return self.wall_limit - self.wall

    @property
    def own_left(self) -> float:
        """Seconds computing or asleep."""
        return self.own_limit - self.own

    @property
    def used_up(self) -> bool:
        """Whether any limit is exceeded."""
        waited = self.wall > QUESTION_STALL + QUESTION_PATIENCE * self.cpu
        return self.cpu > QUESTION_CPU or waited or self.wall_left < 0 or self.own > self.own_limit
