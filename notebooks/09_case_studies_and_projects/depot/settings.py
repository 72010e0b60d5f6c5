"""What differs between this machine and the next, read from the environment and from files that hold secrets."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One attribute for each environment variable, such as DATABASE_URL; the key may be a file in the folder SECRETS."""

    model_config = SettingsConfigDict(secrets_dir=os.environ.get("SECRETS"), hide_input_in_errors=True)

    database_url: str
    redis_url: str = ""
    queue: str = "parcels"
    smtp_host: str
    smtp_port: int
    photos: Path
    spans: Path
    secret_key: Annotated[SecretStr, Field(min_length=32)]  # signs tokens: keep it, and they outlive a restart
    token_hours: float = 12.0
    lease: float = 60.0  # seconds until a job that nobody finished is published again
    attempts: int = 5  # after so many a job is given up


settings = Settings()  # type: ignore[call-arg]  # the environment fills it
