from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import AnyUrl, DirectoryPath, Field, SecretStr, UrlConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

QueueUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["redis", "rediss", "unix"])]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="PARCELS_", env_file=".env", env_ignore_empty=True, hide_input_in_errors=True
    )

    secret_key: Annotated[SecretStr, Field(min_length=32)]
    data_dir: DirectoryPath
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    queue_url: QueueUrl | None = None
    code_minutes: int = 10
    token_minutes: int = 15
    mails_a_minute: int = 10  # to one address, asked for by one client
    tokens_a_minute: int = 20  # that one client may try to get

    @property
    def photo_dir(self) -> Path:
        return self.data_dir / "photos"


@lru_cache
def get_settings() -> Settings:
    return Settings()
