"""The code on a poster. A phone that is held up to it opens the page."""

import qrcode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from qrcode.image.svg import SvgPathFillImage

TWO_MILLIMETRES = 20  # one square on paper: readable from an arm's length and more


def svg(url: str) -> str:
    """Dark on white in every colour scheme, and readable with a quarter of it worn off."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_Q, box_size=TWO_MILLIMETRES)
    code.add_data(url)
    said = {"class": "qr", "role": "img", "aria-label": gettext("Code for a phone. It opens %(url)s") % {"url": url}}
    image = code.make_image(image_factory=SvgPathFillImage, attrib=said)
    del image.path.attrib["id"]  # two codes may be on one page
    return mark_safe(image.to_string(encoding="unicode"))
