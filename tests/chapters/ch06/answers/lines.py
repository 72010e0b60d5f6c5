"""What learners pass to 6.4-lines."""

import json
import logging
from typing import Any

from tests.chapters.answers import right, stub, wrong


def fields(entry: logging.LogRecord) -> dict[str, Any]:
    """What the reference solution writes, without a traceback."""
    if entry.name == "uvicorn.access":
        _, method, path, _, status = entry.args
        return {"level": entry.levelname, "method": method, "path": path, "status": status}
    return {"level": entry.levelname, "message": entry.getMessage()}


def formatter(make):
    """A formatter whose `format` is `make(self, entry)`."""

    class JsonLines(logging.Formatter):
        def format(self, record):
            return make(self, record)

    return JsonLines


def traced(self, entry):
    return {"traceback": self.formatException(entry.exc_info)} if entry.exc_info else {}


@stub("6.4-lines")
def lines_shipped():
    class JsonLines(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str: ...

    return JsonLines


@wrong("6.4-lines", says="a line is no JSON")
def lines_by_hand():
    def make(self, entry):
        text = entry.getMessage().replace("\n", "\\n")
        return f'{{"level": "{entry.levelname}", "message": "{text}"}}'

    return formatter(make)


@wrong("6.4-lines", says="takes more than one line")
def lines_with_the_traceback_below():
    def make(self, entry):
        below = "\n" + self.formatException(entry.exc_info) if entry.exc_info else ""
        return json.dumps(fields(entry)) + below

    return formatter(make)


@wrong("6.4-lines", says="the traceback stands nowhere".replace("the", "its"))
def lines_without_the_traceback():
    return formatter(lambda self, entry: json.dumps(fields(entry)))


@wrong("6.4-lines", says="0 entries have a `path`")
def lines_of_texts_only():
    def make(self, entry):
        return json.dumps({"level": entry.levelname, "message": entry.getMessage(), **traced(self, entry)})

    return formatter(make)


@wrong("6.4-lines", says="have the five arguments of a request")
def lines_of_requests_only():
    def make(self, entry):
        _, method, path, _, status = entry.args
        return json.dumps({"level": entry.levelname, "method": method, "path": path, "status": status})

    return formatter(make)


@wrong("6.4-lines", says="should be the number 200")
def lines_cut_out_of_the_text():
    def make(self, entry):
        found = fields(entry) | traced(self, entry)
        if "status" in found:
            found["status"] = entry.getMessage().rpartition(" ")[2]
        return json.dumps(found)

    return formatter(make)


@wrong("6.4-lines", says="arguments filled in")
def lines_of_the_pattern():
    def make(self, entry):
        found = fields(entry) | traced(self, entry)
        if "message" in found:
            found["message"] = entry.msg
        return json.dumps(found)

    return formatter(make)


@wrong("6.4-lines", says="`json.dumps` makes one")
def lines_as_a_dictionary():
    return formatter(lambda self, entry: fields(entry) | traced(self, entry))


@wrong("6.4-lines", says="`level` should be the level's name")
def lines_with_a_number():
    def make(self, entry):
        return json.dumps(fields(entry) | traced(self, entry) | {"level": entry.levelno})

    return formatter(make)


@right("6.4-lines")
def lines_with_more():
    def make(self, entry):
        found = {"logger": entry.name, "message": entry.getMessage(), **fields(entry), **traced(self, entry)}
        return json.dumps(found, sort_keys=True, default=str)

    return formatter(make)


@right("6.4-lines")
def lines_with_the_error_in_the_message():
    def make(self, entry):
        found = fields(entry)
        if entry.exc_info:
            found["message"] += "\n" + self.formatException(entry.exc_info)
        return json.dumps(found)

    return formatter(make)


@right("6.4-lines")
def lines_by_match():
    def make(self, entry):
        match entry:
            case logging.LogRecord(name="uvicorn.access", args=(_, method, path, _, status)):
                found = {"method": method, "path": path, "status": int(status)}
            case _:
                found = {"message": entry.getMessage()}
        return json.dumps({"level": entry.levelname} | found | traced(self, entry), ensure_ascii=False)

    return formatter(make)


@wrong("6.4-lines", says="without the traceback")
def lines_with_the_error_alone():
    def make(self, entry):
        found = fields(entry)
        if entry.exc_info:
            kind, error, _ = entry.exc_info
            found["error"] = f"{kind.__name__}: {error}"
        return json.dumps(found)

    return formatter(make)


@wrong("6.4-lines", says="it is told as well, not instead")
def lines_with_the_traceback_instead():
    def make(self, entry):
        if entry.exc_info:
            return json.dumps({"level": entry.levelname} | traced(self, entry))
        return json.dumps(fields(entry))

    return formatter(make)


@wrong("6.4-lines", says="5 entries have a `path`")
def lines_by_the_number_of_arguments():
    def make(self, entry):
        if len(entry.args) == 5:
            _, method, path, _, status = entry.args
            line = {"level": entry.levelname, "method": method, "path": path, "status": status}
        else:
            line = {"level": entry.levelname, "message": entry.getMessage()}
        return json.dumps(line | traced(self, entry))

    return formatter(make)
