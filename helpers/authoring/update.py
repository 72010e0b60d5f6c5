"""`make update`: brings a clone to the newest version of its upstream branch and loses nothing that was written in it.

Git itself would refuse (a notebook that was only run counts as changed) or merge JSON line by line. Here whatever a
person wrote and the new version also touches is first copied beside it, as `NAME (my edits of 2026-11-25).ipynb`; a
notebook of which only outputs differ needs no copy. Files that the new version leaves alone stay as they are, and so do
progress, stashes and local commits, which are merged. Where something stands in the way, nothing is changed, and one
sentence says what.

Only the standard library, because it runs before there is an environment.
"""

import datetime
import itertools
import json
import os
import subprocess
import tempfile
from pathlib import Path

__all__ = ["MARK", "CannotUpdate", "update"]

MARK = "(my edits of "
# An operation of git's that stopped halfway, by the file that it keeps in `.git`.
HALFWAY = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
# Of a notebook's cell, what a person writes; the rest is what running it leaves.
WRITTEN = ("id", "cell_type", "source", "attachments")


class CannotUpdate(Exception):
    """Something stands in the way: the message is one sentence, and nothing was changed."""


class Git:
    """Git in one clone. Its messages are English, it asks nothing, and paths mean themselves."""

    def __init__(self, root: Path):
        self.root = root
        outer = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}  # set where a hook calls
        self.environment = {name: value for name, value in os.environ.items() if name not in outer}
        self.environment |= {
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=20"),
        }

    def run(self, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run git; CannotUpdate where there is none."""
        try:
            return subprocess.run(
                ["git", *words], cwd=self.root, env=self.environment, input=given, capture_output=True
            )
        except FileNotFoundError as error:
            raise CannotUpdate("Updating needs git, and there is none on this machine.") from error

    def __call__(self, *words: str, given: bytes = b"") -> bytes:
        """What git prints; CannotUpdate with git's last words when it fails."""
        done = self.run(*words, given=given)
        if done.returncode:
            raise CannotUpdate(f"Nothing was changed, because git said: {last_words(done)}")
        return done.stdout

    def line(self, *words: str) -> str:
        """The one line that git prints, or nothing when it fails."""
        done = self.run(*words)
        return "" if done.returncode else os.fsdecode(done.stdout).strip()

    def paths(self, *words: str) -> list[str]:
        """Paths that git prints, each ended by a zero byte."""
        return [os.fsdecode(path) for path in self(*words).split(b"\0") if path]


def last_words(done: subprocess.CompletedProcess[bytes]) -> str:
    """What git said last that tells why it failed, as a sentence."""
    lines = [line for line in os.fsdecode(done.stderr).splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "ERROR:"))] or lines or ["nothing"]
    return telling[0].strip().rstrip(".") + "."


class Keeper:
    """Copies what a person wrote to a name beside it, and can put everything back."""

    def __init__(self, root: Path, today: str):
        self.root, self.today = root, today
        self.kept: list[str] = []
        self._copies: list[Path] = []
        self._before: dict[Path, bytes] = {}
        self._moved: list[tuple[Path, Path]] = []

    def copy(self, path: str, content: bytes, *, stays: bool = False) -> None:
        """Write a content of `path` beside it, unless a copy with this content is there already.

        With `stays`, `put_back` leaves it, because the content will be nowhere else.
        """
        new = self._name(path, content)
        place = self.root / new
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            self._copies += [] if stays else [place]
        if new not in self.kept:
            self.kept.append(new)

    def replaced(self, path: str, content: bytes) -> None:
        """Note what stands at `path` and will be replaced."""
        self._before[self.root / path] = content

    def move(self, path: str) -> None:
        """Move a folder, a link or a file that stands where the new version has something else."""
        new = self._name(path)
        os.replace(self.root / path, self.root / new)
        self._moved.append((self.root / path, self.root / new))
        self.kept.append(new)

    def put_back(self) -> None:
        """Undo what was replaced and moved."""
        for place, content in self._before.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        for place in self._copies:
            place.unlink(missing_ok=True)
        for place, new in reversed(self._moved):
            if not os.path.lexists(place):
                os.replace(new, place)

    def _name(self, path: str, content: bytes | None = None) -> str:
        """A free name beside `path`, or that of a copy that holds this content already."""
        folder, _, name = path.rpartition("/")
        stem, suffix = os.path.splitext(name)
        for number in itertools.count(1):
            new = f"{stem} {MARK}{self.today}{f', {number}' if number > 1 else ''}){suffix}"
            place = self.root / folder / new
            if not os.path.lexists(place) or (place.is_file() and place.read_bytes() == content):
                break
        return f"{folder}/{new}" if folder else new


