"""Programs that are run beside the package of chapter 7."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import make

FOLDER = make.ROOT / "notebooks" / "07_deployment"


def tool(name: str) -> str:
    """A program of this environment, or else of the machine."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or name


def run(program: str, folder: Path = FOLDER) -> str:
    """The last line that a program prints which is run in a folder, with the package beside it."""
    environment = os.environ | {
        "PYTHONPATH": str(FOLDER),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PARCELS_WORK_SECONDS": "0.05",
    }
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]
