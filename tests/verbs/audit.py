"""`make audit`: are vulnerabilities known of what the locks pin?

Asks PyPI's advisories through pip-audit (github.com/pypa/pip-audit). Exit code 1 with a line for each vulnerability; exit
code 2 with a sentence when a package, or all of them, could not be asked about.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "tests/requirements.txt")


def pinned() -> str:
    """Every line of the locks that pins a package: the course itself is on no index."""
    text = "\n".join((ROOT / lock).read_text(encoding="utf-8") for lock in LOCKS)
    return "\n".join(sorted(set(re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==.*$", text, re.MULTILINE)))) + "\n"


def asked() -> dict:
    """What pip-audit reports of them."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder, "pinned.txt")
        lines.write_text(pinned(), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--progress-spinner=off"]
        done = subprocess.run([*command, "--format=json", "-r", lines], capture_output=True, text=True)
    return json.loads(done.stdout) if done.stdout.strip() else {"dependencies": []}


def main() -> int:
    packages = asked()["dependencies"]
    audited = [package for package in packages if "version" in package]
    skipped = [package["name"] for package in packages if "version" not in package]
    known = [
        f"{package['name']} {package['version']}: {fault['id']}, fixed in {', '.join(fault['fix_versions']) or 'no release yet'}"
        for package in audited
        for fault in package["vulns"]
    ]
    if not audited:
        print("No database of vulnerabilities was reachable from here: nothing was checked.")
        return 2
    print("\n".join(known) or f"No vulnerability is known of any of {len(audited)} packages.")
    print(f"Could not be asked about: {', '.join(skipped)}." if skipped else "Every pinned package was asked about.")
    if known:
        return 1
    return 2 if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
