"""What uvicorn and asyncio log: kept by the server whose thread logs it, quoted by a failing cell, and printed nowhere."""

import gc
import logging
import threading

from helpers.live.log import LOGGERS, hear, kept_in, quotable, quote


class Source:
    def __init__(self, log: str):
        self.log = log


def test_a_threads_log_is_kept_as_long_as_the_block_lasts(monkeypatch):
    heard: list[str] = []
    monkeypatch.setattr(logging.getLogger(), "handle", lambda record: heard.append(record.getMessage()))
    mine: list[str] = []
    logger = logging.getLogger("uvicorn.error")
    with kept_in(mine):
        logger.warning("inside")
        thread = threading.Thread(target=logger.warning, args=("beside",))
        thread.start()
        thread.join()
    logger.warning("behind")
    assert mine == ["WARNING inside"] and heard == ["beside", "behind"]


def test_what_is_kept_is_handed_on_to_nobody():
    root, heard = logging.getLogger(), []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())
    root.addHandler(handler)
    try:
        for name in LOGGERS:
            logging.getLogger(name).propagate = True  # as an app leaves it that configures logging
        hear(access=True)
        kept: list[str] = []
        with kept_in(kept):
            for name in LOGGERS:
                logging.getLogger(name).error("of %s", name)
    finally:
        root.removeHandler(handler)
    assert kept == [f"ERROR of {name}" for name in LOGGERS] and not heard


def test_the_newest_source_is_quoted_first_and_one_that_is_gone_not_at_all():
    before = quotable()
    older, newer = Source("older"), Source("newer")
    quote(older)
    quote(newer)
    assert quotable() == [newer, older, *before]
    del older
    gc.collect()
    assert quotable() == [newer, *before]
