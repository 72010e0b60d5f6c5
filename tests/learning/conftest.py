"""What the tests of this folder share."""

from tests.learning.demo_course import demo  # noqa: F401  (a fixture)
