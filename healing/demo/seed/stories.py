"""Invented people and cases, as data. None of them exists; every name and number is made up."""

from dataclasses import dataclass, field

STAGES = ("opened", "mapped", "offered", "preparing", "arranged", "held", "closed")


@dataclass(frozen=True)
class Place:
    slug: str
    name: str
    time_zone: str
    phone: str
    crisis_lines: str
    other_help: str
    colours: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    reference: str
    kind: str
    days_ago: int
    physical: str = "moderate"
    psychological: str = "moderate"
    area: str = "Surgery"


@dataclass(frozen=True)
class Person:
    name: str
    side: str
    part: str
    email: str = ""  # with a sign-in, this person has accepted the invitation
    with_: str = ""  # the name of the person whom a guest accompanies
    says: dict[str, str] = field(default_factory=dict)  # purpose -> decision
    check_in: dict[str, list[str]] | None = None  # question -> chosen codes, sent
    shares: str = ""  # words that may be shared with the other side
    paused: str = ""


@dataclass(frozen=True)
class Story:
    place: str
    events: tuple[Event, ...]
    opened_days_ago: int
    reach: str
    people: tuple[Person, ...] = ()
    close_reason: str = ""


PLACES = (
    Place(
        "harbour",
        "Harbour Hospital",
        "Europe/London",
        "020 7946 0123",
        "If life is in danger, any hour: 999\nSamaritans, any hour: 116 123",
        "Employee assistance: 020 7946 0456, any hour, free, your employer hears no names\n"
        "Counsellor or psychologist: 020 7946 0457, weekdays 9 to 17, six talks are free, in no hospital record\n"
        "Chaplain: 020 7946 0458, any hour, for people of any faith and of none, nothing is written down\n"
        "Legal advice from your union: 020 7946 0459, weekdays 8 to 18, for members\n"
        "Your own doctor: ring the surgery where you are registered",
    ),
    Place(
        "riviere",
        "Hôpital de la Rivière",
        "America/Toronto",
        "514 555 0142",
        "If life is in danger, any hour: 911\nSuicide Crisis Helpline, any hour: 988",
        "Employee assistance: 514 555 0156, any hour, free, in French and English\n"
        "Chaplain: quiet room on floor 2, weekdays 12 to 14",
        {"colour_brand": "#5b3f7a", "colour_brand_dark": "#c3a9e0"},
    ),
)

STAFF = (  # (sign-in, name, place, role)
    ("lead", "Ruth Adeyemi", "harbour", "lead"),
    ("facilitator", "Sam Okafor", "harbour", "facilitator"),
    ("peer", "Tom Lindqvist", "harbour", "peer"),
    ("coordinator", "Grace Achieng", "harbour", "coordinator"),
    ("admin", "Petra Novak", "harbour", "admin"),
    ("privacy", "Idris Bevan", "harbour", "privacy"),
    ("facilitator.riviere", "Noémie Gagnon", "riviere", "facilitator"),
)

YES = {"take_part": "given", "count_answers": "given"}
TO_MEET = {**YES, "meet": "given"}

MARIA = {
    "feeling": ["up-and-down"],
    "talking": ["want"],
    "pressure": ["no"],
    "hopes": ["heard", "apology"],
    "hear-from": ["there"],
}
AISHA = {
    "feeling": ["managing"],
    "changed": ["sleep", "sure"],
    "talking": ["might"],
    "pressure": ["no"],
    "hopes": ["apology", "listen"],
    "worries": ["anger", "words"],
}

STORIES = (
    Story(
        "harbour",
        (Event("INC-20417", "Medication given at the wrong dose", 210, "severe", "severe", "Children's ward"),),
        60,
        "preparing",
        (
            Person(
                "Maria Lopez",
                "harmed",
                "patient",
                "patient@demo.example",
                says=TO_MEET,
                check_in=MARIA,
                shares="I would like you to know that I think about that night too, and that I hope you are well.",
            ),
            Person("Daniel Lopez", "harmed", "family", "family@demo.example", says=YES),
            Person("Aisha Rahman", "staff", "hcw", "hcw@demo.example", says=YES, check_in=AISHA),
            Person("Inés Ferrer", "harmed", "supporter", "supporter@demo.example", with_="Maria Lopez", says=YES),
        ),
    ),
    Story("harbour", (Event("INC-20960", "Fall on the ward", 12, "moderate", "unknown", "Older people"),), 3, "opened"),
    Story(
        "harbour",
        (Event("INC-20888", "Delayed diagnosis", 95, "severe", "moderate", "Emergency"),),
        20,
        "mapped",
        (Person("Gwenllian Prŷs", "harmed", "family"), Person("Peter Hollis", "staff", "hcw")),
    ),
    Story(
        "harbour",
        (Event("INC-20790", "Complication after surgery", 130, "moderate", "moderate"),),
        40,
        "offered",
        (
            Person("محمد الحداد", "harmed", "patient", says={"take_part": "later"}),
            Person("Chidi Nwosu", "staff", "hcw", says={"take_part": "declined"}),
        ),
    ),
    Story(
        "harbour",
        (Event("INC-20511", "Birth with lasting injury", 400, "severe", "severe", "Maternity"),),
        90,
        "preparing",
        (
            Person("Siobhán Byrne", "harmed", "patient", says=TO_MEET),
            Person("Helen Marsh", "staff", "hcw", says=TO_MEET, paused="parallel"),
        ),
    ),
    Story(
        "harbour",
        (
            Event("INC-20333", "Surgical mesh", 900, "severe", "severe"),
            Event("INC-20334", "Surgical mesh, second operation", 700, "moderate", "severe"),
        ),
        120,
        "arranged",
        (
            Person("Joan Whitaker", "harmed", "patient", says=TO_MEET),
            Person("Dr. Ravi Menon", "staff", "hcw", says=TO_MEET),
        ),
    ),
    Story(
        "harbour",
        (Event("INC-19877", "Death after a missed infection", 500, "fatal", "severe", "Intensive care"),),
        200,
        "held",
        (
            Person("Arthur Penrose", "harmed", "family", says=TO_MEET),
            Person("Leila Haddad", "staff", "hcw", says=TO_MEET),
        ),
    ),
    Story(
        "harbour",
        (Event("INC-19650", "Wrong result given by phone", 420, "low", "moderate", "Laboratory"),),
        240,
        "closed",
        (Person("Kofi Mensah", "harmed", "patient", says=YES), Person("Anna Weber", "staff", "hcw", says=YES)),
        close_reason="needs",
    ),
    Story(
        "riviere",
        (Event("EV-771", "Chute à domicile", 60, "moderate", "low", "Home care"),),
        15,
        "mapped",
        (Person("Édith Tremblay", "harmed", "patient"), Person("Jean-Luc Côté", "staff", "hcw")),
    ),
)