def written(content: bytes) -> object:
    """What a person wrote in a notebook: of each cell its id, kind, source and pictures; None if it is no notebook.

    Empty cells do not count: JupyterLab adds one where the last cell is run.
    """
    try:
        cells = json.loads(content.decode("utf-8"))["cells"]
        return [{key: _text(cell[key]) for key in WRITTEN if cell.get(key)} for cell in cells if cell.get("source")]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _text(value: object) -> object:
    """A source is one text or a list of lines; line ends are git's matter."""
    joined = "".join(value) if isinstance(value, list) and all(isinstance(line, str) for line in value) else value
    return joined.replace("\r\n", "\n") if isinstance(joined, str) else joined


def edited(path: str, content: bytes, *known: bytes) -> bool:
    """Whether `content` holds something of a person's that no known version of the file holds."""
    if not content:
        return False
    if path.endswith(".ipynb") and (mine := written(content)) is not None:
        return all(mine != written(other) for other in known)
    return all(content.replace(b"\r\n", b"\n") != other.replace(b"\r\n", b"\n") for other in known)


def update(root: Path, today: str = "") -> str:
    """Bring the clone at `root` to the newest version and return a line on what was done.

    `today` stands in the names of copies. Raises CannotUpdate, and then has changed nothing.
    """
    git = Git(root)
    head = _start(git)
    target = _fetch(git)
    base = git.line("merge-base", head, target)
    if base == target:
        return "This is the newest version already: nothing was changed."
    # What was the newest version once is no commit of one's own, even where upstream was written anew since.
    upstream = git.line("rev-parse", "--symbolic-full-name", "@{upstream}")
    fork = git.line("merge-base", "--fork-point", upstream, head)
    own = head not in (base, fork)
    if own and not base:
        raise CannotUpdate("Nothing was changed: the new version shares no history with your commits; clone it anew.")
    touched = git.paths("diff", "--name-only", "--no-renames", "-z", base if own else head, target)
    keeper = Keeper(root, today or datetime.date.today().isoformat())
    try:
        _set_aside(git, keeper, head, target, touched)
        if own:
            _merge(git, keeper, target, fork)
        else:
            git("reset", "--quiet", "--keep", target)
    except BaseException as error:
        keeper.put_back()
        if isinstance(error, OSError):
            raise CannotUpdate(f"Nothing was changed: {error}.") from error
        raise
    return _report(touched, keeper.kept, own)


def _start(git: Git) -> str:
    """The commit that is checked out, in a clone that can be updated; CannotUpdate in any other."""
    root = git.root
    if not (root / ".git").exists():
        raise CannotUpdate(
            "This folder is no git clone: download the newest version into a folder of its own, and copy "
            "notebooks/.progress.json* and the notebooks that you edited over."
        )
    git("rev-parse", "--git-dir")
    folder = root / git.line("rev-parse", "--git-dir")
    halfway = next((what for file, what in HALFWAY.items() if (folder / file).exists()), "")
    if halfway or git.paths("ls-files", "--unmerged", "-z"):
        what = halfway or "merge"
        raise CannotUpdate(f"Nothing was changed: a {what} stopped halfway here. `git status` says how to end it.")
    head = git.line("rev-parse", "--verify", "HEAD^{commit}")
    branch = git.line("symbolic-ref", "--short", "HEAD")
    if not head:
        raise CannotUpdate("Nothing was changed: this clone has no commit yet.")
    if not branch:
        raise CannotUpdate("Nothing was changed: no branch is checked out here. `git switch main` changes to one.")
    if not git.line("config", f"branch.{branch}.merge"):
        raise CannotUpdate(
            f"Nothing was changed: the branch {branch} follows none. "
            f"`git branch --set-upstream-to=origin/main {branch}` makes it follow the course."
        )
    return head


