"""What learners pass to 10.3-carry."""

import contextvars
import functools

from helpers.chapters.ch10.exercises.carry import request_id
from tests.chapters.answers import right, stub, wrong


@stub("10.3-carry")
def carry_shipped():
    def carry(function): ...

    return carry, request_id


@wrong("10.3-carry", says="the id of the moment at which it ran")
def carry_too_late():
    def carry(function):
        def carried(*args, **kwargs):
            return contextvars.copy_context().run(function, *args, **kwargs)

        return carried

    return carry, request_id


@wrong("10.3-carry", says="`carry(function)` ran the function")
def carry_called():
    def carry(function):
        contextvars.copy_context().run(function, "now")
        return function

    return carry, request_id


@wrong("10.3-carry", says="arguments and result should pass")
def carry_without_result():
    def carry(function):
        context = contextvars.copy_context()

        def carried(*args, **kwargs):
            context.copy().run(function, *args, **kwargs)

        return carried

    return carry, request_id


@wrong("10.3-carry", says="should give back a function")
def carry_context():
    def carry(function):
        return contextvars.copy_context()

    return carry, request_id


@wrong("10.3-carry", says="another context variable did not")
def carry_the_id_alone():
    def carry(function):
        seen = request_id.get()

        @functools.wraps(function)
        def carried(*args, **kwargs):
            token = request_id.set(seen)
            try:
                return function(*args, **kwargs)
            finally:
                request_id.reset(token)

        return carried

    return carry, request_id


@wrong("10.3-carry", says="one context cannot be entered twice")
def carry_one_context():
    def carry(function):
        return functools.partial(contextvars.copy_context().run, function)

    return carry, request_id


@right("10.3-carry")
def carry_by_partial():
    def carry(function):
        context = contextvars.copy_context()
        return lambda *args, **kwargs: context.copy().run(functools.partial(function, *args, **kwargs))

    return carry, request_id


@right("10.3-carry")
def carry_each_variable():
    def carry(function):
        values = dict(contextvars.copy_context())

        def carried(*args, **kwargs):
            for variable, value in values.items():
                variable.set(value)
            return function(*args, **kwargs)

        return lambda *args, **kwargs: contextvars.Context().run(carried, *args, **kwargs)

    return carry, request_id


@right("10.3-carry")
def carry_as_an_object():
    class Carried:
        def __init__(self, function):
            self.function, self.context = function, contextvars.copy_context()

        def __call__(self, *args, **kwargs):
            return self.context.copy().run(self.function, *args, **kwargs)

    return lambda function: Carried(function), request_id


@wrong("10.3-carry", says="the next one who runs there has another request's id")
def carry_leaves_it_behind():
    def carry(function):
        values = dict(contextvars.copy_context())

        def carried(*args, **kwargs):
            for variable, value in values.items():
                variable.set(value)
            return function(*args, **kwargs)

        return carried

    return carry, request_id
