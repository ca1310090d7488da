"""How long things may take: every site may change them. Participants are never shown them as deadlines.

Of peer support's, whoever asks is told one: how soon a call is returned. `source` says where the usual one is from; an
M with a number is a line of our own study of practice.
"""

from dataclasses import dataclass
from datetime import timedelta

UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}


@dataclass(frozen=True)
class Clock:
    question: str
    amount: int
    unit: str
    source: str
    least: int = 1
    most: int = 10_000

    def length(self, amount: int) -> timedelta:
        return amount * UNITS[self.unit]


CLOCKS: dict[str, Clock] = {
    "team_told": Clock("How soon is the response team told?", 30, "minutes", "CANDOR toolkit, AHRQ 2016"),
    "first_words": Clock("How soon do first words with the family begin?", 60, "minutes", "CANDOR toolkit, AHRQ 2016"),
    "liaison_named": Clock("How soon is a liaison named?", 1, "days", "Aubin et al. 2022: right away"),
    "review_finished": Clock("How soon is a review finished?", 60, "days", "CANDOR toolkit, AHRQ 2016"),
    "update_interval": Clock("How often does a family hear something?", 14, "days", "M10; our default"),
    "check_in_again": Clock("When may a check-in be offered again?", 28, "days", "M6; our default"),
    "assessment_valid": Clock("How long is an assessment fresh?", 30, "days", "M42; our default"),
    "peer_call_back": Clock("How soon is a call for peer support returned?", 30, "minutes", "RISE, Johns Hopkins"),
    "peer_answer": Clock("How long may a supporter take to say yes or pass?", 10, "minutes", "our default", most=60),
    "peer_lapses": Clock("How long may a request for peer support stay open?", 30, "days", "our default", most=90),
    "peer_keeps": Clock(
        "How long is a contact kept after peer support has ended?", 0, "days", "UW Medicine: not at all", 0, 30
    ),
    "peer_hears": Clock("How long may somebody say whether peer support helped?", 14, "days", "our default", most=60),
    "follow_up_1": Clock("First follow-up after a conversation", 2, "days", "M51; our default"),
    "follow_up_2": Clock("Second follow-up", 14, "days", "M51; our default"),
    "follow_up_3": Clock("Third follow-up", 42, "days", "M51; our default"),
    "follow_up_4": Clock("Fourth follow-up", 182, "days", "M51; our default"),
    "follow_up_5": Clock("Fifth follow-up", 365, "days", "M51; our default"),
}
FOLLOW_UPS = ("follow_up_1", "follow_up_2", "follow_up_3", "follow_up_4", "follow_up_5")