def _fetch(git: Git) -> str:
    """The newest commit of the branch that this one follows; CannotUpdate when it cannot be asked for."""
    branch = git.line("symbolic-ref", "--short", "HEAD")
    remote = git.line("config", f"branch.{branch}.remote") or "origin"
    merge = git.line("config", f"branch.{branch}.merge")
    slow = ("-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=30")
    done = git.run(*slow, "fetch", "--quiet", "--no-tags", remote, merge)
    if done.returncode:
        raise CannotUpdate(f"No newer version could be fetched, nothing was changed: {last_words(done)}")
    return git.line("rev-parse", "--verify", "FETCH_HEAD^{commit}")


def _set_aside(git: Git, keeper: Keeper, head: str, target: str, touched: list[str]) -> None:
    """Keep what stands where the new version has something else, and leave those places as `head` has them."""
    _keep_staged(git, keeper, head)
    _move_away(keeper, touched)
    _keep_changed(git, keeper, head, target, touched)
    tracked = set(git.paths("ls-files", "-z"))
    for path in touched:
        if path not in tracked and (keeper.root / path).is_file():
            (keeper.root / path).unlink()
    listed = b"".join(os.fsencode(path) + b"\0" for path in touched if path in tracked)
    for flag in ("--no-assume-unchanged", "--no-skip-worktree"):  # they hide a changed file from git
        git("update-index", flag, "-z", "--stdin", given=listed)
    git("checkout-index", "--force", "--index", "--quiet", "-z", "--stdin", given=listed)


def _keep_staged(git: Git, keeper: Keeper, head: str) -> None:
    """Copy what was staged and then changed again, which is in no file, and unstage all."""
    staged = git.paths("diff", "--cached", "--name-only", "--no-renames", "-z", head)
    for path in staged:
        content, mine = _blob(git, f":0:{path}"), keeper.root / path
        now = mine.read_bytes() if mine.is_file() else b""
        if edited(path, content, now, _blob(git, f"{head}:{path}")):
            keeper.copy(path, content, stays=True)
    if staged:
        git("reset", "--quiet")


def _move_away(keeper: Keeper, touched: list[str]) -> None:
    """Move links, files that stand where a folder comes, and folders that stand where a file comes."""
    root = keeper.root
    for folder in sorted({parent for path in touched for parent in _parents(path)} - set(touched)):
        if os.path.islink(root / folder) or (root / folder).is_file():
            keeper.move(folder)
    for path in touched:
        mine = root / path
        if mine.is_symlink() or (mine.is_dir() and any(mine.iterdir())):
            keeper.move(path)
        elif mine.is_dir():
            mine.rmdir()


def _keep_changed(git: Git, keeper: Keeper, head: str, target: str, touched: list[str]) -> None:
    """Copy what a person wrote in the files that will be replaced, and note all of their contents."""
    for path in _changed(git, head, [path for path in touched if (keeper.root / path).is_file()]):
        content = (keeper.root / path).read_bytes()
        known = (_blob(git, f"{commit}:{path}") for commit in (head, target))
        keeper.replaced(path, content)
        if edited(path, content, *known):
            keeper.copy(path, content)


def _changed(git: Git, head: str, paths: list[str]) -> list[str]:
    """Those of the files at `paths` whose content git would store otherwise than `head` has it."""
    stored = {}
    for entry in git.paths("ls-tree", "-r", "-z", head):
        kind, path = entry.split("\t", 1)
        stored[path] = kind.split(" ")[2]
    given = b"".join(os.fsencode(path) + b"\n" for path in paths)
    names = git("hash-object", "--stdin-paths", given=given).decode().split()
    return [path for path, name in zip(paths, names, strict=True) if stored.get(path) != name]


