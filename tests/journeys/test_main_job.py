"""The main job in real browsers: from a file of harm events to the last form, each person in a browser of their own."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.journeys.acts import Facilitator, Participant, Postbox, staff_sign_in
from tests.journeys.inspector import Inspector
from tests.journeys.stack import ROOT

FHIR = ROOT / "tests" / "data" / "fhir"
R5 = (FHIR / "r5" / "AdverseEvent-example.json", "49476534")
R4 = (FHIR / "r4" / "backport" / "AdverseEvent-adverse-event-device-death.json", "adverse-event-device-death")
PATIENT, NURSE, SUPPORTER = "Rosamund Quill", "Nadia Ferreira", "Leopold Quill"
PATIENTS_WORDS, NURSES_WORDS = "a lighthouse of marzipan", "a kettle full of violins"
PATIENT_TELLS = {"feeling": "Very low or very upset", "talking": "I want to", "pressure": "No"}
NURSE_TELLS = {"feeling": "I am managing", "talking": "I might want to", "listen": "Yes", "next": "Call me"}
LOOKING_BACK = {"feeling": "Steady enough", "listened": "Yes", "honest": "In part", "wishes": "Nothing more"}
PLACE, PROMISE, UNIT = "The garden room", "Show what has changed on the ward", "The ward's lead"


@pytest.mark.parametrize(("javascript", "file", "reference"), [(True, *R5), (False, *R4)], ids=["javascript", "plain"])
def test_the_main_job(stack: Any, someone: Any, javascript: bool, file: Any, reference: str) -> None:
    inspector = Inspector() if javascript else None

    def enters(**how: Any) -> Any:
        return someone(javascript=javascript, inspector=inspector, **how)

    post = Postbox(someone(javascript=False))
    sam = Facilitator(enters())
    patient = Participant(enters(phone=True), f"quill@{reference}.example")
    nurse = Participant(enters(phone=True, dark=True), f"ferreira@{reference}.example")

    staff_sign_in(sam.person, "facilitator", stack.password)
    given_a_case_from_a_file(sam, file, reference)
    given_people_who_were_invited(sam, post, patient, nurse)
    elsewhere = Participant(enters(phone=True), patient.email)
    when_the_patient_checks_in(patient, elsewhere, post)
    when_the_nurse_checks_in(nurse)
    then_the_gate_opens_step_by_step(sam, patient, nurse, stack.today)
    then_neither_has_learned_of_the_other(patient, elsewhere, nurse, post)

    day = stack.today + timedelta(days=2)
    when_the_conversation_is_booked(sam, day)
    then_each_has_it_with_a_letter(day, post, patient, nurse)
    when_it_was_held(sam, post, promised_by=day + timedelta(days=60))
    then_the_promise_is_kept_in_view(patient, nurse)
    when_the_follow_up_is_answered(post, patient)
    then_the_case_can_be_closed(sam, patient)


def given_a_case_from_a_file(sam: Facilitator, file: Any, reference: str) -> None:
    sam.imports(file, reference).grades(reference, "Severe").opens_a_case()


def given_people_who_were_invited(sam: Facilitator, post: Postbox, patient: Participant, nurse: Participant) -> None:
    sam.adds(PATIENT, "Patient", patient.email)
    sam.adds(NURSE, "Healthcare worker", nurse.email)
    sam.adds(SUPPORTER, "Supporter", f"leopold.{patient.email}", beside=PATIENT)
    for name, person in ((PATIENT, patient), (NURSE, nurse)):
        code = sam.invites(name)
        letter = post.letter(person.email, "This link opens a page of your own")
        assert name not in letter
        assert code not in letter
        person.opens_the_invitation(letter, code).person.sees(f"Hello {name}", "Sam Okafor goes with you")


def when_the_patient_checks_in(patient: Participant, elsewhere: Participant, post: Postbox) -> None:
    """On a phone, as far as it goes that day; and on with it in another browser."""
    patient.answers("check-in", PATIENT_TELLS, {"avoid": PATIENTS_WORDS}, pause_at="avoid")
    elsewhere.signs_in(post).answers("check-in", {"next": "Start to get ready"}, {})
    elsewhere.person.sees(PATIENTS_WORDS, "Very low or very upset", "You chose not to say")
    elsewhere.sends().says_yes("take-part").person.sees("You have said yes to one thing only")


def when_the_nurse_checks_in(nurse: Participant) -> None:
    nurse.answers("check-in", NURSE_TELLS, {"worries": NURSES_WORDS}).sends().says_yes("take-part")


def then_the_gate_opens_step_by_step(sam: Facilitator, patient: Participant, nurse: Participant, today: date) -> None:
    sam.reads_what_was_sent_by(PATIENT).sees(PATIENTS_WORDS).press("I have read")
    sam.reads_what_was_sent_by(NURSE).sees(NURSES_WORDS).press("I have read")
    sam.records_a_yes(SUPPORTER, "Take part").plans(PATIENT, NURSE, SUPPORTER)
    missing = [sam.gate()]
    everybody = (PATIENT, NURSE, SUPPORTER)

    sam.asks(PATIENT, "Meet, in person").asks(NURSE, "Meet, in person").records_a_yes(SUPPORTER, "Meet, in person")
    patient.says_yes("meet-in_person")
    nurse.says_yes("meet-in_person")
    missing.append(sam.gate())
    for day in (today - timedelta(days=1), today):  # twice, because the harm was severe
        for name in everybody:
            sam.notes_a_preparation(name, day)
        missing.append(sam.gate())
    for name in everybody:
        sam.notes_risks_and_strengths(name)
    missing.append(sam.gate())
    missing.append(sam.names_aftercare().gate())

    assert f"There is no standing yes from {NURSE} (staff) to meet in person." in missing[0]
    assert f"One more preparation with {PATIENT} (family) is needed." in missing[2]
    assert [len(sentences) for sentences in missing] == [12, 9, 9, 6, 3, 0]


def then_neither_has_learned_of_the_other(patient: Any, elsewhere: Any, nurse: Any, post: Postbox) -> None:
    """Whatever they have had before their eyes until now, and every letter."""
    patients = [*patient.person.read, *elsewhere.person.read, *post.letters(patient.email)]
    nurses = [*nurse.person.read, *post.letters(nurse.email)]
    assert PATIENTS_WORDS in "".join(patients)
    assert NURSES_WORDS in "".join(nurses)
    assert not [word for word in ("Nadia", "Ferreira", NURSES_WORDS) if word in "".join(patients)]
    assert not [word for word in ("Rosamund", "Leopold", "Quill", PATIENTS_WORDS) if word in "".join(nurses)]
    patient.at("conversation/").sees("Nothing is booked now")


def when_the_conversation_is_booked(sam: Facilitator, day: date) -> None:
    preview = sam.says_when_and_where(day, PLACE).sees(
        "Nothing is booked yet", PLACE, f"{PATIENT}, {SUPPORTER}, {NURSE} and Sam"
    )
    preview.press("Book for").sees("Booked. Everybody invited can see it now")


def then_each_has_it_with_a_letter(day: date, post: Postbox, patient: Participant, nurse: Participant) -> None:
    for one in (patient, nurse):
        one.at().sees("Your conversation is booked", f"{day:%A} {day.day} {day:%B}")
        one.at("conversation/").sees(PLACE, "14:30", PATIENT, NURSE, "What we ask of everyone")
        letter = post.letter(one.email, "You have an appointment")
        for words in (f"{day.day} {day:%B}", "BEGIN:VCALENDAR", "SUMMARY:Appointment"):
            assert words in letter
        assert not [word for word in (PATIENT, NURSE, PLACE, "conversation") if word in letter]


def when_it_was_held(sam: Facilitator, post: Postbox, promised_by: date) -> None:
    post.moves_on("1 day", times=3)
    sam.person.open(sam.case).press("Note how it ended")
    sam.notes_how_it_ended().keeps_a_promise_of(UNIT, PROMISE, promised_by, to=PATIENT)


def then_the_promise_is_kept_in_view(patient: Participant, nurse: Participant) -> None:
    patient.at("promises/").sees(PROMISE, UNIT, "It is still open")
    patient.at("conversation/").sees("It has taken place")
    nurse.at("promises/").sees("No promises are written down yet")


def when_the_follow_up_is_answered(post: Postbox, patient: Participant) -> None:
    post.moves_on("1 day", times=6)  # two, and a weekend with a holiday
    post.letter(patient.email, "we would ask how you are")
    patient.at().sees("Looking back")
    patient.answers("looking-back", LOOKING_BACK, {}).sends()


def then_the_case_can_be_closed(sam: Facilitator, patient: Participant) -> None:
    sam.reads_what_was_sent_by(PATIENT).sees("In part")
    sam.closes().person.sees("is closed")
    patient.at("promises/").sees(PROMISE)
