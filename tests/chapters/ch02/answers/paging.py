"""What learners pass to 2.3-paging."""

from typing import Annotated

from fastapi import Depends, HTTPException, Query, Request

from tests.chapters.answers import right, stub, wrong


@stub("2.3-paging")
def paging_shipped():
    def get_page(page: int = 1, size: int = 10) -> slice: ...

    return get_page


@wrong("2.3-paging", says="the first page is page 1")
def paging_from_zero():
    def get_page(page: int = 1, size: int = 10) -> slice:
        return slice(page * size, (page + 1) * size)

    return get_page


@wrong("2.3-paging", says="nobody should get more than 50 at a time")
def paging_without_a_limit():
    def get_page(page: int = 1, size: int = 10) -> slice:
        return slice((page - 1) * size, page * size)

    return get_page


@wrong("2.3-paging", says="should be taken as 50")
def paging_that_refuses_much():
    def get_page(page: Annotated[int, Query(ge=1)] = 1, size: Annotated[int, Query(ge=1, le=50)] = 10) -> slice:
        return slice((page - 1) * size, page * size)

    return get_page


@wrong("2.3-paging", says="A page or a size below 1 is refused with 422")
def paging_of_page_zero():
    def get_page(page: int = 1, size: int = 10) -> slice:
        size = min(size, 50)
        return slice((page - 1) * size, page * size)

    return get_page


@wrong("2.3-paging", says="both parameters may be left out")
def paging_that_must_be_sent():
    def get_page(page: int, size: int) -> slice:
        size = min(size, 50)
        return slice((page - 1) * size, page * size)

    return get_page


@wrong("2.3-paging", says="it returned a tuple")
def paging_of_two_numbers():
    def get_page(page: int = 1, size: int = 10) -> tuple[int, int]:
        return (page - 1) * size, page * size

    return get_page


@wrong("2.3-paging", says="should be refused with 422, but 404 came")
def paging_not_found():
    def get_page(page: int = 1, size: int = 10) -> slice:
        if page < 1 or size < 1:
            raise HTTPException(404)
        size = min(size, 50)
        return slice((page - 1) * size, page * size)

    return get_page


@wrong("2.3-paging", says="should bring 50 items, but brought 10")
def paging_of_ten_at_most():
    def get_page(page: int = 1, size: int = 10) -> slice:
        size = min(size, 50)
        start = (page - 1) * size
        return slice(start, start + min(size, 10))

    return get_page


@wrong("2.3-paging", says="your dependency failed")
def paging_of_texts():
    def get_page(page="1", size="10") -> slice:
        return slice((page - 1) * size, page * size)

    return get_page


@right("2.3-paging")
def paging_with_bounds():
    def get_page(page: Annotated[int, Query(ge=1)] = 1, size: Annotated[int, Query(gt=0)] = 10) -> slice:
        size = min(size, 50)
        return slice((page - 1) * size, page * size)

    return get_page


@right("2.3-paging")
def paging_async_with_an_inner_one():
    def get_size(size: int = 10) -> int:
        if size < 1:
            raise HTTPException(422)
        return min(size, 50)

    async def get_page(size: Annotated[int, Depends(get_size)], page: Annotated[int, Query(ge=1)] = 1) -> slice:
        start = (page - 1) * size
        return slice(start, start + size)

    return get_page


@right("2.3-paging")
def paging_by_an_object():
    class Pager:
        def __init__(self, most: int):
            self.most = most

        def __call__(self, page: int = 1, size: int = 10) -> slice:
            if min(page, size) < 1:
                raise HTTPException(status_code=422, detail="too small")
            size = min(size, self.most)
            return slice((page - 1) * size, page * size)

    return Pager(50)


@right("2.3-paging")
def paging_by_hand():
    def get_page(request: Request) -> slice:
        try:
            page, size = (int(request.query_params.get(name, default)) for name, default in (("page", 1), ("size", 10)))
        except ValueError:
            raise HTTPException(422) from None
        if page < 1 or size < 1:
            raise HTTPException(422)
        return slice((page - 1) * min(size, 50), page * min(size, 50))

    return get_page


@wrong("2.3-paging", says="page and size begin at 1")
def paging_above_one():
    def get_page(page: Annotated[int, Query(gt=1)] = 1, size: Annotated[int, Query(gt=1)] = 10) -> slice:
        size = min(size, 50)
        return slice((page - 1) * size, page * size)

    return get_page
