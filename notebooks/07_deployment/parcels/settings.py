"""What differs from place to place comes from the environment: PARCELS_REDIS_URL, PARCELS_SMTP_PORT, ..."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PARCELS_")

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
