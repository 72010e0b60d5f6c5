"""Setting up: what `make lab` and `make test` decide, each with the machine on which it goes wrong."""

import ast
import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_client.manager import start_new_kernel

import make
from helpers.authoring import lab_settings, refresh
from helpers.authoring.cells import syntax
from helpers.authoring.update import MARK
from helpers.learning import machine as machine_check
from tests.verbs import versions

LOCKS = (make.LOCK, make.TEST_LOCK)
SOURCES = ("requirements.in", "tests/requirements.in")


def read(path: str) -> str:
    return (make.ROOT / path).read_text(encoding="utf-8")


# ---- the machine's Python


SUPPORTED = ["3.11", "3.12", "3.13", "3.14"]


@pytest.mark.parametrize("version", SUPPORTED)
def test_a_supported_python_is_taken(version):
    assert make.refusal((*map(int, version.split(".")), 7)) == ""


def test_every_list_of_pythons_is_that_of_pyproject():
    assert [f"{make.OLDEST[0]}.{minor}" for minor in range(make.OLDEST[1], make.NEWEST[1] + 1)] == SUPPORTED
    assert machine_check.supported() == (make.OLDEST, make.NEWEST)
    assert [python for name, (python, fastapi) in versions.ROWS.items() if not fastapi] == SUPPORTED
    assert versions.ROWS["newest releases"][0] == SUPPORTED[-1]
    assert f"You need Python {', '.join(SUPPORTED[:-1])} or {SUPPORTED[-1]} with" in read("README.md")
    assert f"agrees on Python {', '.join(SUPPORTED[:-1])} and {SUPPORTED[-1]}, on" in read("CONTRIBUTING.md")


BEYOND = (3, make.NEWEST[1] + 1, 0)


@pytest.mark.parametrize(("version", "verdict"), [(None, "**Works**"), (BEYOND, "**Not tested**")])
def test_the_machine_check_says_whether_the_python_is_supported(monkeypatch, version, verdict):
    monkeypatch.setattr(sys, "version_info", version or sys.version_info)
    said = machine_check._python()
    assert said.startswith(f"{verdict}: Python version ")
    verified = f"The course is verified on Python version {SUPPORTED[0]} to version {SUPPORTED[-1]}."
    assert (verified in said) is (version is not None)


@pytest.mark.parametrize("version", [(3, 10, 14), BEYOND, (3, 6, 1)])
def test_another_python_gets_one_sentence(monkeypatch, version):
    # A Python that is taken would set up and turn this process into a JupyterLab.
    monkeypatch.setitem(make.VERBS, "lab", lambda: pytest.fail("it was taken"))
    monkeypatch.setattr(sys, "version_info", version)
    spoken = f"3.{version[1]}"
    with pytest.raises(SystemExit, match=rf"^The course runs on .*, and this is Python {spoken}: name one .*\.$"):
        make.main(["lab"])


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_gets_one_sentence(missing):
    sentence = make.refusal((3, 12, 0), lambda name: None if name == missing else name)
    assert re.fullmatch(r"This Python 3.12 came without its venv module: .*python3.12-venv.*\.", sentence)


def test_an_old_python_can_read_the_script_that_refuses_it():
    tree = ast.parse(read("make.py"), feature_version=(3, 6))
    imported = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert imported == ["pathlib"], "code that an old Python cannot run is imported by the verb that needs it"


@pytest.mark.parametrize("version", ["3.6", "3.8", "3.9", "3.10"])
def test_a_real_old_python_gets_the_sentence(version):
    python = versions.interpreter(version, "pass")  # one without venv, too
    if python is None:
        pytest.skip(f"there is no Python {version} on this machine")
    done = subprocess.run([python, "make.py", "setup"], cwd=make.ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "") and done.stderr.startswith("The course runs on Python 3.11, ")
    assert len(done.stderr.splitlines()) == 1


def test_a_word_that_is_no_verb_is_answered_with_the_verbs():
    with pytest.raises(SystemExit, match="^There is no verb 'labs'; there are: lab, test, "):
        make.main(["labs"])


