"""What learners pass to 9.4-gate."""

from tests.chapters.answers import right, stub, wrong


def operations(document):
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def successes(operation):
    return {code for code in operation["responses"] if code.startswith("2")}


def required(operation):
    return {(one["in"], one["name"]) for one in operation.get("parameters", []) if one.get("required", False)}


def breaks_by(is_broken):
    """Compares each operation of the old document with the new one's, which may be None."""

    def breaks(old, new):
        now = operations(new)
        return {name for name, was in operations(old).items() if is_broken(was, now.get(name))}

    return breaks


@stub("9.4-gate")
def gate_shipped():
    def breaks(old: dict, new: dict) -> set[str]: ...

    return breaks


@wrong("9.4-gate", says="an operation is gone, though others stay, who calls `GET /carriers`")
def gate_never():
    return lambda old, new: set()


@wrong("9.4-gate", says="201 became 202")
def gate_of_names():
    return breaks_by(lambda was, now: now is None)


@wrong("9.4-gate", says="nobody who calls `GET /parcels` is broken")
def gate_of_any_change():
    return breaks_by(lambda was, now: was != now)


@wrong("9.4-gate", says="a second 2xx answer has come, nobody")
def gate_of_the_same_answers():
    return breaks_by(lambda was, now: now is None or successes(was) != successes(now))


@wrong("9.4-gate", says="one of two 2xx answers is gone")
def gate_of_any_answer_that_stays():
    return breaks_by(lambda was, now: now is None or not successes(was) & successes(now))


@wrong("9.4-gate", says="a parameter is required that could be left out")
def gate_of_answers():
    return breaks_by(lambda was, now: now is None or bool(successes(was) - successes(now)))


@wrong("9.4-gate", says="a parameter may be left out that was required, nobody")
def gate_in_both_directions():
    return breaks_by(
        lambda was, now: now is None or bool(successes(was) - successes(now)) or required(was) != required(now)
    )


@wrong("9.4-gate", says="a required parameter is new")
def gate_of_known_parameters():
    def is_broken(was, now):
        if now is None or successes(was) - successes(now):
            return True
        known = {(one["in"], one["name"]) for one in was.get("parameters", [])}
        return bool((required(now) & known) - required(was))

    return breaks_by(is_broken)


@wrong("9.4-gate", says="a required parameter has moved")
def gate_of_parameters_anywhere():
    def names(operation):
        return {name for _, name in required(operation)}

    def is_broken(was, now):
        return now is None or bool(successes(was) - successes(now)) or bool(names(now) - names(was))

    return breaks_by(is_broken)


@wrong("9.4-gate", says="should return a set of texts")
def gate_that_answers_yes():
    return lambda old, new: operations(old) != operations(new)


@wrong("9.4-gate", says="KeyError")
def gate_without_a_method():
    def breaks(old, new):
        found = set()
        for path, methods in old["paths"].items():
            for method, was in methods.items():
                if path not in new["paths"]:
                    found.add(f"{method.upper()} {path}")
                    continue
                now = new["paths"][path][method]
                if successes(was) - successes(now) or required(now) - required(was):
                    found.add(f"{method.upper()} {path}")
        return found

    return breaks


def is_broken(was, now):
    return now is None or bool(successes(was) - successes(now)) or bool(required(now) - required(was))


@right("9.4-gate")
def gate_by_a_comprehension():
    return breaks_by(is_broken)


@right("9.4-gate")
def gate_as_a_list():
    def breaks(old, new):
        return sorted(breaks_by(is_broken)(old, new))

    return breaks


@right("9.4-gate")
def gate_by_loops():
    def still_answers(was, now):
        return all(code in now["responses"] for code in was["responses"] if code[0] == "2")

    def breaks(old, new):
        broken = set()
        for path, methods in old["paths"].items():
            for method, was in methods.items():
                now = new["paths"].get(path, {}).get(method)
                if now is None or not still_answers(was, now) or required(now) - required(was):
                    broken.add(f"{method.upper()} {path}")
        return broken

    return breaks
