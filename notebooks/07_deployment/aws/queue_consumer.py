"""What Lambda calls with messages of an SQS queue, each at least once: labels are printed, failures are named."""

import json
import logging

from parcels import jobs

logger = logging.getLogger(__name__)


def handler(event: dict, context: object) -> dict:
    """Messages that are named in the answer come again; all others are deleted from the queue."""
    failed = []
    for record in event["Records"]:
        try:
            jobs.print_label(json.loads(record["body"])["parcel"])
        except Exception:
            logger.exception("message %s failed", record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
