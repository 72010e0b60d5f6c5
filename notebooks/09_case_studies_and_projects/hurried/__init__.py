"""A service that was written in a hurry: ten path operations, eight timing faults (chapter 9.4)."""
