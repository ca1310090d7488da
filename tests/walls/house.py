"""A house with something in every room, and one client for each role: so that there is something to be seen."""

import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from cases import door
from cases.actions import consent, invitations
from cases.importers import load
from cases.importers.records import Skipped
from cases.models import CaseEvent
from facilitation.actions import agreements, meetings, readiness
from facilitation.models import Commitment, FollowUp, Promise
from healing import access, clock, due, ids, sealed
from healing.models import Due, Membership, Site, User
from healing.roles import Role
from support.models import Key, Supporter
from tests.factories import cases as make
from tests.factories.meetings import Ready, make_booked, make_plan, make_ready
from tests.factories.peers import working

COLLEAGUE = ("colleague", "role_give")  # addresses whose person is a colleague
NOISE = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
# Looking is recorded, a session is kept, and a check-in that was opened is marked as read.
MAY_CHANGE = {"healing_auditevent", "healing_auditstream", "django_session", "facilitation_response"}


@dataclass
class House:
    clients: dict[str, Client]
    roles: dict[str, frozenset[str]]
    values: dict[str, Any]  # what the addresses' arguments stand for

    def address(self, name: str, missing: bool = False) -> str:
        values = self.values | ({"person": self.values["colleague"]} if name in COLLEAGUE else {})
        elsewhere = dict.fromkeys(arguments_of(name), ids.new()) if name.startswith("support_") else {}
        arguments = elsewhere | {key: values[key] for key in arguments_of(name) if key in values or not elsewhere}
        if missing:
            arguments |= {key: ids.new() for key in arguments if key in ("room", "case", "person")}
        return reverse(name, kwargs=arguments)

    def ask(self, client: Client, method: str, address: str) -> Any:
        """One request whose effects are taken back, so that every role meets the same house."""
        kept = deepcopy(client.cookies)
        with transaction.atomic():
            response = getattr(client, method)(address)
            transaction.set_rollback(True)
        client.cookies = kept
        return response

    def seen(self, client: Client, address: str) -> tuple[int, dict[str, str], bytes, int]:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        return response.status_code, dict(response.headers), NOISE.sub(b"", response.content), len(queries)


def arguments_of(name: str) -> list[str]:
    [(_, names)] = get_resolver().reverse_dict.getlist(name)[0][0][:1]
    return list(names)


def changes() -> dict[str, int]:
    """How many rows this transaction has written so far, by table, as PostgreSQL counts them."""
    with connection.cursor() as cursor:
        cursor.execute("select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables")
        return {table: count for table, count in cursor.fetchall() if table not in MAY_CHANGE}


def build_house() -> House:
    """A case that is well on its way, a stranger's case beside it, and everybody's browser."""
    ready = make_ready(user=True)
    elsewhere = make.make_site()
    outsider = make.make_staff(elsewhere, Role.FACILITATOR)
    stranger = make.make_participant(make.make_case(outsider), name="Joan Whitaker")
    others = {role.value: make.make_staff(ready.site, role) for role in Role if role is not Role.FACILITATOR}
    enrol(ready.site, others["peer"])
    people = {"facilitator": ready.sam, "outsider": outsider, **others}
    people |= {"participant": ready.maria.user, "other side": ready.rana.user, "stranger": stranger.user}
    keys = {"facilitator": {"facilitator"}, "outsider": {"facilitator"}} | {name: {name} for name in others}
    clients = {name: make.signed_in(user) for name, user in people.items()} | {"nobody": Client()}
    return House(
        clients=clients,
        roles={name: frozenset(keys.get(name, ())) for name in clients},
        values=furnish(ready) | {"colleague": others["lead"].pk},
    )


def enrol(site: Site, user: User) -> None:
    """A peer supporter who may be called. Nobody has asked for one."""
    with working():
        supporter = Supporter.objects.create(site=site, user_id=user.pk, joined_on=date(2020, 1, 1))
        sealed.create_key(supporter.pk, Key)


