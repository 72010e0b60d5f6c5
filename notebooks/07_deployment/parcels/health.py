"""python -m parcels.health: ends with an error when the service of this container does not answer."""

from urllib.request import urlopen

urlopen("http://127.0.0.1:8000/health", timeout=2)
