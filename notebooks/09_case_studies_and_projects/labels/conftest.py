"""The tests need a database of their own, a secret, a user, and labels that are drawn quickly."""

import json
import os
import tempfile

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1),))  # a test need not be hard to guess
hashes = {"ada": quick.hash("the-engine")}
os.environ |= {"SECRET": "of-the-tests-and-nobody-else-at-all", "HASHES": json.dumps(hashes), "DRAWING": "0.01"}
os.environ["DATABASE"] = os.path.join(tempfile.mkdtemp(), "tests.db")
