"""What section 7.3 calls a queue's consumers with: a file of the deployed folder, and a stand-in for SQS before Lambda."""

import importlib.util
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest.mock import patch

__all__ = ["Sqs", "loaded"]

Handler = Callable[[dict, object], dict]


def loaded(file: Path, **jobs: Callable) -> ModuleType:
    """The module in `file`, whose `parcels.jobs` are the functions that are passed: a consumer as it is, other work."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    package = ModuleType("parcels")
    package.jobs = SimpleNamespace(**jobs)  # pyrefly: ignore[missing-attribute]
    with patch.dict(sys.modules, {"parcels": package}):
        spec.loader.exec_module(module)
    logger = logging.getLogger(file.stem)  # its complaints would stand under the cell
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    return module


class Sqs:
    """The messages of a recorded event, as SQS and Lambda's event source mapping deliver them: each at least once.

    Who gets a message hides it from others for `visibility` seconds; only when the handler has returned without naming it
    as failed, it is deleted (docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html, with
    ReportBatchItemFailures).
    """

    def __init__(self, event: Path, visibility: float = 30.0):
        self._messages = {one["messageId"]: one for one in json.loads(event.read_text(encoding="utf-8"))["Records"]}
        self._hidden = dict.fromkeys(self._messages, 0.0)
        self._visibility = visibility

    def deliver(self, handler: Handler) -> list[int]:
        """Call `handler` with the messages that are visible now, and return the parcels that they are about."""
        taken = [one for id, one in self._messages.items() if self._hidden[id] <= time.monotonic()]
        for message in taken:
            self._hidden[message["messageId"]] = time.monotonic() + self._visibility
        failed = {one["itemIdentifier"] for one in handler({"Records": taken}, None)["batchItemFailures"]}
        for message in taken:
            if message["messageId"] in failed:
                self._hidden[message["messageId"]] = 0.0  # its pause is left out here
            else:
                self._messages.pop(message["messageId"], None)
        return [json.loads(message["body"])["parcel"] for message in taken]
