"""Which connection a forked child has, by what became of its parent's engine."""

import os

from sqlalchemy import NullPool, create_engine, text

backend = text("SELECT pg_backend_pid()")
for way, options in {"pool": {}, "dispose": {}, "NullPool": {"poolclass": NullPool}}.items():
    engine = create_engine(os.environ["DATABASE_URL"], **options)
    with engine.connect() as connection:
        parents = connection.scalar(backend)
    if os.fork() == 0:
        if way == "dispose":
            engine.dispose(close=False)
        shared = engine.connect().scalar(backend) == parents
        print(f"{way}: the child has its parent's connection: {shared}", flush=True)
        os._exit(0)
    os.wait()
