"""What learners pass to exercise 7.3-grace."""

from tests.chapters.answers import right, stub, wrong


@stub("7.3-grace")
def grace_shipped():
    def shutdown_times(longest_task: int, late: int, most: int) -> dict[str, int]: ...

    return shutdown_times


def fitting(pause, patience, grace, spare=0):
    """A function that gives these numbers, each a function of the longest task and of how late the news is."""

    def shutdown_times(longest_task, late, most):
        first, second = pause(longest_task, late), patience(longest_task, late)
        third = grace(first, second) + spare
        if third > most:
            raise ValueError("not enough")
        return {"preStop": first, "patience": second, "grace": third}

    return shutdown_times


@wrong("7.3-grace", says="until 5 s requests are still sent there")
def grace_without_a_pause():
    return fitting(lambda longest, late: 0, lambda longest, late: longest + 1, lambda pause, patience: patience + 1)


@wrong("7.3-grace", says="the grace is counted from the beginning of `preStop`")
def grace_counted_from_sigterm():
    return fitting(
        lambda longest, late: late + 1, lambda longest, late: longest + 1, lambda pause, patience: patience + 1
    )


@wrong("7.3-grace", says="before its log can tell how many it cut")
def grace_exactly_the_sum():
    return fitting(
        lambda longest, late: late + 1, lambda longest, late: longest + 1, lambda pause, patience: pause + patience
    )


@wrong("7.3-grace", says="cuts a task of 20 s that has just begun")
def grace_with_a_fixed_patience():
    return fitting(
        lambda longest, late: late + 1, lambda longest, late: 5, lambda pause, patience: pause + patience + 1
    )


@wrong("7.3-grace", says="until 12 s requests are still sent there")
def grace_with_a_fixed_pause():
    return fitting(
        lambda longest, late: 10, lambda longest, late: longest + 1, lambda pause, patience: pause + patience + 1
    )


@wrong("7.3-grace", says="would hold each deploy")
def grace_as_long_as_possible():
    def shutdown_times(longest_task, late, most):
        return {"preStop": late + 1, "patience": longest_task + 1, "grace": most}

    return shutdown_times


@wrong("7.3-grace", says="nobody was told")
def grace_cut_to_what_there_is():
    def shutdown_times(longest_task, late, most):
        times = {"preStop": late + 1, "patience": longest_task + 1}
        return times | {"grace": min(most, sum(times.values()) + 1)}

    return shutdown_times


@wrong("7.3-grace", says="Kubernetes wants whole seconds")
def grace_in_fractions():
    return fitting(
        lambda longest, late: late * 1.5,
        lambda longest, late: longest + 1,
        lambda pause, patience: pause + patience + 1,
    )


@wrong("7.3-grace", says="`patience` is missing")
def grace_without_patience():
    def shutdown_times(longest_task, late, most):
        return {"preStop": late + 1, "grace": late + longest_task + 3}

    return shutdown_times


@wrong("7.3-grace", says="a dict was asked for")
def grace_as_a_tuple():
    def shutdown_times(longest_task, late, most):
        return late + 1, longest_task + 1, late + longest_task + 3

    return shutdown_times


@right("7.3-grace")
def grace_as_tight_as_can_be():
    return fitting(
        lambda longest, late: late, lambda longest, late: longest, lambda pause, patience: pause + patience + 1
    )


@right("7.3-grace")
def grace_with_some_air():
    def shutdown_times(longest_task, late, most):
        spare = min(5, most - longest_task - late - 2)
        if spare < 0:
            raise ValueError("the platform gives too little")
        return {"preStop": late, "patience": longest_task + 1, "grace": late + longest_task + 2 + spare}

    return shutdown_times


@right("7.3-grace")
def grace_with_a_long_pause():
    def shutdown_times(longest_task, late, most):
        needed = late + longest_task + 3
        if needed > most:
            raise ValueError(needed)
        return {"grace": needed, "patience": longest_task, "preStop": late + 2, "note": 0}

    return shutdown_times


@wrong("7.3-grace", says="the platform gives")
def grace_refused_by_the_bare_sum():
    def shutdown_times(longest_task, late, most):
        if late + longest_task > most:
            raise ValueError("the platform gives too little")
        return {"preStop": late, "patience": longest_task, "grace": late + longest_task + 5}

    return shutdown_times
