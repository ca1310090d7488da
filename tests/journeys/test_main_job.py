"""The main job in a real browser: from a file of harm events to the last form, each person in a browser of their own."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.journeys.acts import Facilitator, Participant, Postbox, staff_sign_in
from tests.journeys.inspector import Inspector
from tests.journeys.stack import ROOT

FHIR = ROOT / "tests" / "data" / "fhir"
FILES = {True: (FHIR / "r5/ae-care/AdverseEvent-clinicalcareexample2patient.json", ""), False: (FHIR / "r4/AdverseEvent-example.json", "49476534")}
PATIENT, NURSE, SUPPORTER = "Rosamund Quill", "Nadia Ferreira", "Leopold Quill"
HERS, NURSES = "a lighthouse in the marzipan", "a kettle full of violins"  # words that stay where they were written
FEELS = {"feeling": "Up and down", "talking": "I want to", "pressure": "No", "next": "Start to get ready"}
MANAGES = {"feeling": "I am managing", "talking": "I might want to", "listen": "Yes", "next": "Call me"}
LOW = {"feeling": "Very low or very upset"}
PLACE = "The garden room"
PROMISE = "show what has changed on the ward"


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_the_main_job(stack: Any, someone: Any, javascript: bool) -> None:
    here = {"javascript": javascript}
    looks = (lambda **more: Inspector(**more)) if javascript else (lambda **more: None)
    post = Postbox(someone(javascript=False))
    sam = Facilitator(someone(**here, inspector=looks()))
    rosamund = Participant(someone(**here, phone=True, inspector=looks(narrow=True)), f"rosamund.{javascript}@home.example")
    nadia = Participant(someone(**here, inspector=looks(narrow=True)), f"nadia.{javascript}@home.example")

    staff_sign_in(sam.person, "facilitator", stack.password)
    given_a_case_from_a_file(sam, *FILES[javascript])
    given_people_who_were_invited(sam, post, rosamund, nadia, javascript)
