"""A poster is read back as a phone would read it."""

import re
from xml.etree import ElementTree

import pytest
import zxingcpp

from support import qr

URL = "https://talk.example.org/peer/lakeside/"
SVG = "{http://www.w3.org/2000/svg}"
DOTS = 4  # of the picture, for each square of the code
QUIET = 4  # squares of white that a reader needs around it


def drawn(svg):
    """The picture as rows of grey, from the rectangle and the path alone."""
    picture = ElementTree.fromstring(svg)
    path = picture.find(f"{SVG}path")
    boxes = [[int(n) for n in box] for box in re.findall(r"M(\d+),(\d+)H(\d+)V(\d+)H\1z", path.get("d"))]
    assert "".join("M{0},{1}H{2}V{3}H{0}z".format(*box) for box in boxes) == path.get("d")
    step = boxes[0][2] - boxes[0][0]
    side = int(picture.get("viewBox").split()[2]) // step
    rows = [[255] * side for _ in range(side)]
    for x, y, _, _ in boxes:
        rows[y // step][x // step] = 0
    return rows


def read(rows):
    """What a phone makes of it. Light on dark, which not every phone reads, is not tried."""
    wide = [[square for square in row for _ in range(DOTS)] for row in rows for _ in range(DOTS)]
    picture = memoryview(bytes(sum(wide, []))).cast("B", (len(wide), len(wide)))
    return zxingcpp.read_barcode(picture, try_invert=False)


@pytest.mark.parametrize("url", [URL, "http://localhost:8000/p/?a=1&b=<2>\"'", "https://example.org/" + "x" * 300])
def test_a_phone_reads_the_address(url):
    assert read(drawn(qr.svg(url))).text == url


def test_it_can_be_read_with_a_quarter_worn_off():
    assert read(drawn(qr.svg(URL))).ec_level == "Q"


def test_there_is_white_around_it_to_set_it_off():
    rows = drawn(qr.svg(URL))
    edges = [*rows[:QUIET], *rows[-QUIET:], *(row[:QUIET] + row[-QUIET:] for row in rows)]
    assert all(square == 255 for edge in edges for square in edge)


def test_it_is_black_on_white_in_every_colour_scheme():
    background, path = ElementTree.fromstring(qr.svg(URL))
    assert (background.tag, background.get("fill")) == (f"{SVG}rect", "white")
    assert (background.get("width"), background.get("height")) == ("100%", "100%")
    assert (path.tag, path.get("fill")) == (f"{SVG}path", "#000000")


def test_it_says_what_it_is_to_who_cannot_see_it():
    url = "https://talk.example.org/?a=1&b=\"><script>alert('2')</script>"
    picture = ElementTree.fromstring(qr.svg(url))
    assert picture.get("role") == "img"
    assert picture.get("aria-label") == f"Code for a phone. It opens {url}"


def test_it_carries_no_style_no_script_and_no_id():
    svg = qr.svg("https://talk.example.org/<script>")
    names = {name for element in ElementTree.fromstring(svg).iter() for name in [element.tag, *element.attrib]}
    assert names.isdisjoint({"style", "id", "onload", f"{SVG}style", f"{SVG}script"})
    assert "<script" not in svg


def test_a_template_shows_it_as_it_is():
    assert qr.svg(URL).__html__() == qr.svg(URL)