# ---- what an environment needs


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A fresh clone in which steps are noted, not taken; gives the list of them. `.venv` runs this Python."""
    steps = []
    monkeypatch.setattr(make, "ROOT", tmp_path)
    monkeypatch.setattr(make, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(make, "STAMP", tmp_path / ".venv" / "ready")
    monkeypatch.setattr(make, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(make, "quietly", lambda command, **options: steps.append(" ".join(map(str, command[1:]))))
    for folder in (".venv", "tests", "notebooks", "helpers/authoring"):
        (tmp_path / folder).mkdir(parents=True)
    for lock in LOCKS:
        (tmp_path / lock).write_text("fastapi==1\nstarlette==2\n")
    for own in make.OWN:
        (tmp_path / own).write_text("as of today\n")
    (tmp_path / "make.py").touch()
    return steps


FRESH = ["venv", "uv", "lean", "packages"]


def kinds(steps: list[str]) -> list[str]:
    """The steps in short, and none after this is left."""
    words = {"-m venv": "venv", "-m pip": "uv", "-m uv pip uninstall": "lean", "-m uv": "packages"}
    short = [next(word for start, word in words.items() if step.startswith(start)) for step in steps]
    steps.clear()
    return short


def test_a_fresh_clone_is_set_up_once_and_starts_at_once_afterwards(machine, capsys):
    make.set_up(*LOCKS)
    told = "-r requirements.txt -c requirements-hashes.txt -r tests/requirements.txt -c tests/requirements-hashes.txt"
    assert machine[3].endswith(f"--compile-bytecode {told}")
    assert kinds(machine) == FRESH
    assert capsys.readouterr().out.splitlines() == [
        f"Making .venv with Python {sys.version_info[0]}.{sys.version_info[1]} and uv",
        "Installing requirements.txt and tests/requirements.txt with uv",
    ]
    make.set_up(*LOCKS)
    make.set_up(make.LOCK)
    assert machine == [] and capsys.readouterr().out == ""


def test_the_tests_are_added_to_what_a_learner_has(machine):
    make.set_up(make.LOCK)
    kinds(machine)
    make.set_up(*LOCKS)
    assert kinds(machine) == ["packages"]


def test_a_lock_is_compared_by_its_content(machine):
    make.set_up(make.LOCK)
    kinds(machine)
    lock = make.ROOT / make.LOCK
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))  # as git checks it out on Windows, and newer
    make.set_up(make.LOCK)
    assert machine == []
    times = lock.stat()
    lock.write_text("fastapi==3\n")
    os.utime(lock, ns=(times.st_atime_ns, times.st_mtime_ns))
    make.set_up(make.LOCK)
    assert kinds(machine) == ["packages"]
    for own in make.OWN:
        (make.ROOT / own).write_text("as of tomorrow\n")
        make.set_up(make.LOCK)
        assert kinds(machine) == ["packages"]


def test_the_stamp_holds_the_lock_of_today_alone(machine):
    make.set_up(*LOCKS)
    (make.ROOT / make.LOCK).write_text("fastapi==3\n")
    make.set_up(make.LOCK)
    assert make.stamp() == make.made_of(*LOCKS, *make.OWN)


def another_python():
    make.STAMP.write_text(make.STAMP.read_text().replace("Python 3.", "Python 2."))


def moved_folder():
    make.STAMP.write_text(make.STAMP.read_text().replace(str(make.VENV), "elsewhere"))


def another_uv():
    make.STAMP.write_text(make.STAMP.read_text().replace(make.UV, "uv==0.1"))


def half_written_stamp():
    make.STAMP.write_text(make.STAMP.read_text()[:9])


def stamp_of_another_kind():
    make.STAMP.write_bytes(b"\xff\xfe")


def half_made():
    make.STAMP.unlink()


def no_interpreter():
    make.PYTHON = make.VENV / "gone"


def interpreter_that_fails():
    make.PYTHON = make.VENV / "bin"
    make.PYTHON.write_text("#!/bin/sh\nexit 1\n")
    make.PYTHON.chmod(0o755)


def environment_without_uv():
    make.PYTHON = Path(sys.executable)
    os.environ["PYTHONPATH"] = str(make.ROOT)
    (make.ROOT / "uv.py").write_text("raise ImportError")


@pytest.mark.parametrize(
    "damage",
    [
        another_python,
        moved_folder,
        another_uv,
        half_written_stamp,
        stamp_of_another_kind,
        half_made,
        no_interpreter,
        interpreter_that_fails,
        environment_without_uv,
    ],
)
def test_what_cannot_be_trusted_is_made_again(machine, monkeypatch, damage):
    monkeypatch.setenv("PYTHONPATH", "")
    make.set_up(make.LOCK)
    assert make.sound()
    kinds(machine)
    damage()
    assert not make.sound()
    make.set_up(make.LOCK)
    assert kinds(machine) == FRESH


def test_an_installation_that_stopped_halfway_is_not_trusted(machine, monkeypatch):
    make.set_up(make.LOCK)
    note = make.quietly
    monkeypatch.setattr(make, "quietly", lambda command: sys.exit("no connection"))
    with pytest.raises(SystemExit):
        make.set_up(*LOCKS)
    assert not make.sound()
    monkeypatch.setattr(make, "quietly", note)
    kinds(machine)
    make.set_up(make.LOCK)
    assert kinds(machine) == FRESH


@pytest.mark.parametrize(
    "words",
    [
        "ERROR: Could not find a version that satisfies the requirement uv (from versions: none)",
        "error: Request failed after 3 retries\n  Caused by: error sending request for url",
    ],
)
def test_no_network_gets_one_sentence(words):
    with pytest.raises(SystemExit, match=r"^No connection to PyPI, which .* once online\.$"):
        make.quietly([sys.executable, "-c", f"print({words!r}); raise SystemExit(1)"])


def test_another_failure_is_told_in_its_own_words():
    with pytest.raises(SystemExit, match=r"^no space left on device\nThis step failed, its words stand above: "):
        make.quietly([sys.executable, "-c", "print('no space left on device'); raise SystemExit(1)"])


def two_at_once(root: Path) -> list[str]:
    """What two processes say that set up the same fresh clone at the same time; the steps take half a second each."""
    code = """
