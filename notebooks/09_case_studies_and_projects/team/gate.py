"""The gate of `main`: git runs it at each push, as `update REFERENCE OLD NEW`, and takes the push if it exits with 0."""

import subprocess
import sys
from typing import Any


def promises(commit: str) -> set[str]:
    """What the service of a commit promises: each method, path and status code of its OpenAPI document."""
    if not commit.strip("0"):  # the first push: nothing was promised yet
        return set()
    source = subprocess.run(["git", "show", f"{commit}:service.py"], capture_output=True, text=True, check=True).stdout
    scope: dict[str, Any] = {}
    exec(source, scope)  # in a container, where strangers may push
    paths = scope["app"].openapi()["paths"]
    return {
        f"{method.upper()} {path} answers {code}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        for code in operation["responses"]
    }


reference, old, new = sys.argv[1:]
if reference == "refs/heads/main" and (broken := promises(old) - promises(new)):
    sys.exit(f"main promised: {', '.join(sorted(broken))}")
