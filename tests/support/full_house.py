"""A house of peer support with something in every room, everybody who may look, and a name for each row."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps

from healing import access, clock, sealed
from healing.models import Site
from healing.roles import Role
from support import house, words
from support.actions import asking, closing, giving, paging
from support.house import Visitor
from support.models import Away, Competence, Exclusion, Key, Lead, Reminder, Request, Shift, Supporter, Swap
from tests.factories.cases import make_site, make_staff
from tests.factories.peers import ask, asking_as, make_channel, make_supporter, make_unit, supporting, tick, working

MODELS = {model._meta.db_table: model for model in apps.get_app_config("support").get_models()}
WISH = {"reach_by": "phone", "contact": "07700 900123", "when": "now"}
STAFF = (Role.FACILITATOR, Role.LEAD, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.COORDINATOR)
BELONGS = ("request_id", "holder", "subject", "supporter_id", "offered_by_id")  # whose a row is, if it has no name


@dataclass
class FullHouse:
    """`first` is held by Tom, after Una has passed. Una is called about `second`, which has waited too long. The
    facilitator has asked for `third`, signed in. Ann has closed `over`, left, and whoever asked wants a letter."""

    site: Site
    users: dict[str, UUID] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    named: dict[UUID, str] = field(default_factory=dict)

    @contextmanager
    def come_in(self, who: str) -> Iterator[Visitor]:
        """As somebody with an account, as whoever has the words of a request, or as nobody."""
        kind = ("user", self.users[who]) if who in self.users else ("nobody", "")
        with access.opened(*kind) as viewer, house.entered(viewer) as visitor:
            if who in self.words:
                house.show_words(visitor, words.fingerprint(self.words[who]))
            yield visitor

    @property
    def everybody(self) -> list[str]:
        return ["nobody", *self.words, *self.users]

    def id_of(self, name: str) -> UUID:
        return next(row for row, known in self.named.items() if known == name)

    def names(self, ids: Any) -> set[str]:
        return {self.named[one] for one in ids}


def build_full_house() -> FullHouse:
    full = FullHouse(make_site())
    full.users = {role.value: make_staff(full.site, role).pk for role in STAFF}
    something_over(full)
    una = make_supporter(full.site)
    first, full.words["first"] = ask(full.site, name="Alex")
    tick()
    with supporting(una) as by:
        giving.pass_on(by=by, request=first)
    tom = make_supporter(full.site, unit=make_unit(full.site, "East"))
    tick()
    with supporting(tom) as by:
        giving.accept(by=by, request=first)
    second, full.words["second"] = ask(full.site)
    tick()
    with full.come_in("facilitator") as by:
        kept = {"site": full.site, "reply_words": words.reply_words("of sam"), "signed_in": True}
        third = asking.ask(by=by, **kept, **WISH)
    idle, elsewhere = make_supporter(full.site, on_call=False), make_supporter(make_site())
    supporters = {"una": una, "tom": tom, "idle": idle, "elsewhere": elsewhere}
    full.users |= {name: supporter.user_id for name, supporter in supporters.items()}
    furnish(full, tom, idle, second)
    ids = {name: supporter.pk for name, supporter in supporters.items()}
    name_rows(full, ids | {"first": first.pk, "second": second.pk, "third": third.pk})
    return full


def something_over(full: FullHouse) -> None:
    ann = make_supporter(full.site)
    request, full.words["over"] = ask(full.site)
    tick()
    with supporting(ann) as by:
        giving.accept(by=by, request=request)
        closing.close(by=by, request=request, outcome="supported")
    with asking_as(full.words["over"]) as by:
        fingerprint = words.fingerprint(full.words["over"])
        reminder = Reminder.objects.create(site=full.site, words_hash=fingerprint, on=date(2030, 1, 1))
        house.take(by, reminder.pk)
        sealed.create_key(reminder.pk, Key)
    with working() as by:
        Supporter.objects.visible_to(by).filter(pk=ann.pk).update(ended_on=date(2020, 1, 2))
    full.named = {ann.pk: "ann", request.pk: "over", reminder.pk: "letter"}


def furnish(full: FullHouse, tom: Supporter, idle: Supporter, second: Request) -> None:
    make_channel(tom, "sms", "+447700900111")
    with supporting(tom) as by:
        shift = Shift.objects.visible_to(by).get(supporter=tom)
        Swap.objects.create(site=full.site, shift=shift, offered_by=tom)
    west = make_unit(full.site, "West")
    with working() as by:
        Competence.objects.create(supporter=tom, site=full.site, number="COM06", gained_on=date(2020, 1, 1))
        Lead.objects.create(supporter=tom, site=full.site, unit=west)
        Exclusion.objects.create(supporter=tom, site=full.site, unit=west)
        Away.objects.create(supporter=idle, site=full.site, starts_at=clock.now())
        row = Request.objects.visible_to(by).select_related("site").get(pk=second.pk)
        paging.escalate(by=by, request=row)


def name_rows(full: FullHouse, ids: dict[str, UUID]) -> None:
    """Every row is called after what it belongs to: a page after its request and its supporter."""
    full.named |= {row: name for name, row in ids.items()}
    with working() as by:
        for table, model in MODELS.items():
            for row in model.objects.visible_to(by):
                whose = [full.named[getattr(row, name)] for name in BELONGS if getattr(row, name, None) in full.named]
                whose += [row.number] if isinstance(row, Competence) else []
                kind = table.removeprefix("support_")
                full.named.setdefault(row.pk, " ".join(whose) or kind)
