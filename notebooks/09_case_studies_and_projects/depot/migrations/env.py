"""Alembic runs this file for each of its commands: the models as the code has them, the database as the settings do."""

from alembic import context
from depot.database import Table, engine

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
