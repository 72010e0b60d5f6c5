"""What a browser makes of CORS, after the Fetch standard: enough of it for section 4.5."""

import httpx


class Browser:
    """A page in a browser that holds a session cookie of the API's site; `same_site` is the cookie's attribute."""

    def __init__(self, client: httpx.Client, page: str, same_site: str = "Lax") -> None:
        self.client = client
        self.origin = {"Origin": page}
        own_site = page.endswith(("//shop.example", ".shop.example"))
        self.cookie = {"Cookie": "session=Ada"} if own_site or same_site == "None" else {}

    def fetch(self, method: str, content_type: str = "text/plain", credentials: bool = False) -> str:
        """What the page gets of `fetch`: the answer's text, or how far its request came."""
        if method in ("PUT", "DELETE") or content_type == "application/json":
            asks = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}
            if self.client.options("/parcels", headers=self.origin | asks).status_code != 200:
                return "not sent"
        headers = self.origin | {"Content-Type": content_type} | (self.cookie if credentials else {})
        answer = self.client.request(method, "/parcels", headers=headers)
        allowed = answer.headers.get("Access-Control-Allow-Origin")
        with_cookies = answer.headers.get("Access-Control-Allow-Credentials") == "true"
        if allowed == self.origin["Origin"] and (with_cookies or not credentials):
            return f"read {answer.text}"
        return f"read {answer.text}" if allowed == "*" and not credentials else "sent, not read"
