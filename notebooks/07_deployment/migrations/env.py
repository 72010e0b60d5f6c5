"""Alembic runs this file for each of its commands: the models as the code has them, the database as the settings do."""

from alembic import context
from sqlmodel import create_engine

from parcels.database import Parcel
from parcels.settings import settings

with create_engine(settings.database_url).connect() as connection:
    context.configure(connection=connection, target_metadata=Parcel.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
