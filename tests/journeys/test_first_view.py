"""What a phone with a poor connection has to fetch before somebody can read their first page."""

from typing import Any

import pytest

MOST = 60 * 1024  # bytes over the wire, headers included
PAGES = ("/", "/invitation/from-a-message/", "/accounts/login/code/", "/help/")


@pytest.mark.parametrize("path", [*PAGES, "/support/", "/s/emergency/"])
def test_the_first_page_is_light(someone: Any, path: str) -> None:
    patient = someone(phone=True)
    fetched: list[Any] = []
    patient.page.on("requestfinished", lambda request: fetched.append(request))

    patient.open(path)
    patient.page.wait_for_load_state("networkidle")

    sizes = {request.url: request.sizes() for request in fetched}
    heavy = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes.values())
    assert len(fetched) > 1
    assert heavy <= MOST, sizes
