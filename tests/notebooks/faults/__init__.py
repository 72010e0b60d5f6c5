"""Faults in what the framework does, as data: each is real code that patches the installed packages.

A fault names, for one chapter or several (0 is the start page), the cells that catch it; `test_faults.py` finds out what
these need. To add one for another chapter: write what would contradict a fact of that chapter, and the id of the cell
that proves the fact, in the module of its subject. A fault that no cell notices is a fact that the course asserts and
does not prove.
"""

from tests.notebooks.faults import (
    applications,
    clients,
    connections,
    databases,
    models,
    queues,
    requests,
    responses,
    security,
    servers,
    tasks,
)
from tests.notebooks.faults.fault import Fault

FAULTS: list[Fault] = [
    fault
    for subject in (
        tasks,
        responses,
        requests,
        connections,
        applications,
        models,
        security,
        clients,
        servers,
        databases,
        queues,
    )
    for fault in subject.FAULTS
]
