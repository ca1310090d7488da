"""What a person can say yes to, one thing at a time: the key that names it in addresses, and the words they read."""

from dataclasses import dataclass

from cases import texts
from cases.models import Consent, Participant
from cases.models.consent import Form, Purpose
from cases.models.people import Side

KEYS = {
    Purpose.TAKE_PART: "take-part",
    Purpose.MEET: "meet",
    Purpose.SHARE_STATEMENT: "share",
    Purpose.COUNT_ANSWERS: "count-answers",
}
OTHER_SIDE = {Side.HARMED: Side.STAFF, Side.STAFF: Side.HARMED}


@dataclass(frozen=True)
class Thing:
    """One thing to say yes or no to: a purpose, in one form of meeting, or towards one side."""

    purpose: str
    form: str = ""
    to_side: str = ""

    @property
    def key(self) -> str:
        return "-".join(filter(None, [KEYS[Purpose(self.purpose)], self.form, self.to_side]))

    @property
    def where(self) -> dict[str, str]:
        """The columns of a consent that say which thing it is about."""
        return {"purpose": self.purpose, "form": self.form, "to_side": self.to_side}

    @property
    def form_name(self) -> str:
        return Form(self.form).label if self.form else ""


def of(consent: Consent) -> Thing:
    return Thing(consent.purpose, consent.form, consent.to_side)


def all_for(participant: Participant) -> list[Thing]:
    """Everything this person could be asked, in the order in which it is shown."""
    return [
        Thing(Purpose.TAKE_PART),
        *(Thing(Purpose.MEET, form=form) for form in Form.values),
        sharing(participant),
        Thing(Purpose.COUNT_ANSWERS),
    ]


def sharing(participant: Participant) -> Thing:
    return Thing(Purpose.SHARE_STATEMENT, to_side=OTHER_SIDE[Side(participant.side)])


def named(participant: Participant, key: str) -> Thing | None:
    return next((thing for thing in all_for(participant) if thing.key == key), None)


def words_for(participant: Participant, purpose: str) -> texts.ConsentWords:
    """The text that this person reads before they answer: by side, or the one for supporters and interpreters."""
    return texts.consent(purpose, "supporter" if participant.is_guest else participant.side)