import sys, time
from pathlib import Path
import make
make.ROOT, make.VENV, make.STAMP, make.PYTHON = Path({0!r}), Path({0!r}) / ".venv", Path({0!r}) / ".venv/ready", Path(sys.executable)
def step(command, **options):
    print("begins", flush=True); time.sleep(0.5); make.VENV.mkdir(exist_ok=True); print("ends", flush=True)
make.quietly = step
make.set_up(make.LOCK)
"""
    command = [sys.executable, "-c", code.format(str(root))]
    both = [
        subprocess.Popen(command, cwd=Path(make.__file__).parent, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    return [process.communicate()[0] for process in both]


def test_two_at_once_take_their_turn(machine):
    shutil.rmtree(make.VENV)
    second, first = sorted(two_at_once(make.ROOT), key=len)
    assert [line for line in first.splitlines() if line in ("begins", "ends")] == ["begins", "ends"] * len(FRESH)
    assert second == "Another `make` is setting this folder up: waiting for it\n"


def test_a_lock_that_no_file_system_knows_keeps_nobody_waiting(machine, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(fcntl, "flock", lambda *_: (_ for _ in ()).throw(OSError("no locks available")))
    make.set_up(make.LOCK)
    assert kinds(machine) == FRESH


def test_news_stay_off_and_nothing_is_written_outside(machine):
    before = {path for path in make.ROOT.rglob("*") if make.VENV not in path.parents}
    make.set_up(make.LOCK)
    [settings] = make.VENV.rglob("overrides.json")
    assert settings.relative_to(make.VENV).as_posix() == "share/jupyter/lab/settings/overrides.json"
    assert json.loads(settings.read_text())["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    [layout] = make.VENV.rglob("*.jupyterlab-workspace")
    layout.write_text("arranged by the reader")
    lab_settings.settle(make.VENV)
    assert layout.read_text() == "arranged by the reader"
    assert {path for path in make.ROOT.rglob("*") if make.VENV not in path.parents} == before


@pytest.mark.parametrize(("uid", "expected"), [(0, True), (1000, False)])
def test_only_root_is_allowed_as_root(monkeypatch, uid, expected):
    monkeypatch.setattr(os, "getuid", lambda: uid, raising=False)
    command = make.lab_command(Path("some", "notebooks", "00_start_here.ipynb"), "--no-browser")
    assert ("--allow-root" in command) is expected and command[-1] == "--no-browser"
    assert f"--ServerApp.root_dir={Path('some', 'notebooks')}" in command
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in command


def test_clean_leaves_the_readers_work(machine):
    kept = [make.ROOT / "notebooks" / name for name in (".progress.json", "00_start_here.ipynb")]
    gone = [make.ROOT / "helpers" / "__pycache__" / "serve.pyc", make.ROOT / "notebooks" / ".ipynb_checkpoints" / "a"]
    for path in kept + gone:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    make.clean()
    assert all(path.exists() for path in kept) and not any(path.parent.exists() for path in gone)
    assert not make.VENV.exists()


def test_this_run_is_told_apart_from_a_reader():
    assert os.environ["COURSE_RUN"] == "ci"


def test_another_package_called_helpers_does_not_stand_in_for_the_courses(tmp_path, monkeypatch):
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / "__init__.py").write_text("raise ImportError('somebody else')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    manager, client = start_new_kernel(cwd=str(tmp_path))
    try:
        client.execute_interactive(
            "import helpers; print(helpers.__file__)", output_hook=(said := []).append, timeout=30
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    shown = [message["content"].get("text", message["content"].get("evalue", "")) for message in said]
    assert "".join(shown).strip() == str(make.ROOT / "helpers" / "__init__.py")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C reaches a console's processes there")
def test_ctrl_c_lets_a_verb_end_what_it_started():
    child = """
