"""The course's verbs on every system: `make lab` runs `python3 make.py lab`; Windows runs `py -3.12 make.py lab`.

Only the standard library: any supported Python runs this file, which makes `.venv` and lets its Python do the work. Any
older one reads it too, to be told so, and therefore a verb imports what it needs from `helpers`.
`.venv/ready` is written last, so what it says was finished: no stamp, no trust. It holds what the environment was made
of; what differs is installed, and a broken environment is made again.
"""

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

UV = "uv==0.13.9"  # the one place that pins it: no lock holds what reads the locks
LOCK, TEST_LOCK = "requirements.txt", "tests/requirements.txt"
# What the files of each pinned release hash to, which uv takes as constraints. They stand apart from the locks because pip
# refuses the course's own `-e .` beside any hash, and `pip install -r requirements.txt` by hand is to work.
HASHES = {LOCK: "requirements-hashes.txt", TEST_LOCK: "tests/requirements-hashes.txt"}
OWN = ("pyproject.toml", "helpers/authoring/lab_settings.py")  # what is installed with a lock: the course itself
START = Path("notebooks", "00_start_here.ipynb")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "ready"

# The supported Pythons stand in pyproject.toml, where pip reads them too: the oldest, and the first that is not.
_SUPPORTED = re.search(
    r'requires-python = ">=3\.(\d+),<3\.(\d+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8")
)
OLDEST, NEWEST = (3, int(_SUPPORTED[1])), (3, int(_SUPPORTED[2]) - 1)

# What people read beside the notebooks and the code.
PROSE = ["README.md", "CONTRIBUTING.md", "requirements.in", "make.py"]
# What pip and uv say when no index answers.
OFFLINE = re.compile("from versions: none|error sending request|dns error|are you offline")


def say(line: str) -> None:
    """One line on what happens now, shown before it happens."""
    print(line, flush=True)


# ---- the environment


