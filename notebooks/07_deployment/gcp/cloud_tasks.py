"""What Cloud Tasks calls: this file, beside the package parcels, on Cloud Run."""

import logging
from typing import Annotated

from fastapi import FastAPI, Header
from pydantic import BaseModel

from parcels import jobs

logger = logging.getLogger(__name__)


class Order(BaseModel):
    parcel: int


app = FastAPI()


@app.post("/tasks/label", status_code=204)
def print_label(order: Order, x_cloudtasks_taskname: Annotated[str, Header()]) -> None:
    """After any answer but 2xx the same task comes again, under the same name: a key for what may be done only once."""
    jobs.print_label(order.parcel)
    logger.info("task %s done", x_cloudtasks_taskname)
