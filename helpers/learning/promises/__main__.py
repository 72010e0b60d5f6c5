"""`python -m helpers.learning.promises FOLDER [NAME ...]`: measures a service's promises; exit code 0 when all are kept.

1: one is not kept. 2: it could not be measured, and a sentence says why. 130: Ctrl+C.
"""

import argparse
import sys
from pathlib import Path

from helpers.errors import CourseError
from helpers.learning.promises import PROMISES, promises
from helpers.learning.promises.plan import entries
from helpers.learning.promises.report import line


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.learning.promises", description="Measures twelve promises."
    )
    parser.add_argument("folder", nargs="?", type=Path, help="the folder with promises.toml and the service")
    parser.add_argument("names", nargs="*", help=f"only these: {', '.join(promise.name for promise in PROMISES)}")
    parser.add_argument("--certificate", type=Path, metavar="FILE", help="write what was measured to a file")
    parser.add_argument("--entries", action="store_true", help="tell all that promises.toml may hold")
    asked = parser.parse_args(arguments)
    if asked.entries:
        print(*entries(), sep="\n")
        return 0
    if asked.folder is None:
        parser.error("which folder?")
    try:
        report = promises(str(asked.folder), *asked.names, told=lambda verdict: print(line(verdict), flush=True))
        print(report.text.splitlines()[-1])
        if asked.certificate:
            _write(asked.certificate, report.certificate())
    except (CourseError, OSError) as error:
        print(error if isinstance(error, CourseError) else f"It could not be measured: {error}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt as error:
        print(str(error) or "Interrupted: the service was ended.", file=sys.stderr)
        return 130
    return 0 if all(verdict.kept for verdict in report.verdicts) else 1


def _write(file: Path, text: str) -> None:
    """Write the certificate; `CourseError` where the system refuses it."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{file} cannot be written: {error.strerror}.") from None


if __name__ == "__main__":
    sys.exit(main())