import time
try:
    print("begun", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(0.7)
    print("put away", flush=True)
"""
    code = f"""
import make, subprocess, sys
wait = subprocess.Popen.wait
def tell_once(process, timeout=None):
    subprocess.Popen.wait = wait
    print("waits", flush=True)
    return wait(process, timeout)
subprocess.Popen.wait = tell_once
make.PYTHON = sys.executable
make.VERBS["test"] = lambda: make.run("-c", {child!r})
make.main(["test"])
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=make.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        # The child may be sooner than the verb, which is then still busy with starting it.
        assert {process.stdout.readline(), process.stdout.readline()} == {"begun\n", "waits\n"}
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate() == ("put away\n", "Stopped.\n")
    assert process.returncode == 1


# ---- the files that others read


def test_the_makefile_has_every_verb():
    phony = re.search(r"^\.PHONY: help (.*)$", read("Makefile"), re.MULTILINE)
    rule = re.search(r"^help (.*): ;", read("Makefile"), re.MULTILINE)
    assert phony and rule and phony[1].split() == rule[1].split()
    assert sorted(rule[1].split()) == sorted(make.VERBS)


@pytest.mark.skipif(shutil.which("make") is None, reason="Windows has no make")
def test_make_alone_lists_the_verbs():
    listed = subprocess.run(["make", f"PYTHON={sys.executable}"], cwd=make.ROOT, capture_output=True, text=True)
    assert listed.returncode == 0
    assert re.findall(r"^  (\w+)", listed.stdout, re.MULTILINE) == list(make.VERBS)


def places(lock: str) -> list[str]:
    """Lines of a lock that name a host, an index or a place on the machine that wrote it."""
    return [line for line in lock.splitlines() if re.search(r"://|(^|[\s'\"=@])(/|~|[A-Za-z]:\\)|--|@ ", line)]


def test_no_lock_names_a_host_or_a_place():
    assert {lock: places(read(lock)) for lock in LOCKS} == {lock: [] for lock in LOCKS}
    told = ["--index-url x", "a @ file:///a", "a @ https://x/a.whl", "# via -r /root/a", "-e /a", r"-e C:\a"]
    assert places("\n".join(told)) == told


PIN = re.compile(r"^[\w.-]+(?:\[[\w,-]+\])?==.*$", re.MULTILINE)
HASH = re.compile(r" +--hash=sha256:[0-9a-f]{64}")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_its_hashes_and_nothing_else_has(lock):
    head, *lines = read(make.HASHES[lock]).splitlines()
    assert head.startswith("# What the files of each release")
    hashed = [line.removesuffix(" \\") for line in lines]
    pins = [line for line in hashed if PIN.match(line)]
    assert pins == PIN.findall(read(lock)), "another set of pins: run `make lock`"
    assert [line for line in hashed if line not in pins and not HASH.fullmatch(line)] == []
    followed = [after for line, after in zip(hashed, [*hashed[1:], ""], strict=True) if line in pins]
    assert [line for line in followed if not HASH.fullmatch(line)] == [], "a release without a hash"


def test_what_uv_compiled_is_divided_into_a_lock_and_its_hashes(tmp_path, monkeypatch):
    monkeypatch.setattr(make, "ROOT", tmp_path)
    compiled = "# by make lock\n-e .\n    # via -r requirements.in\na==1 ; os \\\n    --hash=sha256:a0 \\\n    --hash=sha256:b1\n    # via b\n"
    (tmp_path / make.HASHES[make.LOCK]).write_text(compiled)
    assert "-e" not in make.divide(make.LOCK), "uv would refuse it among constraints"
    assert (
        tmp_path / make.LOCK
    ).read_text() == "# by make lock\n-e .\n    # via -r requirements.in\na==1 ; os\n    # via b\n"
    _, *hashes = (tmp_path / make.HASHES[make.LOCK]).read_text().splitlines()
    assert hashes == ["a==1 ; os \\", "    --hash=sha256:a0 \\", "    --hash=sha256:b1"]


def wheel(folder: Path) -> str:
    """Make a release of `parcel`, a package of one empty module; returns its SHA-256."""
    path = folder / "parcel-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("parcel.py", "")
        archive.writestr("parcel-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: parcel\nVersion: 1\n")
        archive.writestr("parcel-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("parcel-1.dist-info/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("sound", [True, False])
def test_a_release_whose_file_is_another_is_not_installed(machine, tmp_path, sound):
    right = wheel(tmp_path)
    make.set_up(make.LOCK)
    (tmp_path / make.LOCK).write_text("parcel==1\n")
    (tmp_path / make.HASHES[make.LOCK]).write_text(f"parcel==1 --hash=sha256:{right if sound else right[::-1]}\n")
    command = [sys.executable, *machine[3].split(" "), "--target", tmp_path / "into"]
    alone = {"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(tmp_path), "UV_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, **alone}, capture_output=True, text=True)
    assert ("Hash mismatch" in done.stderr, done.returncode == 0) == (not sound, sound), done.stderr
    assert (tmp_path / "into" / "parcel.py").exists() == sound


def direct(source: str) -> dict[str, str]:
    """The direct dependencies of a requirements.in by name, and the reason that stands behind each."""
    lines = [line for line in source.splitlines() if line.strip() and not line.startswith("#")]
    found = [re.fullmatch(r"(-e \.|[\w.-]+)[^#]*?(?:\s+#\s*(.*))?", line) for line in lines]
    assert all(found), "a line that is no requirement"
    return {match[1]: (match[2] or "").strip() for match in found if match}


def pinned(lock: str) -> dict[str, str]:
    """The packages of a lock and their versions."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))


@pytest.mark.parametrize(("source", "lock"), list(zip(SOURCES, LOCKS, strict=True)))
def test_every_direct_dependency_has_its_reason_and_is_locked(source, lock):
    reasons = direct(read(source))
    assert len(reasons) > 5
    assert [name for name, reason in reasons.items() if len(reason.split()) < 3] == []
    assert [name for name in reasons if name != "-e ." and name not in pinned(read(lock))] == []


def test_a_dependency_without_a_reason_is_noticed():
    assert direct('flask  # shown\nhttpx\nredis ; sys_platform != "win32"') == {
        "flask": "shown",
        "httpx": "",
        "redis": "",
    }


def modules(code: str) -> set[str]:
    """The top-level modules that code imports, also inside its functions, and those that pytest asks for."""
    return {name.partition(".")[0] for node in ast.walk(ast.parse(code)) for name in named_modules(node)}


def named_modules(node: ast.AST) -> list[str]:
    """The modules that one node of a syntax tree asks for."""
    match node:
        case ast.Import():
            return [name.name for name in node.names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module]
        case ast.Call(func=ast.Attribute(attr="importorskip")):
            return [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    return []


def undeclared(imported: set[str], *sources: str) -> dict[str, list[str]]:
    """The imported modules of installed packages, none of which a requirements.in names; by module, its packages."""
    plain = {"after-the-response"}
    plain |= {re.sub(r"[-_.]+", "-", name).lower() for source in sources for name in direct(source)}
    installed = packages_distributions()  # reads every package's metadata
    packages = {name: set(installed.get(name, [])) for name in imported - sys.stdlib_module_names}
    return {
        name: sorted(found)
        for name, found in sorted(packages.items())
        if found and not {re.sub(r"[-_.]+", "-", package).lower() for package in found} & plain
    }


def test_what_is_imported_is_declared():
    def of(folder: str) -> set[str]:
        paths = [path for path in (make.ROOT / folder).rglob("*.py") if ".ipynb_checkpoints" not in path.parts]
        return {name for path in paths for name in modules(path.read_text(encoding="utf-8"))}

    cells = [cell for path in refresh.stored() for cell in refresh.read(path).cells if cell.cell_type == "code"]
    transform = TransformerManager().transform_cell
    in_cells = {name for cell in cells if syntax(cell.source) for name in modules(transform(cell.source))}
    learner, tests = map(read, SOURCES)
    assert {"fastapi", "IPython"} <= in_cells
    assert undeclared(of("helpers") | of("notebooks") | in_cells, learner) == {}
    assert undeclared(of("tests"), learner, tests) == {}


def test_what_is_not_declared_is_noticed():
    code = "import sys, unknown\nfrom rich.table import Table\ndef f(): import click as c\npytest.importorskip('yaml')"
    assert modules(code) == {"sys", "unknown", "rich", "click", "yaml"}
    declared = "PyYAML  # what it reads\nclick  # how it asks"
    assert undeclared(modules(code), declared) == {"rich": ["rich"]}


def test_no_package_is_pinned_to_two_versions():
    learner, tests = (pinned(read(lock)) for lock in LOCKS)
    assert learner and tests
    assert {name: version for name, version in tests.items() if learner.get(name, version) != version} == {}


def test_both_licences_are_there():
    assert read("LICENSE").startswith("MIT License\n\nCopyright (c) 2026 the authors of After the Response\n")
    assert "Section 8 -- Interpretation." in read("LICENSE-text")


# ---- what CI runs


# Four loops, each in the one before, count 10 (1 + 2 + 3 + 4), and each plain `if` one more.
LOOPS = "".join(f"{'    ' * depth}for _ in range(3):\n" for depth in range(1, 5)) + "    " * 5 + "pass\n"


@pytest.mark.parametrize(
    ("branches", "comment", "refused"), [(4, "", ""), (5, "", "15"), (5, "complexipy: ignore", "15")]
)
def test_lint_refuses_a_function_that_is_hard_to_follow(tmp_path, monkeypatch, branches, comment, refused):
    commands = []
    monkeypatch.setattr(make, "set_up", lambda *locks: None)
    monkeypatch.setattr(make, "run", lambda *command: commands.append(command))
    make.lint()
    command = next(command for command in commands if "complexipy.cli" in command)

    shutil.copy(make.ROOT / "pyproject.toml", tmp_path)
    for folder in ("helpers", "tests"):
        (tmp_path / folder).mkdir()
    for file in ("make.py", "conftest.py"):
        (tmp_path / file).touch()
    (tmp_path / "tests" / "deep.py").write_text(
        f"def deep(x):  # {comment}\n{LOOPS}" + "    if x:\n        pass\n" * branches
    )
    done = subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split()[1:] == (["deep", refused] if refused else [])
    assert bool(done.returncode) == bool(refused), done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a bash script")
@pytest.mark.parametrize(("failing", "run"), [("", "test browser"), ("test", "test"), ("browser", "test browser")])
def test_ci_runs_the_verbs_and_fails_with_them(tmp_path, failing, run):
    for tool in ("bash", "dirname"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    (tmp_path / "make").write_text(f'#!/bin/sh\necho $1\n[ "$1" != "{failing}" ]\n')
    (tmp_path / "make").chmod(0o755)
    script = [tmp_path / "bash", make.ROOT / ".ci" / "run"]
    done = subprocess.run(script, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stdout.split(), done.stderr) == (int(bool(failing)), run.split(), "")


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without a browser, on which the verb's own steps are noted; its folder of programs, and the steps."""
    steps = []
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(make, "set_up", lambda *locks: steps.append("set up"))
    monkeypatch.setattr(make, "status", lambda *command: steps.append("run") or 0)
    return tmp_path, steps


DRIVING = {make.browser: 1, make.slow: 2}  # the verbs with tests in a browser: how often they run pytest


@pytest.mark.parametrize("verb", DRIVING)
def test_a_machine_that_cannot_have_a_browser_gets_one_sentence(bare, verb):
    with pytest.raises(SystemExit, match=r"^The browser tests did not run: there is no Chromium here, .*\.$"):
        verb()
    assert bare[1] == ["set up"]


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
@pytest.mark.parametrize("uid", [0, 1000])
@pytest.mark.parametrize("verb", DRIVING)
def test_a_browser_is_brought_where_there_is_none(bare, monkeypatch, capsys, verb, uid):
    folder, steps = bare
    chromium = folder / "chromium"
    (folder / "apt-get").write_text(
        f'#!/bin/sh\n[ "$2" = -y ] || exit 0\necho > "{chromium}"\n/bin/chmod 755 "{chromium}"\n'
    )
    (folder / "sudo").write_text('#!/bin/sh\nshift\nexec "$@"\n')
    for program in ("apt-get", "sudo"):
        (folder / program).chmod(0o755)
    monkeypatch.setattr(os, "getuid", lambda: uid)
    verb()
    verb()
    assert steps == ["set up", *["run"] * DRIVING[verb]] * 2
    assert capsys.readouterr().out.count("Installing Chromium for the browser tests\n") == 1


@pytest.mark.parametrize(
    ("ended", "says"),
    [((0, 0), None), ((1, 0), 1), ((0, 1), 1), ((0, 5), None), ((5, 0), None), ((5, 5), 5), ((5, 2), 5)],
)
def test_the_slow_run_fails_where_either_part_does_or_nothing_was_chosen(bare, monkeypatch, ended, says):
    codes, ran = iter(ended), []
    monkeypatch.setattr(make, "need_chromium", lambda: None)
    monkeypatch.setattr(make, "status", lambda *command: ran.append(command) or next(codes))
    with pytest.raises(SystemExit) if says else contextlib.nullcontext() as raised:
        make.slow("-k", "one")
    assert says is None or raised.value.code == says
    assert [command[4] for command in ran] == ["slow and not alone", "slow and alone"]
    assert all(command[-2:] == ("-k", "one") for command in ran)


# ---- the real thing


IMPORTS = "import helpers; from helpers import serve; print(helpers.__file__)"


@pytest.mark.slow
@pytest.mark.parametrize("version", SUPPORTED)
def test_a_fresh_clone_sets_itself_up(tmp_path, version):
    python = versions.interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version} on this machine")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", make.ROOT, clone], check=True)
    first = subprocess.run([python, "make.py", "setup"], cwd=clone, capture_output=True, text=True)
    assert (first.returncode, first.stderr) == (0, "")
    assert len(first.stdout.splitlines()) == 3
    again = subprocess.run([python, "make.py", "setup"], cwd=clone, capture_output=True, text=True)
    assert again.stdout == "Ready: `make lab` opens the course\n"
    of_clone = clone / make.PYTHON.relative_to(make.ROOT)
    shown = subprocess.run([of_clone, "-c", IMPORTS], cwd=clone / "notebooks", capture_output=True, text=True)
    assert (shown.stdout.strip(), shown.stderr) == (str(clone / "helpers" / "__init__.py"), "")
    assert subprocess.run(["git", "status", "--short"], cwd=clone, capture_output=True, text=True).stdout == ""


