"""`make mutants`: which small change of the helpers would no test notice?

Plants the changes of `tests/verbs/changes.py` into `live/`, `learning/` and `exam/`, one at a time and in copies of the
work tree. Then those tests of the package run that execute the changed line, quickest first, those that execute anything
else of its file, and those in the file of its name, up to `LIMIT` seconds of them; a change that hangs is noticed, too. What survives is explained
in `EXPLAINED`, or is a test to be written: exit code 1.

`--seed` and `--sample` choose (60 a package), `--all` takes every change, names of files or folders only theirs. Of what
is kept well, mutmut 3 copies into the work tree and puts a trampoline before each function, which recordings then show;
cosmic-ray changes the work tree itself; it and poodle run all tests for each change; and none takes a sample.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import coverage
import psutil
import pytest

from tests.verbs.changes import Change, Spot, spots

ROOT = Path(__file__).parents[2]
PACKAGES = ("live", "learning", "exam")
LEFT_OUT = ("exam/templates/",)
LIMIT = 60  # seconds of tests for one change, as they were measured
PATIENCE = 60  # seconds that a run may take besides four times what its tests took: longer is a hang
SURVIVES, TIMEOUT = "survives", "timeout"
OPTIONS = ["-q", "-p", "tests.verbs.mutants", "-p", "no:cacheprovider", "--hypothesis-seed=0", "--tb=line", "-rfE"]
CHOICE = "MUTANTS_CHOICE"  # names, for the plugin below, the file that says which tests run, or where the record goes

# Survivors that change nothing that a learner, a test or another module could see: the change, and why.
EXPLAINED = {
    "live/changed.py Changes._lost: one.number < self.ran[by].number -> one.number <= self.ran[by].number": (
        "A cell does not fill what it has bound itself, and no two cells run with one number."
    ),
    "live/engine.py Engine.shutdown: time.monotonic() < self.deadline -> time.monotonic() <= self.deadline": (
        "The clock does not show the deadline itself, to the nanosecond."
    ),
    "live/engine.py Engine._close: asyncio.wait_for(loop.shutdown_asyncgens(), max(0.2, until - time.monotonic())) -> "
    "asyncio.wait_for(loop.shutdown_asyncgens(), max(1.2, until - time.monotonic()))": (
        "A moment more for generators that do not end: how long, nobody is promised."
    ),
    "live/heartbeat.py _Late.__init__: self._switches = 0 -> self._switches = 1": (
        "The first look differs from no look, so what was counted before it is not asked for."
    ),
    "live/peers.py _ask: answer = kernel.recv(4096) -> answer = kernel.recv(4097)": (
        "Room for an answer that is much shorter."
    ),
    "live/failing.py _rendered: shown = frames if len(frames) <= 2 * FEW else [*frames[:FEW], *frames[-FEW:]] -> "
    "shown = frames if len(frames) < 2 * FEW else [*frames[:FEW], *frames[-FEW:]]": (
        "Six frames are the first three and the last three."
    ),
    "live/ending.py Stop.__init__: super().__init__(*arguments) -> pass": "It is raised without arguments.",
    "live/ending.py raise_in: outward(innermost().get(thread.ident or 0)) -> outward(innermost().get(thread.ident or 1))": (
        "No thread has either number."
    ),
    "live/log.py _Log.emit: log = _logs.get(record.thread or 0) -> log = _logs.get(record.thread or 1)": (
        "No thread has either number."
    ),
    "live/server.py Server._start: ended.wait(1.0) -> ended.wait(2.0)": "A second more for what does not end.",
    "live/server.py Server._strike: ending.end(lambda: engine.threads() if engine.closing else threads_of(self), quiet, 0.5) -> "
    "ending.end(lambda: engine.threads() if engine.closing else threads_of(self), quiet, 1.5)": (
        "A second more for what does not end."
    ),
    "live/server.py Server._start: hurry.doing = '' -> pass": "Nothing that is told of is awaited after it.",
    "live/picture.py lane: longest = max((len(f\"{bar['kind']} {bar['name']}\") for bar in data['bars']), default=0) -> "
    "longest = max((len(f\"{bar['kind']} {bar['name']}\") for bar in data['bars']), default=1)": (
        "Without a bar the lane is as wide as the narrowest either way."
    ),
    "live/aside.py module: Result = TypeVar('Result') -> Result = TypeVar('ResultX')": "Only a type checker reads this name.",
    "live/recording.py record: deadline = 0.0 -> deadline = 1.0": "The clock has shown more than a second for long.",
    "live/picture.py _label: width > room and (not failed) -> width >= room and (not failed)": (
        "No bar is as wide as its words to the last fraction of a dot."
    ),
    "live/picture.py _head: room = int((WIDEST - 20) / LETTER) -> room = int((WIDEST - 21) / LETTER)": (
        "As many whole letters find room."
    ),
    "live/heartbeat.py Heartbeat._keep: seconds >= LEAST -> seconds > LEAST": (
        "The clock does not show a tenth of a second itself, to the nanosecond."
    ),
    "live/peers.py _ask: family = socket.AF_INET6 if ':' in ends[0] else socket.AF_INET -> "
    "family = socket.AF_INET6 if ':' in ends[1] else socket.AF_INET": ("Both ends of a connection are of one family."),
    "learning/attempts.py module: DEADLINE = 10.0 -> DEADLINE = 11.0": (
        "A second more for what does not end; the sentence tells the number that is set."
    ),
    "learning/promises/keeping.py terminated.end: service.process.signal('SIGTERM' if POSIX else 'SIGINT') -> "
    "service.process.signal('SIGTERM' if POSIX else 'SIGINTX')": "The other system is tested there.",
    "learning/finding.py module: MOST = 10 -> MOST = 11": (
        "How many lines of a kind are one too many, nobody is promised."
    ),
    "learning/promises/__init__.py _fits: wrong(str(broken).rstrip('.')) -> wrong(str(broken).rstrip('.X'))": (
        "No sentence on a promise ends with this letter."
    ),
    "learning/promises/facing.py _spoil: opened.write(b'\\xa5' * max(4096, file.stat().st_size)) -> "
    "opened.write(b'\\xa5' * max(4097, file.stat().st_size))": "A byte more of nonsense.",
    "learning/promises/bench.py Service._new_client: verify=False -> verify=True": (
        "The service is asked without TLS: certificates are only loaded, which takes time."
    ),
    "exam/__init__.py _begun: shares[item.question.chapter] = shares.get(item.question.chapter, 0) + 1 -> "
    "shares[item.question.chapter] = shares.get(item.question.chapter, 1) + 1": (
        "Every chapter stands in it before anything is counted."
    ),
    "learning/promises/bench.py module: PATIENCE = 15.0 -> PATIENCE = 16.0": (
        "A second more for a service that does not answer."
    ),
    "learning/promises/proving.py module: CALM = {'PYTEST_ADDOPTS': '', 'COLUMNS': '200', 'CI': '', 'PYTHONDONTWRITEBYTECODE': '1'} -> CALM = {'PYTEST_ADDOPTS': '', 'COLUMNS': '200', 'CI': '', 'PYTHONDONTWRITEBYTECODEX': '1'}": (
        "Bytecode beside a learner's tests harms nobody: it is only left out."
    ),
    "learning/promises/proving.py _clean: return (lines[-1] if lines else 'they write nothing').replace(str(folder), '…')[:200] -> return (lines[-1] if lines else 'they write nothing').replace(str(folder), '…')[:201]": (
        "One letter more of a line that is cut."
    ),
    "learning/history.py _measured: near = difflib.get_close_matches(name, known, n=3, cutoff=0.3) or list(known)[:3] -> "
    "near = difflib.get_close_matches(name, known, n=4, cutoff=0.3) or list(known)[:3]": (
        "How many names are near, nobody is promised."
    ),
    "learning/machine.py _mail: ('here@parcels.example', 'there@parcels.example', 'accepted a message') -> "
    "('here@parcels.example', 'there@parcels.exampleX', 'accepted a message')": "A mail that nobody reads.",
    "learning/promises/bench.py Service.undone: left and time.monotonic() - since < STUCK -> "
    "left and time.monotonic() - since <= STUCK": "The clock does not show the bound itself, to the nanosecond.",
    "learning/promises/generating.py _word: return text.ljust(schema.get('minLength', 0), 'a')[:schema.get('maxLength', 10 ** 6)] -> "
    "return text.ljust(schema.get('minLength', 0), 'a')[:schema.get('maxLength', 10 ** 7)]": (
        "No word is that long where nobody bounds it."
    ),
    "learning/promises/generating.py _word: return text.ljust(schema.get('minLength', 0), 'a')[:schema.get('maxLength', 10 ** 6)] -> "
    "return text.ljust(schema.get('minLength', 1), 'a')[:schema.get('maxLength', 10 ** 6)]": (
        "No word is empty where nobody bounds it."
    ),
    "learning/promises/keeping.py killed: time.sleep(0.1) -> time.sleep(1.1)": (
        "A moment for the work to begin: how long, nobody is promised."
    ),
    "learning/promises/model.py Promise: dataclass(frozen=True) -> dataclass(frozen=False)": (
        "Nobody changes a promise; the word says so to whoever reads it."
    ),
    "learning/promises/proving.py module: CALM = {'PYTEST_ADDOPTS': '', 'COLUMNS': '200', 'CI': '', 'PYTHONDONTWRITEBYTECODE': '1'} -> CALM = {'PYTEST_ADDOPTS': '', 'COLUMNSX': '200', 'CI': '', 'PYTHONDONTWRITEBYTECODE': '1'}": (
        "The last line of a learner's tests, a little shorter."
    ),
    "learning/promises/proving.py _run: places = [str(startup), env.get('PYTHONPATH') or os.environ.get('PYTHONPATH', '')] -> "
    "places = [str(startup), env.get('PYTHONPATH') or os.environ.get('PYTHONPATH', 'X')]": "A folder that is not there.",
    "learning/store.py module: _why_unsaved = '' -> _why_unsaved = 'X'": "It is told once something could not be written.",
    "learning/promises/bench.py module: LEFT_OUT = ('.*', 'venv', '__pycache__', 'node_modules', '*.pyc') -> "
    "LEFT_OUT = ('.*', 'venv', '__pycache__X', 'node_modules', '*.pyc')": "What lies there is left out by its ending, too.",
    "learning/promises/generating.py module: WHOLE = -1 -> WHOLE = -2": "A number that is no place in a list either way.",
    "learning/promises/generating.py _number: return value if value <= most else most -> return value if value < most else most": (
        "Where they are equal, either is the other."
    ),
    "learning/speaking.py module: Parameters = ParamSpec('Parameters') -> Parameters = ParamSpec('ParametersX')": (
        "A name for a type checker."
    ),
    "learning/tokens.py _unpack: raise ValueError('checksum') -> raise ValueError('checksumX')": (
        "A word for whoever debugs it: a learner is told that the token is not complete."
    ),
    "learning/promises/bench.py Service.orders: 8 -> 9": "How many order at once, nobody is promised.",
    "learning/promises/bench.py prepare: (ended := run.wait(60)) != 'exit 0' -> (ended := run.wait(61)) != 'exit 0'": (
        "A second more for a preparation that does not end."
    ),
    "learning/promises/mutant.py module: sys.meta_path.insert(0, Watch()) -> sys.meta_path.insert(1, Watch())": (
        "Behind the finder of built-in modules, and still before the one that finds FastAPI."
    ),
    "learning/topics.py Topic: dataclass(frozen=True) -> dataclass(frozen=False)": (
        "Nobody changes a topic; the word says so to whoever reads it."
    ),
    "exam/planning.py plan: return sorted(rows, key=lambda row: (-round(row.gain, 6), places.index(row.section))) -> "
    "return sorted(rows, key=lambda row: (-round(row.gain, 7), places.index(row.section)))": (
        "What differs by less than a millionth comes in the order of the course, or nearly so."
    ),
    "exam/proof.py names: found: dict[str, Any] = {'__name__': 'question'} -> found: dict[str, Any] = {'__name__': 'questionX'}": (
        "The module that a question's code believes to be in, of which none speaks."
    ),
    "exam/draw.py _steps: end > start + len(chosen) and len(chosen) < count -> end > start + len(chosen) and len(chosen) <= count": (
        "All steps together are as many as are asked for, but for what rounding adds."
    ),
    "exam/text.py partly: score.credit < score.points + 0.05 -> score.credit <= score.points + 0.05": (
        "No sum of parts meets the bound itself."
    ),
    "exam/exports/anki.py written: genanki.Package(deck).write_to_file(str(file), timestamp=0.0) -> "
    "genanki.Package(deck).write_to_file(str(file), timestamp=1.0)": (
        "A moment long ago, so that the same cards make the same file: which one, nobody asks."
    ),
    "exam/kinds.py Order.parts: (sum((sooner < later for sooner, later in zip(places, places[1:]))), len(places) - 1) -> "
    "(sum((sooner <= later for sooner, later in zip(places, places[1:]))), len(places) - 1)": (
        "No two letters stand in one place."
    ),
    "exam/kinds.py close: (abs(one - other) <= max(SLACK, 0.2 * bar[1]) + 1e-09 for one, other in zip(drawn, bar)) -> "
    "(abs(one - other) < max(SLACK, 0.2 * bar[1]) + 1e-09 for one, other in zip(drawn, bar))": (
        "A drawn number does not meet the bound itself, to the nanosecond."
    ),
    "exam/kinds.py _option: return found[0] if len(found) == 1 else '' -> return found[0] if len(found) == 1 else 'X'": (
        "What is no option equals none either way."
    ),
    "exam/kinds.py Wait.means: return abs(found - q.seconds) <= max(0.05, 0.15 * q.seconds) -> return abs(found - q.seconds) < max(0.05, 0.15 * q.seconds)": (
        "A measured number does not meet the bound itself."
    ),
    "exam/figures.py Figures.remark: 'nearly everybody is wrong' if self.difficulty < HARD else 'nearly everybody is "
    "right' -> 'nearly everybody is wrong' if self.difficulty <= HARD else 'nearly everybody is right'": (
        "Who stands on the bound itself does not come here."
    ),
    "exam/kinds.py Prints.prove: lines = bench.run(q.code).rstrip('\\n') -> "
    "lines = bench.run(q.code).rstrip('\\nX')": "No question prints this letter at its end.",
    "exam/draw.py Source: dataclass(frozen=True, eq=False) -> dataclass(frozen=True, eq=True)": (
        "No source is compared with another: each stands once in the list."
    ),
    "exam/reviewing.py QuestionPrompt: dataclass(frozen=True) -> dataclass(frozen=False)": (
        "Nobody changes a prompt; the word says so to whoever reads it."
    ),
    "exam/draw.py Source: dataclass(frozen=True, eq=False) -> dataclass(frozen=False, eq=False)": (
        "Nobody changes a source; the word says so to whoever reads it."
    ),
    "exam/exports/anki.py written: file = Path(folder, 'bank.apkg') -> file = Path(folder, 'bank.apkgX')": (
        "A file that is read and gone before anybody else could see its name."
    ),
    "exam/reviewing.py module: NEW = 4 -> NEW = 5": "A few new rules a day: how many, nobody is promised.",
    "exam/reviewing.py module: 60 -> 61": ("An estimate of seconds, a second longer."),
    "exam/reviewing.py module: 30 -> 31": ("An estimate of seconds, a second longer."),
}

# Each run is a fork of one process that has imported what is not ours and takes seconds.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    "IPython anywidget fastapi httpx hypothesis nbclient nbformat opentelemetry.sdk.trace uvicorn".split()
)


# ---- which tests execute a line: this module is a plugin of the pytest that records, and of the one that chooses


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What a fixture executes counts for every test of its file, which may share it."""
    if running := coverage.Coverage.current():
        running.switch_context(item.location[0])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    if running := coverage.Coverage.current():
        running.switch_context(item.nodeid)


