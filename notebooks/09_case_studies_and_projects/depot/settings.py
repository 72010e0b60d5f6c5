"""What differs between this machine and the next, read from the environment."""

from pathlib import Path

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """One attribute for each environment variable, such as DATABASE_URL."""

    database_url: str
    redis_url: str = ""
    queue: str = "parcels"
    smtp_host: str
    smtp_port: int
    photos: Path
    spans: Path
    lease: float = 60.0  # seconds until a job that nobody finished is published again
    attempts: int = 5  # after so many a job is given up


settings = Settings()  # type: ignore[call-arg]  # the environment fills it