def furnish(ready: Ready) -> dict[str, Any]:
    """Something of every kind in the case, so that every address leads to a row that is there."""
    values: dict[str, Any] = {"room": ready.maria.pk, "person": ready.maria.pk, "case": ready.case.pk}
    values |= {"key": "take-part", "question": "feeling", "slug": ready.site.slug, "ident": "nothing", "pk": 1}
    values["holiday"] = ready.site.holidays.create(day=date(2027, 1, 1), name="New Year").pk
    with make.opened(ready.maria.user) as maria:
        response = readiness.start(by=maria, participant=ready.maria, instrument="check-in-harmed")
        readiness.save_answer(by=maria, response=response, question="feeling", answer={"codes": ["steady"]})
        values["response"] = readiness.send(by=maria, response=response).pk
    with make.opened(ready.rana.user) as rana:
        words = {"purpose": "share_statement", "to_side": "harmed", "words": "I think of you."}
        released = consent.decide(by=rana, participant=ready.rana, decision="given", **words)
    with clock.pinned(clock.now() - timedelta(days=2)):
        meeting = make_booked(ready, clock.now() + timedelta(hours=2))
    with make.opened(ready.sam) as sam:
        meetings.hold(by=sam, meeting=meeting, ended_how="completed")
        meeting.refresh_from_db()
        agreement = {"text": "We agree.", "promise": "Show the change.", "owner": "Ward lead"}
        agreements.record_agreement(by=sam, meeting=meeting, due_on=clock.now().date(), to=[ready.maria], **agreement)
        values["delivery"] = door.deliver(by=sam, consent=released, to=[ready.maria])[0].pk
        values["commitment"] = only(Commitment, sam).pk
        values["promise"] = only(Promise, sam).pk
        values["event"] = only(CaseEvent, sam).event_id
        values["letter"] = due_letter(ready, sam)
        values["batch"] = preview(ready, sam)
        people_invited = make.make_participant(ready.case, name="Daniel Lopez", user=False)
        invitation, _ = invitations.invite(by=sam, participant=people_invited)
        values["token"] = invitations.token_of(invitation)
    with make.as_role("healing_worker"), access.opened("site", ready.site.pk) as worker:
        values["held"] = Membership.objects.visible_to(worker).filter(role=Role.LEAD.value).latest("since").pk
    return values


def opened_later() -> dict[str, int]:
    """How each page answers to its owner once the case has come to it: a plan, a booking, its day, words, a letter."""
    ready = make_ready(user=True)
    at = {"case": ready.case.pk, "person": ready.maria.pk, "room": ready.maria.pk, "slug": ready.site.slug}
    found = {}

    def look(*names: str) -> None:
        sam, maria = make.signed_in(ready.sam), make.signed_in(ready.maria.user)
        for name in names:
            arguments = {key: at[key] for key in arguments_of(name)}
            found[name] = (maria if "room" in arguments else sam).get(reverse(name, kwargs=arguments)).status_code

    with make.opened(ready.maria.user) as maria:
        words = {"purpose": "share_statement", "to_side": "staff", "words": "I think of you."}
        consent.decide(by=maria, participant=ready.maria, decision="given", **words)
    make_plan(ready)
    look("meeting_book", "meeting_care", "person_carry")
    meeting = make_booked(ready)
    look("meeting_cancel", "meeting_held", "room_calendar")
    with make.opened(ready.sam):
        sent = {"case": ready.case, "participant": ready.maria, "meeting_id": meeting.pk, "status": "sent"}
        FollowUp.objects.create(**sent, number=1, due_on=clock.now().date(), sent_at=clock.now())
    Site.objects.filter(pk=ready.site.pk).update(logo=b"a picture")
    look("looking_back", "site_logo")
    return found


def only(model: Any, viewer: access.Viewer) -> Any:
    return model.objects.visible_to(viewer).get()


def due_letter(ready: Ready, sam: access.Viewer) -> Any:
    """A letter of which nobody can tell whether it left."""
    due.plan(
        "appointment.letter",
        subject=ready.maria.pk,
        at=clock.now(),
        key="torn",
        case=ready.case.pk,
        room=ready.maria.pk,
    )
    torn = Due.objects.visible_to(sam).filter(key="torn")
    torn.update(state="stuck")
    return torn.get().pk


def preview(ready: Ready, sam: access.Viewer) -> Any:
    return load.preview(by=sam, site=ready.site, outcomes=[Skipped(1, "not a harm event")], file_name="two.csv").pk
