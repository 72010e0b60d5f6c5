"""Alembic runs this for every command: it says which models, which database, and how to log."""

import logging
import os

from alembic import context
from models import SQLModel
from sqlalchemy import event
from sqlmodel import create_engine

logging.basicConfig(format="%(message)s")
logging.getLogger("alembic").setLevel(logging.INFO)
logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)

url = os.environ["DATABASE_URL"]
begin = os.environ.get("SQLITE_BEGIN")  # "BEGIN IMMEDIATE": a migration of SQLite is one transaction
metadata = SQLModel.metadata

if context.is_offline_mode():  # `--sql`: write a script, touch no database
    context.configure(url=url, target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(url)
    if begin:
        event.listen(engine, "connect", lambda connection, record: setattr(connection, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    # SQLite can hardly alter a table: a "batch" copies it instead. Other databases get plain ALTER TABLE.
    options = {"render_as_batch": True, "transactional_ddl": bool(begin) or None}
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, **options)
        with context.begin_transaction():
            context.run_migrations()