def refusal(version: tuple, find=importlib.util.find_spec) -> str:
    """One sentence on why this Python cannot make the environment, or nothing; `find` looks for a module."""
    spoken = ".".join(map(str, version[:2]))
    if not OLDEST <= version[:2] <= NEWEST:
        *others, last = [f"3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]
        return (
            f"The course runs on Python {', '.join(others)} and {last}, and this is Python {spoken}: "
            "name one that you have, as in `PYTHON=python3.12 make lab` (Windows: `py -3.12 make.py lab`)."
        )
    if not (find("venv") and find("ensurepip")):
        return (
            f"This Python {spoken} came without its venv module: install it "
            f"(on Debian and Ubuntu `sudo apt install python{spoken}-venv`) and run this again."
        )
    return ""


def made_of(*files: str) -> set:
    """What an environment is made of, a line each: a Python, its place (scripts in it hold the path), uv, and files.

    A file counts by its content, whatever line ends git checked out.
    """
    contents = {name: (ROOT / name).read_bytes().replace(b"\r\n", b"\n") for name in files}
    listed = [f"{name} {hashlib.sha256(content).hexdigest()}" for name, content in contents.items()]
    return {"Python {}.{}".format(*sys.version_info), str(VENV), UV, *listed}


def stamp() -> set:
    """What the environment says that it is made of; nothing while it is unfinished."""
    try:
        return set(STAMP.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError):
        return set()


def sound() -> bool:
    """Whether the environment was finished here by this Python, and its own Python and uv still run."""
    try:
        return made_of() <= stamp() and not subprocess.run([PYTHON, "-c", "import uv"], capture_output=True).returncode
    except OSError:
        return False


def set_up(*locks: str) -> None:
    """Make what is missing of the environment; returns at once when nothing is."""
    from helpers.authoring import lab_settings
    from helpers.authoring.turns import alone

    wanted = made_of(*locks, *(OWN if locks else ()))
    if wanted <= stamp() and sound():
        return
    with alone(ROOT / "make.py"):
        if not sound():
            say("Making .venv with Python {}.{} and uv".format(*sys.version_info))
            # A Python inside an environment must not clear the one it runs in.
            quietly([getattr(sys, "_base_executable", sys.executable), "-m", "venv", "--clear", VENV])
            quietly([PYTHON, "-m", "pip", "install", "--quiet", "--retries", "2", "--disable-pip-version-check", UV])
            # Python 3.11 puts it there; nothing needs it, and a seat is 7 MB smaller without.
            quietly([PYTHON, "-m", "uv", "pip", "uninstall", "--quiet", "--python", PYTHON, "setuptools"])
            STAMP.write_text("\n".join(sorted(made_of())), encoding="utf-8")
        installed = stamp()
        if not wanted <= installed:
            STAMP.unlink()
            say(f"Installing {' and '.join(locks)} with uv")
            install = [PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, "--compile-bytecode"]
            quietly([*install, *(word for lock in locks for word in ("-r", lock, "-c", HASHES[lock]))])
            lab_settings.settle(VENV)
            kept = {line for line in installed if line.split(" ")[0] not in (*locks, *OWN)}
            STAMP.write_text("\n".join(sorted(kept | wanted)), encoding="utf-8")


def quietly(command: list, **options: object) -> None:
    """Run a step of the set-up; its words are shown only when it fails, and one sentence when it is the network."""
    done = subprocess.run(
        command, cwd=ROOT, text=True, encoding="utf-8", errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options,
    )  # fmt: skip
    if done.returncode and OFFLINE.search(done.stdout):
        sys.exit("No connection to PyPI, which the first set-up and a changed lock need: run this again once online.")
    if done.returncode:
        sys.exit(f"{done.stdout}This step failed, its words stand above: {' '.join(map(str, command))}")


# ---- running what is in it


def surroundings() -> dict:
    """The environment variables of an activated environment."""
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
    return {**os.environ, "VIRTUAL_ENV": str(VENV), "PATH": path}


def run(*command: object) -> None:
    """Run the environment's Python in the foreground and end when it fails."""
    failed = status(*command)
    if failed:
        sys.exit(failed)


def status(*command: object) -> int:
    """Run the environment's Python in the foreground; its exit code."""
    with subprocess.Popen([PYTHON, *command], cwd=ROOT, env=surroundings()) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # It heard the Ctrl+C as well: killed now, as `subprocess.run` would, it could not end what it started.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
            sys.exit("Stopped.")


def lab_command(notebook: Path, *options: str) -> list:
    """JupyterLab on one notebook, its folder as the root of the file browser; Ctrl+C ends it without a question."""
    place = [f"--ServerApp.root_dir={notebook.parent}", f"--LabApp.default_url=/lab/tree/{notebook.name}"]
    quiet = ["--Application.log_level=ERROR", "--ServerApp.answer_yes=True"]
    root = ["--allow-root"] if getattr(os, "getuid", lambda: 1)() == 0 else []
    return [str(PYTHON), "-m", "jupyterlab", *place, *quiet, *root, *options]


# ---- the verbs; the first line of each is its help


def lab(*options: str) -> None:
    """set up and open JupyterLab on the start page"""
    set_up(LOCK)
    say(f"Opening JupyterLab on {START.as_posix()} (Ctrl+C ends it)")
    command = lab_command(ROOT / START, *options)
    if os.name != "nt":
        os.chdir(ROOT)
        os.execve(command[0], command, surroundings())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches JupyterLab itself
    sys.exit(subprocess.run(command, cwd=ROOT, env=surroundings()).returncode)


def test(*options: str) -> None:
    """set up, lint, and run every quick test and every notebook"""
    from helpers.authoring import compare

    lint()
    say("Testing the helpers and every notebook's stored outputs (nbval)")
    # Windows lacks what some notebooks show (signals, the embedded Valkey): there cells must run, not look the same.
    compared = compare.options(strict=os.name != "nt")
    run("-m", "pytest", "tests", "notebooks", *compared, *compare.WITH_TESTS, *options)


def setup(*options: str) -> None:
    """set up only what `make lab` needs"""
    set_up(LOCK)
    say("Ready: `make lab` opens the course")


def slow(*options: str) -> None:
    """set up and run the tests that take minutes"""
    set_up(LOCK, TEST_LOCK)
    need_chromium()
    say("Running what takes minutes, and then what loads a whole machine")
    beside = ("-m", "pytest", "tests", "-m", "slow and not alone", "-n", "4", "--dist", "worksteal", *options)
    alone = ("-m", "pytest", "tests", "-m", "slow and alone", *options)
    ended = [status(*beside), status(*alone)]
    # pytest ends with 5 where options such as -k leave no test of a kind.
    if ended == [5, 5] or not {0, 5}.issuperset(ended):
        sys.exit(max(ended))


def need_chromium() -> None:
    """Install Chromium where there is none; ends with a sentence where that cannot be."""
    from helpers.authoring import chromium

    if not chromium.find():
        say("Installing Chromium for the browser tests")
        if not chromium.install():
            sys.exit("The browser tests did not run: there is no Chromium here, and apt-get could not install it.")


def browser(*options: str) -> None:
    """set up and read every notebook in a real JupyterLab in Chromium"""
    set_up(LOCK, TEST_LOCK)
    need_chromium()
    say("Running every notebook in JupyterLab in a browser")
    run("-m", "pytest", "tests/browser", "-m", "browser and not slow", *options)


def update(*options: str) -> None:
    """bring this clone to the newest version; what you wrote in it is kept beside the new"""
    from helpers.authoring.update import CannotUpdate, update

    try:
        say(update(ROOT))
    except CannotUpdate as error:
        sys.exit(str(error))


def refresh(*options: str) -> None:
    """execute the notebooks and store what they show (CHAPTER=1 for one)"""
    set_up(LOCK)
    run("-m", "helpers.authoring.refresh", *options)


def site(*options: str) -> None:
    """compare every notebook and build the site to read and search, _site/index.html (ARGS=--unverified only builds)"""
    set_up(LOCK, TEST_LOCK)
    run("-m", "helpers.authoring.site", *options)


def pack(*options: str) -> None:
    """build the site and an offline pack of everything, _pack/after-the-response.zip"""
    site("--pack", *options)


def links(*options: str) -> None:
    """ask every other host that the course links to whether it still answers"""
    site("--links", *options)


def solutions(*options: str) -> None:
    """write the solutions of all exercises for who teaches, _pack/solutions.md"""
    site("--solutions", *options)


def slides(*options: str) -> None:
    """write the rules and pictures of a chapter as slides, _slides/ (CHAPTER=4 for one)"""
    set_up(LOCK, TEST_LOCK)
    run("-m", "helpers.authoring.slides", *options)


def timetable(*options: str) -> None:
    """print a timetable for a course of three days (ARGS=5 for five)"""
    set_up(LOCK)
    run("-m", "helpers.authoring.timetable", *options)


def bench(*options: str) -> None:
    """measure the helpers against the bare alternative"""
    set_up(LOCK, TEST_LOCK)
    run("-m", "tests.verbs.bench", *options)


def repeat(*options: str) -> None:
    """compare every notebook 20 times idle and 20 times on a busy machine (ARGS="--times 5" for fewer)"""
    set_up(LOCK, TEST_LOCK)
    run("-m", "tests.verbs.repeat", *options)


def versions(*options: str) -> None:
    """compare every notebook on each Python, on older FastAPIs and on the newest releases"""
    set_up(LOCK, TEST_LOCK)
    run("-m", "tests.verbs.versions", *options)


def history(*options: str) -> None:
    """ask every measured FastAPI release what it does, and store the answers (ARGS=--check compares them)"""
    set_up(LOCK)
    run("-m", "helpers.authoring.history", *options)


def queues(*options: str) -> None:
    """ask each queue of the appendix what takes minutes or an environment of its own, and store the answers"""
    set_up(LOCK)
    run("-m", "helpers.authoring.queues", *options)


def audit(*options: str) -> None:
    """ask whether vulnerabilities are known of what the locks pin"""
    set_up(LOCK, TEST_LOCK)
    run("-m", "tests.verbs.audit", *options)


def mutants(*options: str) -> None:
    """plant small changes into the helpers and name those that no test notices (ARGS="--seed 2" for others)"""
    set_up(LOCK, TEST_LOCK)
    run("-m", "tests.verbs.mutants", *options)


def lock(*options: str) -> None:
    """compile both locks, and the hashes of what they pin (ARGS=--upgrade for the newest releases)"""
    set_up()
    compile_ = [PYTHON, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    compile_ += ["--generate-hashes", "--custom-compile-command", "make lock", *options]
    say("Compiling requirements.txt and tests/requirements.txt")
    quietly([*compile_, "requirements.in", "-o", HASHES[LOCK]])
    learner = divide(LOCK)
    quietly([*compile_, "tests/requirements.in", "-c", "-", "-o", HASHES[TEST_LOCK]], input=learner)
    divide(TEST_LOCK)


def divide(lock: str) -> str:
    """Divide what uv compiled into the lock, to be read and installed, and its hashes; returns the pins, to constrain others.

    uv takes no editable line among constraints, so the course's own `-e .` stands in the lock alone.
    """
    compiled = (ROOT / HASHES[lock]).read_text(encoding="utf-8")
    pins = re.sub(r" \\\n +--hash=\S+", "", compiled)
    hashes = re.sub(r"(?m)^(?: *#.*|-e .*)\n", "", compiled)
    says = f"# What the files of each release in {lock} hash to, on every system: `make lock` writes it, `make` holds uv to it.\n"
    (ROOT / lock).write_text(pins, encoding="utf-8", newline="\n")
    (ROOT / HASHES[lock]).write_text(says + hashes, encoding="utf-8", newline="\n")
    return re.sub(r"(?m)^-e .*\n", "", pins)


def lint(*options: str) -> None:
    """check style, format, complexity, types and spelling"""
    set_up(LOCK, TEST_LOCK)
    say("Checking style, format, complexity, types and spelling (ruff, complexipy, pyrefly, codespell)")
    brief = ("--quiet", "--output-format=concise")
    run("-m", "ruff", "check", *brief, ".", *options)
    run("-m", "ruff", "format", "--check", *brief, "helpers", "tests", "make.py", "conftest.py")
    run("-m", "complexipy.cli", "--plain", "--failed")  # file, function, complexity
    run("-m", "pyrefly", "check", "--summary=none", "--output-format=min-text", "helpers")
    run("-m", "codespell_lib", "notebooks", "helpers", "tests", *PROSE)


def clean(*options: str) -> None:
    """remove the environment and every cache, never the reader's progress"""
    say("Removing .venv, caches and what was built or photographed")
    junk = [
        ".venv",
        ".pytest_cache",
        ".ruff_cache",
        ".complexipy_cache",
        ".hypothesis",
        ".benchmarks",
        "_screenshots",
        "_site",
        "_pack",
        "_slides",
    ]
    found = [ROOT / name for name in junk] + list(ROOT.glob("*.egg-info"))
    for folder in ("helpers", "tests", "notebooks"):
        found += [path for name in ("__pycache__", ".ipynb_checkpoints") for path in (ROOT / folder).rglob(name)]
    for path in [*found, ROOT / "__pycache__"]:
        shutil.rmtree(path, ignore_errors=True)


VERBS = {
    verb.__name__: verb
    for verb in (
        lab,
        test,
        setup,
        slow,
        browser,
        update,
        refresh,
        site,
        pack,
        links,
        solutions,
        slides,
        timetable,
        bench,
        repeat,
        versions,
        history,
        queues,
        audit,
        mutants,
        lock,
        lint,
        clean,
    )
}


def main(words: list) -> None:
    """Do what the first word says, with the rest as its options; without words, list the verbs."""
    verb = words[0] if words else "help"
    if verb in ("help", "-h", "--help"):
        print("After the Response. Verbs, as in `make lab` or `python make.py lab`:\n")
        print("\n".join(f"  {name:9} {action.__doc__}" for name, action in VERBS.items()))
        return
    if verb not in VERBS:
        sys.exit(f"There is no verb {verb!r}; there are: {', '.join(VERBS)}.")
    sentence = refusal(sys.version_info) if verb not in ("clean", "update") else ""
    if sentence:
        sys.exit(sentence)
    try:
        VERBS[verb](*words[1:])
    except KeyboardInterrupt:
        sys.exit("Stopped. What was half made will be made again.")


if __name__ == "__main__":
    main(sys.argv[1:])
