"""What learners pass to exercise 7.1-backoff."""

import random
import secrets

from tests.chapters.answers import right, stub, wrong


@stub("7.1-backoff")
def backoff_shipped():
    def pause(attempt: int) -> float: ...

    return pause


@wrong("7.1-backoff", says="drew the same pause")
def backoff_without_jitter():
    def pause(attempt: int) -> float:
        return min(60, 2**attempt)

    return pause


@wrong("7.1-backoff", says="60 s is the most")
def backoff_without_end():
    def pause(attempt: int) -> float:
        return random.uniform(0, 2 ** min(attempt, 30))

    return pause


@wrong("7.1-backoff", says="does not add to it")
def backoff_jitter_on_top():
    def pause(attempt: int) -> float:
        return min(60, 2**attempt) + random.random()

    return pause


@wrong("7.1-backoff", says="pauses double with each attempt")
def backoff_linear():
    def pause(attempt: int) -> float:
        return random.uniform(0, min(60, attempt + 1))

    return pause


@wrong("7.1-backoff", says="does not grow")
def backoff_constant():
    def pause(attempt: int) -> float:
        return random.uniform(0, 1)

    return pause


@wrong("7.1-backoff", says="is no float")
def backoff_overflow():
    def pause(attempt: int) -> float:
        return random.uniform(0, min(60.0, 2.0**attempt))

    return pause


@wrong("7.1-backoff", says="still a crowd")
def backoff_with_a_little_jitter():
    def pause(attempt: int) -> float:
        return min(60, 2**attempt) * random.uniform(0.9, 1)

    return pause


@wrong("7.1-backoff", says="the pause doubles, from 1 s for attempt 0")
def backoff_one_too_far():
    def pause(attempt: int) -> float:
        return random.uniform(0, min(60, 2 ** (attempt + 1)))

    return pause


@right("7.1-backoff")
def backoff_equal_jitter():
    def pause(attempt: int) -> float:
        longest = min(60, 2 ** min(attempt, 10))
        return longest / 2 + random.uniform(0, longest / 2)

    return pause


@right("7.1-backoff")
def backoff_in_whole_seconds():
    def pause(attempt: int) -> float:
        return random.randrange(min(60, 2**attempt) + 1)  # as Celery draws it

    return pause


@right("7.1-backoff")
def backoff_by_the_system():
    source = secrets.SystemRandom()

    def pause(attempt: int) -> float:
        longest = 1.0
        for _ in range(min(attempt, 6)):
            longest *= 2
        return source.random() * min(longest, 60.0)

    return pause
