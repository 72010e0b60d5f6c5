"""What learners pass to 8.4-ids."""

import zlib

from fastapi.routing import APIRoute

from tests.chapters.answers import right, stub, wrong


@stub("8.4-ids")
def ids_shipped():
    def operation_id(route: APIRoute) -> str: ...

    return operation_id


@wrong("8.4-ids", says="names two operations")
def ids_name_alone():
    def operation_id(route: APIRoute) -> str:
        return route.name

    return operation_id


@wrong("8.4-ids", says="a route may have no tags")
def ids_first_tag():
    def operation_id(route: APIRoute) -> str:
        return f"{route.tags[0]}_{route.name}"

    return operation_id


@wrong("8.4-ids", says="no method can be called that")
def ids_with_a_dash():
    def operation_id(route: APIRoute) -> str:
        return "-".join([*route.tags, route.name])

    return operation_id


@wrong("8.4-ids", says="An id should not hold the path")
def ids_of_the_path():
    def operation_id(route: APIRoute) -> str:
        path = route.path.replace("/", "_").replace("{", "").replace("}", "")
        return f"{route.name}{path}"

    return operation_id


@wrong("8.4-ids", says="wants to read the function's name in it")
def ids_of_the_method():
    def operation_id(route: APIRoute) -> str:
        return "_".join([*route.tags, *sorted(route.methods)]).lower()

    return operation_id


@wrong("8.4-ids", says="take the tag from the route")
def ids_of_two_tags():
    def operation_id(route: APIRoute) -> str:
        kind = "parcels" if {"parcels", "senders"} & set(route.tags) else "labels"
        return f"{kind}_{route.name}" if route.tags else route.name

    return operation_id


@wrong("8.4-ids", says="AttributeError")
def ids_misspelt():
    def operation_id(route: APIRoute) -> str:
        return route.names

    return operation_id


@right("8.4-ids")
def ids_in_camel_case():
    def operation_id(route: APIRoute) -> str:
        return route.name + "".join(tag.title() for tag in route.tags)

    return operation_id


@right("8.4-ids")
def ids_with_a_default():
    def operation_id(route: APIRoute) -> str:
        tag = route.tags[0] if route.tags else "service"
        return f"{tag}_{route.name}"

    return operation_id


@right("8.4-ids")
def ids_of_the_endpoint():
    def operation_id(route: APIRoute) -> str:
        if not route.tags:
            return route.endpoint.__name__
        return f"{route.endpoint.__name__}_{'_'.join(route.tags)}"

    return operation_id


@right("8.4-ids")
def ids_with_a_number():
    def operation_id(route: APIRoute) -> str:
        return f"{route.name}_{zlib.crc32(''.join(route.tags).encode())}"

    return operation_id
