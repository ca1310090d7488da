"""manage.py add_site: a hospital or programme, and the first person who can look after it."""

from argparse import ArgumentParser
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from healing import access
from healing.models import Membership, Site, User
from healing.roles import Role
from healing.set_up import actions
from healing.set_up.forms import AddressForm, Part, ReachForm
from healing.sites import is_reached

NO_CRISIS_LINE = "Administrator, Set-up, How to reach you: write the crisis lines. There are none yet."
TO_DO = (  # who, where, what: the README has the same in more words
    "Administrator, Set-up, Legal notices: write one about peer support.",
    "Administrator, Set-up, Other help for staff: write who else can help.",
    "Administrator, People and roles: add a coordinator and the peer supporters.",
    "Coordinator, Supporters: add each one, and note their training in keeping confidence.",
    "Each supporter, About me: read what they keep to themselves, and sign.",
    "Coordinator, Rota: fill the first weeks.",
    "Coordinator, Units and posters: add the units, print the posters and hang them up.",
)


class Command(BaseCommand):
    help = (
        "Make a site and its first administrator, who gets a message with a link to sign in, and adds everybody else. "
        "Running it twice changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="a short name for addresses: letters, numbers and hyphens")
        parser.add_argument("name", help="the programme's name, as every page and message shows it")
        parser.add_argument("--phone", required=True, help="the programme's phone number")
        parser.add_argument("--administrator", required=True, metavar="EMAIL")
        parser.add_argument("--host", default="", help="the address of its own pages, such as lakeside.example.org")
        parser.add_argument("--time-zone", default="UTC", help="for instance Europe/London (default UTC)")
        parser.add_argument("--crisis-lines", nargs="+", default=[], metavar="LINE", help='"Night line: 555 0199" …')

    def handle(self, *args: Any, **options: Any) -> None:
        slug, email = options["slug"], options["administrator"].strip().lower()
        known = Site.objects.filter(slug=slug).first()
        wanted = {"name": options["name"].strip(), "time_zone": options["time_zone"]}
        wanted |= _checked(slug, email, options, known)
        if known:
            _require_same(known, wanted["name"], email)
            self.stdout.write("The site and its administrator are there already. Nothing was changed.")
            return
        with transaction.atomic():
            site = Site.objects.create(slug=slug, **wanted)
            with access.opened("site", site.pk) as viewer:
                actions.add_colleague(by=viewer, site=site, email=email, name="", role=Role.ADMINISTRATOR)
        self.stdout.write(f"{site.name} is there. {email} gets a message with a link to sign in.")
        if not is_reached(site):
            self.stdout.write("Its public pages have no address yet: set one under Set-up, Address of the pages.")
        self.stdout.write("\nStill to do before the first request for a peer:")
        steps = TO_DO if site.crisis_lines else (NO_CRISIS_LINE, *TO_DO)
        self.stdout.write("\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1)))


def _checked(slug: str, email: str, options: dict[str, Any], known: Site | None) -> dict[str, str]:
    """How people reach the site, as the set-up page takes it; a sentence for what cannot be used."""
    _check(validate_slug, slug, f"{slug!r} cannot be a short name. Use letters, numbers and hyphens, such as lakeside.")
    _check(validate_email, email, f"{email!r} is not an email address. Write it as name@hospital.org")
    if options["time_zone"] not in available_timezones():
        raise CommandError(f"{options['time_zone']!r} is not a time zone. Write it as Europe/London.")
    if len(slug) > 50 or not 0 < len(options["name"].strip()) <= 120:
        raise CommandError("A short name has at most 50 characters, a name 1 to 120.")
    reach = ReachForm({"phone": options["phone"], "crisis_lines": "\n".join(options["crisis_lines"])})
    reach.fields["crisis_lines"].required = False
    return _taken(reach) | _taken(AddressForm({"host": options["host"]}, site=known))


def _taken(form: Part) -> dict[str, str]:
    if not form.is_valid():
        raise CommandError(" ".join(f"{name}: {' '.join(map(str, said))}" for name, said in form.errors.items()))
    return form.cleaned_data


def _check(validate: Any, value: str, sentence: str) -> None:
    try:
        validate(value)
    except ValidationError:
        raise CommandError(sentence) from None


def _require_same(known: Site, name: str, email: str) -> None:
    """Whatever else differs was changed on the set-up pages since."""
    if known.name != name:
        raise CommandError(f"The short name {known.slug} is taken by {known.name}. Choose another one.")
    user = User.objects.with_address(email)
    with access.opened("site", known.pk) as viewer:
        held = Membership.objects.visible_to(viewer).filter(site=known, user=user, ended_at=None)
        if not held.filter(role=Role.ADMINISTRATOR).exists():
            raise CommandError(f"{known.name} has another administrator, who can add {email} under People and roles.")
