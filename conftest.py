"""For every test and every notebook that pytest runs, wherever it is started: workers and kernels inherit it."""

import os

# The course is being checked, not studied: the reader's progress is neither read nor written.
os.environ["COURSE_RUN"] = "ci"

# Files of a chapter belong to its lesson; chapter 8's tests run in its notebook, in their own environment. What
# `make update` kept of a reader's own is no part of the course.
collect_ignore_glob = ["notebooks/*/*", "notebooks/* (my edits of *"]
