"""A page is one transaction in one person's context. These requests really begin and commit; nothing wraps them."""

from typing import Any

import pytest
from django.db import DataError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.test import Client
from django.urls import path
from django.utils import timezone

from healing import access, audit, urls
from healing.errors import HealingError, IllegalMove, NotAllowed
from healing.models import AuditEvent, AuditStream, Membership, Site, User
from healing.pages import ANYONE, SIGNED_IN, Page
from healing.roles import Role
from tests.factories.cases import as_role, make_site, signed_in
from tests.healing.people import make_colleague

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def own_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def site(committed: None) -> Site:
    return make_site()


@pytest.fixture
def administrator(site: Site) -> User:
    return make_colleague(site, Role.ADMINISTRATOR)


ERRORS: dict[str, Exception] = {
    "crash": ValueError("x"),
    "missing": Http404(),
    "problem": HealingError("Ask Sam first."),
    "moved": IllegalMove(),
    "forbidden": NotAllowed(),
    "counted": HealingError("That was not it.", keeps=True),
}


class Writes(Page):
    """Renames the site, records it, and then fails in one of the ways."""

    who = SIGNED_IN

    def get(self, request: HttpRequest, how: str) -> HttpResponse:
        request.site.name = "Renamed"
        request.site.save()
        audit.record(by=self.viewer, verb="site.changed", subject=request.site)
        if how in ERRORS:
            raise ERRORS[how]
        return HttpResponse("written")


class BreaksWhileRendering(Page):
    who = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        audit.record(by=self.viewer, verb="site.changed", subject=request.site)
        template = engines["django"].from_string("{% for x in boom %}{{ x }}{% endfor %}")
        return HttpResponse(template.render({"boom": (1 // zero for zero in [0])}))


class ReadsWhileRendering(Page):
    """The rows are read by the template, not by the view."""

    who = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        template = engines["django"].from_string("{% for held in roles %}{{ held.role }}{% endfor %}")
        return HttpResponse(template.render({"roles": Membership.objects.visible_to(self.viewer)}))


class Context(Page):
    who = ANYONE

    def get(self, request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(
                """select pg_backend_pid(), current_setting('healing.user', true),
                          current_setting('healing.people_sites', true), (select count(*) from healing_membership)"""
            )
            pid, user, sites, roles = cursor.fetchone()
        here = {"viewer": access.current().ref, "zone": timezone.get_current_timezone_name()}
        return JsonResponse(here | {"pid": pid, "user": user or "", "sites": sites or "", "roles": roles})


urlpatterns = [
    *urls.urlpatterns,
    path("writes/<str:how>/", Writes.as_view()),
    path("breaks/", BreaksWhileRendering.as_view()),
    path("reads/", ReadsWhileRendering.as_view()),
    path("context/", Context.as_view()),
]


def written() -> tuple[str, int, int]:
    """What is there for everybody now: the site's name, its recorded events, and its chain's length."""
    with as_role("healing_worker"), access.opened("worker") as worker:
        heads = sum(AuditStream.objects.values_list("length", flat=True))
        return Site.objects.get().name, AuditEvent.objects.visible_to(worker).count(), heads


def browser_of(user: User) -> Client:
    client = signed_in(user)
    client.raise_request_exception = False
    return client


def test_what_works_is_written(administrator: User) -> None:
    assert browser_of(administrator).get("/writes/well/").status_code == 200
    assert written() == ("Renamed", 1, 1)


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("crash", 500, "Something on our side does not work"),
        ("missing", 404, "We could not find that page"),
        ("problem", 409, "Ask Sam first."),
        ("moved", 409, "This has moved on since you opened the page."),
        ("forbidden", 403, "Your role does not include this."),
    ],
)
def test_what_fails_leaves_nothing(how: str, status: int, words: str, administrator: User) -> None:
    response = browser_of(administrator).get(f"/writes/{how}/")

    assert response.status_code == status
    assert words in response.content.decode()
    assert written() == ("Lakeside", 0, 0)
    assert access.current() is access.NOBODY


def test_a_count_of_wrong_tries_is_kept(administrator: User) -> None:
    response = browser_of(administrator).get("/writes/counted/")

    assert (response.status_code, written()) == (409, ("Renamed", 1, 1))


def test_a_page_that_breaks_while_it_is_written_leaves_nothing(administrator: User) -> None:
    assert browser_of(administrator).get("/breaks/").status_code == 500
    assert written() == ("Lakeside", 0, 0)


def test_a_template_may_read_rows(administrator: User) -> None:
    assert browser_of(administrator).get("/reads/").content == b"admin"


def context(client: Client) -> dict[str, Any]:
    return client.get("/context/").json()


def test_the_next_request_on_the_same_connection_is_somebody_else_s(administrator: User, site: Site) -> None:
    other = make_colleague(site, Role.PEER_SUPPORTER, email="other@hospital.example")
    requests = [browser_of(administrator), Client(), browser_of(other), Client()]

    first, nobody, second, again = (context(client) for client in requests)

    assert len({answer["pid"] for answer in (first, nobody, second, again)}) == 1
    assert (first["user"], first["viewer"]) == (str(administrator.pk), str(administrator.pk))
    assert str(site.pk) in first["sites"]
    assert (second["user"], second["sites"]) == (str(other.pk), "{}")
    assert [first["roles"], nobody["roles"], second["roles"], again["roles"]] == [2, 0, 1, 0]
    assert (nobody["user"], nobody["viewer"]) == (again["user"], again["viewer"]) == ("", "")


@pytest.mark.parametrize("how", ["crash", "problem", "missing", "well"])
def test_nothing_of_a_request_stays_on_the_connection(how: str, administrator: User) -> None:
    client = browser_of(administrator)
    pid = context(client)["pid"]
    client.get(f"/writes/{how}/")

    with connection.cursor() as cursor:
        cursor.execute(
            """select pg_backend_pid(), current_setting('healing.user', true),
                      (select count(*) from healing_membership)"""
        )
        assert cursor.fetchone() == (pid, "", 0)
    assert not connection.in_atomic_block


def test_an_error_of_the_database_itself_is_the_one_that_is_heard(administrator: User) -> None:
    """Closing the context after a failed statement must not hide what failed."""
    with (
        pytest.raises(DataError, match="division by zero"),
        access.opened("user", administrator.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute("select 1 / 0")

    assert access.current() is access.NOBODY


def test_an_inner_context_that_fails_gives_the_outer_one_back(administrator: User, site: Site) -> None:
    with access.opened("user", administrator.pk) as outer:
        with pytest.raises(ZeroDivisionError), access.opened("nobody") as inner:
            1 / Membership.objects.visible_to(inner).count()  # which is none
        assert access.current() is outer
        assert Membership.objects.visible_to(outer).count() == 1


def test_the_time_is_the_site_s_for_this_request_only(site: Site) -> None:
    Site.objects.update(time_zone="Asia/Tokyo")

    assert context(Client())["zone"] == "Asia/Tokyo"
    assert timezone.get_current_timezone_name() == "UTC"
