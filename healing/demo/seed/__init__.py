"""Invented data for the demo. Told through the product's own actions, so it can be nothing that they do not allow."""

from healing.demo.seed import peers
from healing.demo.seed.staff import make_places, make_staff
from healing.demo.seed.stories import STORIES
from healing.demo.seed.telling import Telling

PEER_SUPPORT = "harbour"
FACILITATORS = {"harbour": "facilitator", "riviere": "facilitator.riviere"}


def fill() -> None:
    sites = make_places()
    staff = make_staff(sites)
    for story in STORIES:
        Telling(story, sites[story.place], staff[FACILITATORS[story.place]]).tell()
    peers.fill(sites[PEER_SUPPORT])
