"""What differs from place to place comes from the environment (PARCELS_...), what is secret from a mounted file."""

import os

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """A file parcels_database_url in the folder that PARCELS_SECRETS names is `database_url`; a variable goes first."""

    model_config = SettingsConfigDict(env_prefix="PARCELS_", secrets_dir=os.environ.get("PARCELS_SECRETS"))

    version: str = "1.1.0"
    database_url: str = "sqlite:///parcels.db"
    work_seconds: float = 1.0
    route_steps: int = 1_000_000
    smtp_host: str = "localhost"
    smtp_port: int = 25
    redis_url: str = "redis://localhost:6379/0"
    broker_timeout: float = 2.0  # seconds until a broker that says nothing counts as down
    queue: str = "parcels"
    visibility_timeout: int = 3600
    restore_interval: int = 60
    ledger: str = "ledger.db"


settings = Settings()
