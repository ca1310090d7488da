"""Coverage, waiting times and load: of finished quarters only, and never of a person who asked."""

from django.http import HttpRequest, HttpResponse

from healing import clock
from support.queries import rota, supporters, waits
from support.views.coordinating import SitePage
from support.wall_clock import WEEK, monday_of


class Waits(SitePage):
    template = "support/coordinating/waits.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        monday = monday_of(clock.today(self.site.time_zone))
        target = self.site.clock("peer_call_back")
        quarters = waits.quarters(self.viewer, self.site)
        return self.render(
            weeks=[rota.week(self.viewer, self.site, day) for day in (monday, monday + WEEK)],
            quarters=[one for one in quarters if one.requests is not None],
            too_few=[one for one in quarters if one.requests is None],
            target=int(target.total_seconds() // 60),
            due=supporters.training_due(self.viewer, self.site),
        )
