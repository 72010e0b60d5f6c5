"""Alembic runs this for every command: it says which models, which database, and how to log."""

import logging
import os

from alembic import context
from models import SQLModel
from sqlmodel import create_engine

logging.basicConfig(format="%(message)s")
logging.getLogger("alembic").setLevel(logging.INFO)
logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)

url = os.environ["DATABASE_URL"]
metadata = SQLModel.metadata

if context.is_offline_mode():  # `--sql`: write a script, touch no database
    context.configure(url=url, target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    # SQLite can hardly alter a table: a "batch" copies it instead. Other databases get plain ALTER TABLE.
    with create_engine(url).connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
