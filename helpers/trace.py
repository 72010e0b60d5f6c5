"""`python -m helpers.trace main:app "POST /orders" --json '{"id": 1}'`: the timeline of a request to your own service."""

import sys

from helpers.services.tracing import main

if __name__ == "__main__":
    sys.exit(main())
