import pytest

from cases.models import Participant
from healing.roles import Role
from tests.factories.cases import make_case, make_participant, make_site, make_staff, opened

pytestmark = pytest.mark.django_db


def test_factories() -> None:
    case = make_case(make_staff(make_site(), Role.FACILITATOR))
    maria = make_participant(case)
    ben = make_participant(case, side="staff", name="Ben Okafor")
    with opened(maria.user) as viewer:
        assert [p.name for p in Participant.objects.visible_to(viewer)] == ["Maria Lopez"]
    with opened(ben.user) as viewer:
        assert viewer.rooms == {ben.pk}
    assert case.status == "mapped"
