"""python -m parcels.smoke URL VERSION: ends with an error when what has just been deployed does not do its work."""

import sys

import httpx


def smoke(client: httpx.Client, version: str) -> str:
    """What is wrong with the service behind `client`, or nothing."""
    running = client.get("/health").raise_for_status().json()["version"]
    if running != version:
        return f"{running} answers, not {version}"
    client.get("/ready").raise_for_status()
    created = client.post("/parcels", json={"recipient": "smoke test"}).raise_for_status().json()
    place = f"/parcels/{created['id']}"
    found = client.get(place)
    client.delete(place)  # it is the customers' database
    return "" if found.is_success and found.json() == created else "a parcel was accepted and is not there"


if __name__ == "__main__":
    url, version = sys.argv[1:]
    try:
        with httpx.Client(base_url=url, timeout=5.0) as client:
            wrong = smoke(client, version)
    except httpx.HTTPError as error:
        wrong = str(error) or type(error).__name__
    sys.exit(f"smoke test: {wrong}" if wrong else 0)
