"""Sites with three supporters on call each, written by a process of its own: python -m tests.faults.furnish 20"""

import sys

import django

HOST = "first-page.example"
SITES_EACH = 9  # how many ask at each site; with one more a form has to be open for longer


def address_of(site: int) -> str:
    return f"site{site}.{HOST}"


def furnish(sites: int) -> None:
    from healing.models import User  # noqa: PLC0415  Django is set up first
    from tests.conftest import become  # noqa: PLC0415
    from tests.factories.cases import make_site  # noqa: PLC0415
    from tests.factories.peers import make_supporter  # noqa: PLC0415

    become("healing_web")
    for number in range(sites):
        site = make_site(host=address_of(number))
        for _ in range(3):
            supporter = make_supporter(site, capacity=9)
            rows = User.objects.filter(pk=supporter.user_id)
            rows.update(email=f"{supporter.pk.hex}+{number}@hospital.example")


if __name__ == "__main__":
    django.setup()
    furnish(int(sys.argv[1]))