_seconds: Counter[str] = Counter()
_failed: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid] += report.duration
    if report.failed or report.skipped:
        _failed.add(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    record = os.environ.get(CHOICE, "")
    if record.endswith("record.json") and not hasattr(session.config, "workerinput"):
        sound = {test: round(took, 3) for test, took in _seconds.items() if test not in _failed}
        Path(record).write_text(json.dumps({"sound": sound, "failed": sorted(_failed)}))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps the chosen tests, in their order; a test that is not recorded yet comes first."""
    record = os.environ.get(CHOICE, "")
    if record.endswith("choice.json"):
        choice = json.loads(Path(record).read_text())
        order, known = {test: number for number, test in enumerate(choice["order"], 1)}, choice["known"]
        new = set() if known is None else {item.nodeid for item in items}.difference(known)
        kept = [item for item in items if item.nodeid in order or item.nodeid in new]
        items[:] = sorted(kept, key=lambda item: order.get(item.nodeid, 0))


@dataclass(frozen=True)
class Record:
    """What was recorded: the seconds of every test that passed, and who executed what: file, line, tests or test files."""

    seconds: dict[str, float]
    failed: list[str]
    executed: dict[str, dict[str, list[str]]]

    def choice(self, change: Change) -> list[str]:
        """The tests that could notice a change, file by file with the quickest first."""
        lines = self.executed.get(change.path, {})
        exact = {test for line in change.lines for test in lines.get(str(line), ())}
        chosen: list[str] = []
        others = {test for who in lines.values() for test in who}
        for tests in map(self._tests, (exact, others, set(_own_tests(change)))):
            for test in sorted(tests - set(chosen), key=self.seconds.__getitem__):
                if sum(map(self.seconds.__getitem__, chosen)) + self.seconds[test] <= LIMIT:
                    chosen.append(test)
        first = {}
        for test in chosen:
            first.setdefault(test.partition("::")[0], len(first))
        return sorted(chosen, key=lambda test: first[test.partition("::")[0]])

    def _tests(self, names: set[str]) -> set[str]:
        return {test for test in self.seconds if test in names or test.partition("::")[0] in names}


def record(packages: list[str], copy: Path, scratch: Path, jobs: int) -> Record:
    """Runs the tests of these packages once under coverage, in the processes and kernels that they start, too."""
    settings, told, measured = scratch / "coveragerc", scratch / "record.json", scratch / "data" / "measured"
    settings.write_text(
        f"[run]\ndata_file = {measured}\nparallel = true\ninclude = {copy}/helpers/*\n"
        "context = ${PYTEST_CURRENT_TEST-}\ncore = ctrace\n"  # what a process inherits from the test that started it
    )
    measured.parent.mkdir()
    command = [
        sys.executable,
        "-m",
        "pytest",
        *OPTIONS,
        "-n",
        str(jobs),
        "--dist",
        "loadfile",
        *(f"tests/{package}" for package in packages),
    ]
    variables = {**surroundings(copy, told), "COVERAGE_PROCESS_START": str(settings)}
    subprocess.run(command, cwd=copy, env=variables, stdout=sys.stderr)
    run = coverage.Coverage(data_file=str(measured), config_file=str(settings))
    run.combine([str(measured.parent)])
    executed: dict[str, dict[str, list[str]]] = {}
    for file in run.get_data().measured_files():
        path = Path(file).relative_to(copy / "helpers").as_posix()
        lines = run.get_data().contexts_by_lineno(file)
        executed[path] = {str(line): sorted({test_of(each) for each in who} - {""}) for line, who in lines.items()}
    said = json.loads(told.read_text())
    return Record(said["sound"], said["failed"], executed)


def test_of(context: str) -> str:
    """The test (or test file) of a context: the plugin's, or pytest's own as a test's processes inherit it."""
    test, _, phase = (
        context.rpartition(" (") if context.endswith(("setup)", "call)", "teardown)")) else (context, "", "")
    )
    return test.partition("::")[0] if phase == "setup)" else test


def surroundings(copy: Path, choice: Path) -> dict[str, str]:
    """What every process of a run finds: the copy's helpers before the installed ones, and this module's choice."""
    kernels = {
        "IPYTHONDIR": str(copy / ".ipython")
    }  # this comes after the environment's own, which names the work tree
    return {**os.environ, **kernels, "PYTHONPATH": str(copy), CHOICE: str(choice), "COURSE_RUN": "ci"}


# ---- the runs


def copied(folder: Path) -> Path:
    """A copy of the work tree, to be changed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    first = [
        f"__import__('sys').path.insert(0, {str(folder)!r})",
        "get_ipython().kernel.language_info.pop('version', None)",
    ]
    kernels = folder / ".ipython" / "profile_default" / "ipython_kernel_config.json"
    kernels.parent.mkdir(parents=True)
    kernels.write_text(json.dumps({"IPKernelApp": {"exec_lines": first, "log_level": "ERROR"}}))
    return folder


def _in_copy(copy: Path, arguments: list[str], variables: dict[str, str], words: Path) -> None:
    """pytest in a fork of a process that has imported what is not ours: its exit code is the process's."""
    os.setsid()
    with words.open("wb") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.chdir(copy)
    os.environ.update(variables)
    sys.path[:] = [str(copy), *(place for place in sys.path if place not in ("", str(ROOT)))]
    sys.exit(int(pytest.main(arguments)))


def noticed(change: Change, record: Record, copy: Path, scratch: Path) -> str:
    """What notices a change: a test that fails twice, or `TIMEOUT`; `SURVIVES` where all pass.

    A test that fails once alone is one that the machine was too busy for, and is not asked again.
    """
    order, path = record.choice(change), copy / "helpers" / change.path
    known = [*record.seconds, *record.failed]
    original = path.read_bytes()
    _write(path, change.source.encode())
    try:
        verdict = _failing(order, known, _own_tests(change), record, copy, scratch)
        while verdict in order and _failing([verdict], None, [], record, copy, scratch) == SURVIVES:
            order.remove(verdict)
            verdict = _failing(order, known, _own_tests(change), record, copy, scratch)
        return verdict
    finally:
        _write(path, original)


def _failing(
    order: list[str], known: list[str] | None, files: list[str], record: Record, copy: Path, scratch: Path
) -> str:
    """Which of these tests fails first, in the copy as it is; where something is `known`, what else stands in `files` too."""
    asked = dict.fromkeys([*(test.partition("::")[0] for test in order), *files])
    choice, words = scratch / "choice.json", scratch / "words.txt"
    choice.write_text(json.dumps({"order": order, "known": known}))
    if not asked:
        return SURVIVES
    run = FORKS.Process(target=_in_copy, args=(copy, [*OPTIONS, "-x", *asked], surroundings(copy, choice), words))
    run.start()
    run.join(PATIENCE + 4 * sum(record.seconds[test] for test in order))
    hangs = run.exitcode is None
    _end(run)
    if hangs:
        return TIMEOUT
    if run.exitcode in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
        return SURVIVES
    found = re.search(r"^(?:FAILED|ERROR) (tests/.+?)(?: - .*)?$", words.read_text(errors="replace"), re.MULTILINE)
    return found[1] if found else f"pytest ends with {run.exitcode}"


def _write(path: Path, content: bytes) -> None:
    """A source without its bytecode, which counts as current within a second."""
    path.write_bytes(content)
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
        compiled.unlink(missing_ok=True)


def _end(run: multiprocessing.Process) -> None:
    """Ends a run with everything that it started and that is still in its session."""
    for process in psutil.Process(run.pid).children(recursive=True) if run.is_alive() else []:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    run.kill()
    run.join()


def _own_tests(change: Change) -> list[str]:
    """The file of tests that bears the name of the changed file or, without one, that of its folder."""
    folder = Path("tests", change.path).parent
    names = [folder / f"test_{Path(change.path).stem}.py", folder / f"test_{folder.name}.py"]
    return [own.as_posix() for own in names if (ROOT / own).exists()][:1]


def planted(only: list[str], seed: str, sample: int | None) -> list[Change]:
    """The changes of a run: of each package so many, or all; the same for the same seed."""
    chosen: list[Spot] = []
    for package in PACKAGES:
        found: list[Spot] = []
        for file in sorted((ROOT / "helpers" / package).rglob("*.py")):
            path = file.relative_to(ROOT / "helpers").as_posix()
            wanted = not only or path.startswith(tuple(name.removeprefix("helpers/") for name in only))
            if wanted and not path.startswith(LEFT_OUT):
                found += spots(path, file.read_text(encoding="utf-8"))
        count = len(found) if sample is None else min(sample, len(found))
        chosen += [
            found[number] for number in sorted(random.Random(f"{seed} {package}").sample(range(len(found)), count))
        ]
    return [spot.change() for spot in chosen]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__.partition("\n\n")[0])
    parser.add_argument("only", nargs="*", help="files or folders of helpers/")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--sample", type=int, default=60, help="changes of each package (default: 60)")
    parser.add_argument("--all", action="store_true", help="every change instead of a sample")
    parser.add_argument("--jobs", type=int, default=2, help="runs at once (default: 2)")
    parser.add_argument("--record", type=Path, help="a file that keeps which test executes what, for the next run")
    options = parser.parse_args(arguments)
    chosen = planted(options.only, options.seed, None if options.all else options.sample)
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place).resolve()
        folders = [scratch / str(number) for number in range(options.jobs)]
        copies = [copied(folder / "tree") for folder in folders]
        if options.record and options.record.exists():
            kept = Record(**json.loads(options.record.read_text()))
        else:
            packages = sorted({change.path.partition("/")[0] for change in chosen})
            kept = record(packages, copies[0], scratch, options.jobs)
        if options.record:
            options.record.write_text(json.dumps(vars(kept)))
        print(f"{len(kept.seconds)} tests passed and are asked, {len(kept.failed)} failed or were skipped.", flush=True)
        free: Queue[Path] = Queue()
        for folder in folders:
            free.put(folder)

        def judge(change: Change) -> str:
            folder = free.get()
            try:
                verdict = noticed(change, kept, folder / "tree", folder)
            finally:
                free.put(folder)
            print(f"{verdict}  <-  {change.name}", flush=True)
            return verdict

        with ThreadPoolExecutor(options.jobs) as pool:
            verdicts = list(pool.map(judge, chosen))
    return told(chosen, verdicts)


def told(chosen: list[Change], verdicts: list[str]) -> int:
    """Prints the figures of each package and every survivor; 1 where one of them is not explained."""
    surviving = [change for change, verdict in zip(chosen, verdicts) if verdict == SURVIVES]
    unknown = [change for change in surviving if change.name not in EXPLAINED]
    for package in PACKAGES:
        own, left, new = (
            sum(change.path.startswith(f"{package}/") for change in some) for some in (chosen, surviving, unknown)
        )
        if own:
            share = f"{(own - left) * 100 / own:.0f} %"
            print(
                f"{package}: {own} planted, {own - left} killed ({share}), {left} survive, {left - new} of them explained"
            )
    for change in surviving:
        print(f"    {change.name}: {EXPLAINED.get(change.name, 'no test notices it')}")
    return 1 if unknown else 0


if __name__ == "__main__":
    # Run as a script this module would be another one than the plugin of the same name.
    from tests.verbs import mutants

    sys.exit(mutants.main())