def _parents(path: str) -> list[str]:
    """The folders that a path lies in, outermost first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def _blob(git: Git, name: str) -> bytes:
    """A file's content as git stores it; nothing where there is no such file."""
    done = git.run("cat-file", "blob", name)
    return b"" if done.returncode else done.stdout


def _merge(git: Git, keeper: Keeper, target: str, fork: str) -> None:
    """Merge the new version into a branch with commits of its own; where both changed a file, keep ours beside theirs."""
    someone = (
        [] if git.line("config", "user.email") else ["-c", "user.name=learner", "-c", "user.email=learner@localhost"]
    )
    settings = ["merge.ff=false", "commit.gpgSign=false"]
    with tempfile.TemporaryDirectory() as scratch:
        attributes = Path(scratch, "attributes")
        attributes.write_text("*.ipynb -merge\n", encoding="utf-8")  # never line by line
        settings += [f"core.attributesFile={attributes}"]
        given = [*someone, *(word for setting in settings for word in ("-c", setting))]
        # A rename guessed from likeness would carry one notebook's edits into another. (`ort` of older git guesses always.)
        by_name = ("--strategy=recursive", "-Xno-renames")
        done = git.run(*given, "merge", "--quiet", "--no-commit", "--no-verify", *by_name, target)
        try:
            conflicts = _stages(git)
            if done.returncode and not conflicts:
                raise CannotUpdate(f"Nothing was changed, because git said: {last_words(done)}")
            for path, stages in conflicts.items():
                _take_theirs(git, keeper, path, stages, fork)
            git(*given, "commit", "--quiet", "--no-verify", "-m", "Bring in the newest version of the course")
        except BaseException:
            git.run("merge", "--abort")
            raise


def _stages(git: Git) -> dict[str, dict[str, tuple[str, str]]]:
    """The files in conflict: by path, the mode and object of base (1), ours (2) and theirs (3)."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for entry in git.paths("ls-files", "--unmerged", "-z"):
        mode, name, rest = entry.split(" ", 2)
        stage, path = rest.split("\t", 1)
        found.setdefault(path, {})[stage] = (mode, name)
    return found


def _take_theirs(git: Git, keeper: Keeper, path: str, stages: dict[str, tuple[str, str]], fork: str) -> None:
    """Settle a conflict: the new version stays, and what a person wrote in the old one stands beside it."""
    base, ours, theirs = (_blob(git, stages[stage][1]) if stage in stages else b"" for stage in "123")
    if edited(path, ours, base, theirs, _blob(git, f"{fork}:{path}") if fork else b""):
        keeper.copy(path, ours)
    git("rm", "--quiet", "--cached", "--force", "--ignore-unmatch", "--", path)
    if os.path.lexists(keeper.root / path):
        (keeper.root / path).unlink()
    if "3" in stages:
        mode, name = stages["3"]
        git("update-index", "--add", "--cacheinfo", f"{mode},{name},{path}")
        git("checkout-index", "--force", "--index", "--", path)


def _report(touched: list[str], kept: list[str], merged: bool) -> str:
    """A line on what an update did."""
    notebooks = sum(path.endswith(".ipynb") for path in touched)
    other = len(touched) - notebooks
    counts = [
        f"{number} {word}{'s' * (number != 1)}" for number, word in ((notebooks, "notebook"), (other, "other file"))
    ]
    changed = " and ".join(count for count in counts if not count.startswith("0 "))
    sentences = [f"Updated to the newest version: {changed or 'nothing'} changed"]
    if merged:
        sentences.append("your commits were merged")
    if kept:
        sentences.append(f"what you had written is kept beside the new as {', '.join(kept)}")
    else:
        sentences.append("nothing of yours was in the way")
    return "; ".join(sentences) + ". Your progress stayed as it was."
