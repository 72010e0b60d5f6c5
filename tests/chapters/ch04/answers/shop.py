"""What learners pass to 4.5-shop."""

from tests.chapters.answers import right, stub, wrong

REGEX = r"https://([a-z0-9-]+\.)?shop\.example"


def options(**changes):
    usual = {
        "allow_origin_regex": REGEX,
        "allow_credentials": True,
        "allow_methods": ["PUT"],
        "allow_headers": ["Content-Type"],
        "expose_headers": ["Location"],
        "max_age": 60,
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


@stub("4.5-shop")
def shop_shipped():
    return ...


@wrong("4.5-shop", says="takes none of it for a request with cookies")
def shop_star():
    return options(allow_origins=["*"], allow_credentials=None)


@wrong("4.5-shop", says="own origin in place of `*`")
def shop_star_with_credentials():
    return options(allow_origins=["*"])


@wrong("4.5-shop", says="a dot without a backslash is any character")
def shop_loose_regex():
    return options(allow_origin_regex="https://.*.shop.example", allow_origins=["https://shop.example"])


@wrong("4.5-shop", says="itself may not read")
def shop_without_itself():
    return options(allow_origin_regex=r"https://[a-z0-9-]+\.shop\.example")


@wrong("4.5-shop", says="compares whole origins")
def shop_with_a_star_in_the_list():
    return options(allow_origin_regex=None, allow_origins=["https://shop.example", "https://*.shop.example"])


@wrong("4.5-shop", says="sandboxed frame sends it")
def shop_null():
    return options(allow_origins=["null"])


@wrong("4.5-shop", says="came by http")
def shop_by_http():
    return options(allow_origin_regex=REGEX.replace("https", "https?"))


@wrong("4.5-shop", says="`allow_credentials` is missing")
def shop_without_credentials():
    return options(allow_credentials=None)


@wrong("4.5-shop", says="by default only GET is allowed")
def shop_without_put():
    return options(allow_methods=None)


@wrong("4.5-shop", says="DELETE is allowed, too")
def shop_all_methods():
    return options(allow_methods=["*"])


@wrong("4.5-shop", says="any header is allowed")
def shop_all_headers():
    return options(allow_headers=["*"])


@wrong("4.5-shop", says="`expose_headers` names what it may")
def shop_exposes_nothing():
    return options(expose_headers=None, allow_headers=["Content-Type", "Location"])


@wrong("4.5-shop", says="but 1 s came")
def shop_max_age_in_minutes():
    return options(max_age=1)


@wrong("4.5-shop", says="does not take these options: `TypeError")
def shop_misspelt():
    return options() | {"allow_origin": ["https://shop.example"]}


@right("4.5-shop")
def shop_by_list_and_regex():
    return options(allow_origins=["https://shop.example"], allow_origin_regex=r"https://[\w-]+\.shop\.example")


@right("4.5-shop")
def shop_with_more_methods():
    return options(allow_methods=("GET", "HEAD", "PUT"), allow_headers=())


@right("4.5-shop")
def shop_with_deeper_subdomains():
    return options(allow_origin_regex=r"https://(?:[a-z0-9-]+\.)*shop\.example", expose_headers=["location", "ETag"])


@wrong("4.5-shop", says="`allow_origins` is a text")
def shop_with_a_text_of_an_origin():
    return options(allow_origin_regex=r"https://([a-z0-9-]+\.)+shop\.example", allow_origins="https://shop.example")


@wrong("4.5-shop", says="`allow_methods` is a text")
def shop_with_a_text_of_a_method():
    return options(allow_methods="PUT")
