"""Where broker, database and diary are, and how patient to be, from the environment: QUEUES_BROKER, QUEUES_CLOCKS, ..."""

from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="QUEUES_")

    broker: str = "redis://localhost:6379/0"
    celery_broker: str = "redis://localhost:6379/0"  # the same one; Celery spells a socket's address otherwise
    celery_timeout: float = 0  # seconds; 0 sets none. Celery takes no time limit from an address
    database: str = "dbname=postgres"
    name: str = "labels"  # others may use the same broker
    web: str = ""  # queues whose modules the web process imports when it starts, and not with their first order
    diary: str = "diary.txt"
    clocks: Literal["short", "default"] = "default"

    @property
    def short(self) -> bool:
        return self.clocks == "short"


settings = Settings()
