"""What learners pass to 6.2-override."""

from contextlib import contextmanager
from unittest.mock import patch

import pytest

from tests.chapters.answers import right, stub, wrong


@stub("6.2-override")
def override_shipped():
    def overridden(app, dependency, value): ...

    return overridden


@wrong("6.2-override", says="takes it back")
def override_that_stays():
    def overridden(app, dependency, value):
        app.dependency_overrides[dependency] = lambda: value
        yield

    return overridden


@wrong("6.2-override", says="What stands in `finally`")
def override_that_a_red_test_leaves():
    def overridden(app, dependency, value):
        app.dependency_overrides[dependency] = lambda: value
        yield
        app.dependency_overrides.pop(dependency)

    return overridden


@wrong("6.2-override", says="takes away all of them")
def override_that_clears():
    def overridden(app, dependency, value):
        app.dependency_overrides[dependency] = lambda: value
        try:
            yield
        finally:
            app.dependency_overrides.clear()

    return overridden


@wrong("6.2-override", says="Put back what was there")
def override_that_pops():
    def overridden(app, dependency, value):
        app.dependency_overrides[dependency] = lambda: value
        try:
            yield
        finally:
            app.dependency_overrides.pop(dependency)

    return overridden


@wrong("6.2-override", says="was lost when this one was set")
def override_of_all():
    def overridden(app, dependency, value):
        before = app.dependency_overrides
        app.dependency_overrides = {dependency: lambda: value}
        try:
            yield
        finally:
            app.dependency_overrides = before

    return overridden


@wrong("6.2-override", says="holds a function that gives the value")
def override_by_the_value():
    def overridden(app, dependency, value):
        app.dependency_overrides[dependency] = value
        yield
        app.dependency_overrides.clear()

    return overridden


@wrong("6.2-override", says="not its result")
def override_of_the_result():
    def overridden(app, dependency, value):
        app.dependency_overrides[dependency()] = lambda: value
        yield

    return overridden


@wrong("6.2-override", says="should be a generator")
def override_that_returns():
    def overridden(app, dependency, value):
        app.dependency_overrides[dependency] = lambda: value
        return app

    return overridden


@right("6.2-override")
def override_by_a_patch():
    def overridden(app, dependency, value):
        with patch.dict(app.dependency_overrides, {dependency: lambda: value}):
            yield

    return overridden


@right("6.2-override")
def override_by_monkeypatch():
    def overridden(app, dependency, value):
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setitem(app.dependency_overrides, dependency, lambda: value)
            yield

    return overridden


@right("6.2-override")
def override_as_a_context_manager():
    @contextmanager
    def overridden(app, dependency, value):
        missing = object()
        before = app.dependency_overrides.get(dependency, missing)
        app.dependency_overrides[dependency] = lambda: value
        try:
            yield
        finally:
            if before is missing:
                del app.dependency_overrides[dependency]
            else:
                app.dependency_overrides[dependency] = before

    return overridden


@wrong("6.2-override", says="your code swallowed it")
def override_that_swallows():
    def overridden(app, dependency, value):
        before = dict(app.dependency_overrides)
        app.dependency_overrides[dependency] = lambda: value
        try:
            yield
        except Exception:
            pass
        app.dependency_overrides = before

    return overridden


@wrong("6.2-override", says="the app got a copy of the value")
def override_with_a_parameter():
    @contextmanager
    def overridden(app, dependency, value):
        before = dict(app.dependency_overrides)
        app.dependency_overrides[dependency] = lambda value=value: value
        try:
            yield
        finally:
            app.dependency_overrides = before

    return overridden