def packaged() -> set[str]:
    """Every file of helpers/ that a package of it must hold."""
    paths = (path.relative_to(make.ROOT) for path in (make.ROOT / "helpers").rglob("*") if path.is_file())
    return {path.as_posix() for path in paths if "__pycache__" not in path.parts and MARK not in path.name}


def test_no_kind_of_file_is_left_out_of_a_package():
    setuptools = tomllib.loads(read("pyproject.toml"))["tool"]["setuptools"]
    patterns = ["*.py", *setuptools["package-data"]["*"]]
    assert [file for file in packaged() if not any(fnmatch(file, pattern) for pattern in patterns)] == []
    # setuptools takes a folder for a package by its `__init__.py`; what stands in another is named with its package.
    data = [(name.replace(".", "/"), pattern) for name, some in setuptools["package-data"].items() for pattern in some]
    named = [f"{folder}/{pattern}" for folder, pattern in data if folder != "*"]
    outside = [file for file in packaged() if not (make.ROOT / file).with_name("__init__.py").exists()]
    assert [file for file in outside if not any(fnmatch(file, pattern) for pattern in named)] == []


@pytest.mark.slow
def test_a_package_holds_every_file(tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", make.ROOT, clone], check=True)
    command = [
        sys.executable,
        "-m",
        "uv",
        "build",
        "--quiet",
        "--sdist",
        "--wheel",
        "--out-dir",
        tmp_path / "dist",
        clone,
    ]
    subprocess.run(command, check=True)
    [wheel], [source] = (tmp_path / "dist").glob("*.whl"), (tmp_path / "dist").glob("*.tar.gz")
    assert packaged() - set(zipfile.ZipFile(wheel).namelist()) == set()
    with tarfile.open(source) as archive:
        assert packaged() - {name.partition("/")[2] for name in archive.getnames()} == set()
