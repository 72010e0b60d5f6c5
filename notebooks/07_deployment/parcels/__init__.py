"""The parcel service as it is deployed. Web processes and workers import it, and log in the same way."""

import logging
import sys

logging.basicConfig(level="WARNING", format="%(name)s[%(process)d] %(message)s", stream=sys.stdout)
logging.getLogger("parcels").setLevel("INFO")
