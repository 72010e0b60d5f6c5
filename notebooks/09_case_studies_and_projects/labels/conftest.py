"""The tests need a database of their own, a secret, a user, and labels that are drawn quickly."""

import json
import os
import tempfile

from pwdlib import PasswordHash

hashes = {"ada": PasswordHash.recommended().hash("the-engine")}
os.environ |= {"SECRET": "of-the-tests-and-nobody-else-at-all", "HASHES": json.dumps(hashes), "DRAWING": "0.01"}
os.environ["DATABASE"] = os.path.join(tempfile.mkdtemp(), "tests.db")
