"""FHIR that is broken in the ways in which it arrives, and in ways that are meant to hurt."""

import json
from datetime import date
from typing import Any

import pytest
from importing import DATA, R4, bundle, fhir, of_file, other_type, outcomes, problem, record

from cases.importers import EventRecord, Skipped, Taken, Wrong

RASH = of_file("fhir/r4/AdverseEvent-example.json")[0].record
IDENTIFIER = {"system": "http://acme.com/ids/patients/risks", "value": "49476534"}


def one(**changes: Any) -> Any:
    (outcome,) = outcomes(fhir(**changes))
    return outcome


def wrong(sentence: str) -> Wrong:
    return Wrong(1, f"Entry 1: {sentence}")


def changed(**fields: Any) -> Taken:
    known = {name: getattr(RASH, name) for name in EventRecord.__slots__}
    return Taken(1, EventRecord(**(known | fields)))


def event(reference: str, **changes: Any) -> dict[str, Any]:
    return {"resourceType": "AdverseEvent", "actuality": "actual", "identifier": {"value": reference}} | changes


# --- whole files ---


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Choose the file with the events."),
        (b" \r\n\t\n", "The file is empty. Choose the file with the events."),
        (b"\xef\xbb\xbf", "The file is empty. Choose the file with the events."),
        (b"\x1f\x8b\x08\x00", "The file is compressed (gzip). Unpack it and choose the file inside."),
        (
            b"PK\x03\x04xl/workbook.xml",
            "The file is a zip archive or an Excel workbook. Unpack it, or save the sheet as CSV.",
        ),
        (b"%PDF-1.7", "The file is a PDF. Export the events as FHIR JSON or CSV."),
        (b"\x89PNG\r\n\x1a\n\x00", "The file is not text. Export the events as FHIR JSON or CSV."),
        (fhir().decode().encode("utf-16"), "The file is in UTF-16. Save it as UTF-8 and choose it again."),
        (fhir().decode().encode("utf-16-le"), "The file is in UTF-16. Save it as UTF-8 and choose it again."),
        (fhir().decode().encode("utf-16-be"), "The file is in UTF-16. Save it as UTF-8 and choose it again."),
        (
            '{"resourceType": "AdverseEvent", "id": "Zoë"}'.encode("latin-1"),
            "The file is not in UTF-8 in entry 1. Save it as UTF-8 and choose it again.",
        ),
        (fhir()[:-20], "The file is cut off in entry 1. Get the whole file again."),
        (bundle(R4, event("2"))[:-30], "The file is cut off in entry 2. Get the whole file again."),
        (fhir() + b" true", "The file is not JSON in line 1. Export it again."),
        (fhir(event=float("nan")), "The file is not JSON in entry 1. Export it again."),
        (b'[{"a": ' + b"1" * 5_000 + b"}]", "The file is not JSON in entry 1. Export it again."),
        (b"[1, 2,\n 3 4]", "The file is not JSON in line 2. Export it again."),
        (b'{"resourceType": "Bundle", "entry": {}}', "The Bundle's entry is not a list. Export the file again."),
        (
            b'{"resourceType": "Bundle", "entry": [], "entry": []}',
            'The key "entry" is there twice. Export the file again.',
        ),
        (
            b'{"entry": [], "resourceType": "AdverseEvent"}',
            "The file is an AdverseEvent with entries, which FHIR does not know. Export it again.",
        ),
        (b"[" * 200, "Entry 1 is nested deeper than 60 levels. Check that this is the right file."),
        (
            b'[{"a": [' + b"1," * 100_000 + b"1]}]",
            "Entry 1 has more than 100000 values. Check that this is the right file.",
        ),
        (
            b'[{"resourceType": "Patient", "photo": "' + b"A" * 9_000_000 + b'"}]',
            "Entry 1 is larger than 8 MB. Leave out attachments and images.",
        ),
    ],
)
def test_a_file_of_no_use_says_what_it_is(content: bytes, sentence: str) -> None:
    assert problem(content) == f"file: {sentence}"


def test_a_mark_of_utf8_at_the_start_is_welcome() -> None:
    assert outcomes(b"\xef\xbb\xbf" + fhir()) == [Taken(1, RASH)]


def test_the_name_of_the_file_decides_nothing() -> None:
    assert outcomes(b"\n\n  " + fhir()) == [Taken(1, RASH)]


@pytest.mark.parametrize("content", [b'{"resourceType": "Bundle", "total": 0}', b'{"resourceType": "Bundle"}', b"[]"])
def test_nothing_to_take_is_no_mistake(content: bytes) -> None:
    assert outcomes(content) == []


def test_a_list_and_one_resource_to_a_line_give_the_same_as_a_bundle() -> None:
    other = event("2")
    expected = [Taken(1, RASH), Taken(2, record("2"))]
    assert outcomes(bundle(R4, other)) == expected
    assert outcomes(json.dumps([R4, other]).encode()) == expected
    assert outcomes(f"{json.dumps(R4)}\r\n{json.dumps(other)}\r\n".encode()) == expected


def test_the_order_of_keys_does_not_matter() -> None:
    entries = json.dumps([{"resource": R4}])
    assert outcomes(f'{{"entry": {entries}, "resourceType": "Bundle"}}'.encode()) == [Taken(1, RASH)]


def test_a_broken_line_spoils_only_itself() -> None:
    good, other = json.dumps(R4), json.dumps(event("2"))
    assert outcomes(f'{good}\n\n{other[:-1]}\n{{"a": 1}} x\n{other}'.encode()) == [
        Taken(1, RASH),
        Wrong(3, "Line 3 is not JSON. It should be one whole AdverseEvent."),
        Wrong(4, "Line 4 is not JSON. It should be one whole AdverseEvent."),
        Taken(5, record("2")),
    ]


def test_entries_that_hold_no_event() -> None:
    content = {"resourceType": "Bundle", "entry": [{}, {"resource": None}, {"resource": 3}, 3, {"resource": {}}]}
    missing = "resourceType is missing. It should be AdverseEvent."
    assert outcomes(json.dumps(content).encode()) == [
        Skipped(1, "Entry 1 holds no resource."),
        Skipped(2, "Entry 2 holds no resource."),
        Wrong(3, f"Entry 3: {missing}"),
        Wrong(4, f"Entry 4: {missing}"),
        Wrong(5, f"Entry 5: {missing}"),
    ]


def test_a_bundle_in_a_bundle_is_not_opened() -> None:
    assert outcomes(bundle({"resourceType": "Bundle", "entry": [{"resource": R4}]})) == [other_type(1, "Bundle")]


# --- what counts as a harm event ---


@pytest.mark.parametrize("changes", [{"actuality": "potential"}, {"category": "PAE", "without": ("actuality",)}])
def test_what_did_not_happen_is_skipped(changes: dict[str, Any]) -> None:
    reason = "is something that could have happened and did not. If somebody was affected, add the event by hand."
    assert one(**changes) == Skipped(1, f"Entry 1 {reason}")


def test_an_event_entered_in_error_is_skipped() -> None:
    skipped = Skipped(1, "Entry 1 was entered in error, says the source.")
    modifier = [{"url": "http://x.example/StructureDefinition/status", "valueCode": "entered-in-error"}]
    assert one(status="entered-in-error") == skipped
    assert one(modifierExtension=modifier) == skipped


def test_a_modifier_that_is_not_known_is_not_ignored() -> None:
    modifier = [{"url": "http://x.example/not-this-patient", "valueBoolean": True}]
    right = "modifierExtension changes the meaning in a way that is not known here. Leave it out."
    assert one(modifierExtension=modifier) == wrong(right)


@pytest.mark.parametrize("changes", [{"actuality": "Actual"}, {"actuality": 1}, {"without": ("actuality",)}])
def test_actuality_says_which(changes: dict[str, Any]) -> None:
    assert one(**changes) == wrong("actuality should be actual or potential.")


# --- fields ---

NOT_A_DATE = "date is not a date. It should be a date such as 2024-03-31, 2024-03 or 2024."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"date": "2026-02-30"}, "date is 2026-02-30, a day that does not exist. It should be a real date."),
        ({"date": "2024-00-01"}, "date is 2024-00-01, a day that does not exist. It should be a real date."),
        ({"date": "0000-01-01"}, "date is 0000-01-01, a day that does not exist. It should be a real date."),
        ({"date": "0191-05-02"}, "date is in the year 0191, before 1920. Check the year."),
        ({"date": "2999-01-01"}, "date is 2999-01-01, a day to come. Check the date."),
        ({"date": "31/03/2024"}, NOT_A_DATE),
        ({"date": "2024-03-31 10:00"}, NOT_A_DATE),
        ({"date": "Mrs Smith fell"}, NOT_A_DATE),
        ({"date": "٢٠٢٤-٠٣-٣١"}, NOT_A_DATE),
        ({"date": 20240331}, NOT_A_DATE),
        ({"detected": "2017-01-27"}, "detected (2017-01-27) is before date (2017-01-29). Check both dates."),
        ({"recordedDate": "2016"}, None),
        ({"recordedDate": "2016-12-31"}, "recordedDate (2016-12-31) is before date (2017-01-29). Check both dates."),
        ({"identifier": "49476534"}, "identifier should be an object or a list of objects."),
        ({"identifier": ["49476534"]}, "identifier should be an object or a list of objects."),
        ({"identifier": {"value": 49476534}}, "value should be text."),
        (
            {"identifier": {"value": "9" * 201}},
            "value is longer than 200 characters. It should be a code or a short name.",
        ),
        (
            {"identifier": {"value": "a\u0000b"}},
            "value has characters that cannot be stored. Write it in plain text.",
        ),
        (
            {"identifier": {"value": "\u202e43567494"}},
            "value has characters that cannot be stored. Write it in plain text.",
        ),
        (
            {"identifier": [], "id": ""},
            "identifier and id are both missing, so the event could not be found again. Give it an identifier.",
        ),
        ({"meta": {"versionId": 3}}, "versionId should be text."),
        ({"severity": "mild"}, "severity should be an object or a list of objects."),
        ({"severity": {"coding": [3]}}, "coding should be an object or a list of objects."),
    ],
)
def test_a_wrong_field_is_named_with_what_would_be_right(changes: dict[str, Any], sentence: str | None) -> None:
    assert one(**changes) == (wrong(sentence) if sentence else Taken(1, RASH))


def test_a_key_that_is_there_twice_is_wrong_wherever_it_is() -> None:
    twice = wrong("actuality is there twice. It should be there once.")
    assert outcomes(fhir().replace(b'"actuality"', b'"actuality": "potential", "actuality"')) == [twice]
    nested = fhir().replace(b'"value"', b'"value": "1", "value"')
    assert outcomes(nested) == [wrong("value is there twice. It should be there once.")]
    in_bundle = bundle(R4, event("2")).replace(b'"actuality"', b'"actuality": "x", "actuality"', 1)
    assert outcomes(in_bundle) == [twice, Taken(2, record("2"))]


@pytest.mark.parametrize("repeated", [b'"type": "searchset", "type"', b'"meta": {"a": 1, "a": 2}, "type"'])
def test_a_repeated_key_of_the_bundle_itself_spoils_no_entry(repeated: bytes) -> None:
    assert outcomes(bundle(R4).replace(b'"type"', repeated)) == [Taken(1, RASH)]


@pytest.mark.parametrize(
    ("when", "day", "precision"),
    [
        ("2017", date(2017, 1, 1), "year"),
        ("2017-05", date(2017, 5, 1), "month"),
        ("2017-05-02", date(2017, 5, 2), "day"),
        ("2017-05-02T23:59:59.123456789-11:00", date(2017, 5, 2), "day"),
        ("2024-02-29T00:00:00Z", date(2024, 2, 29), "day"),
    ],
)
def test_a_date_is_as_exact_as_the_source(when: str, day: date, precision: str) -> None:
    assert one(date=when) == changed(occurred_on=day, occurred_precision=precision)


@pytest.mark.parametrize("empty", [[], {}, "", None])
def test_what_is_empty_counts_as_absent(empty: Any) -> None:
    assert one(date=empty) == changed(occurred_on=None, occurred_precision="unknown")
    assert one(category=empty or []) == changed(kind="O/E - itchy rash")
    assert one(severity=empty) == changed(physical_harm="unknown", harm_original="Non-serious")
    assert one(identifier=empty) == changed(source_system="fhir", reference="example")
    assert one(severity={"coding": empty}) == changed(physical_harm="unknown", harm_original="Non-serious")


def test_when_it_was_noticed_is_not_when_it_happened() -> None:
    only_noticed = one(without=("date",), detected="2017-02-03")
    assert only_noticed == changed(occurred_on=None, occurred_precision="unknown", recorded_on=date(2017, 2, 3))


def test_an_old_identifier_gives_way_and_a_system_is_preferred() -> None:
    identifiers = [{"use": "old", "system": "http://old.example", "value": "0"}, {"value": "1"}, IDENTIFIER]
    assert one(identifier=identifiers) == Taken(1, RASH)


def test_an_id_is_kept_with_the_server_it_came_from() -> None:
    resource = {key: value for key, value in R4.items() if key != "identifier"}
    from_server = {
        "resourceType": "Bundle",
        "entry": [
            {"fullUrl": "https://fhir.example/r4/AdverseEvent/example", "resource": resource},
            {"fullUrl": "urn:uuid:1", "resource": resource | {"meta": {"source": "urn:datix"}}},
            {"fullUrl": "urn:uuid:2", "resource": resource},
        ],
    }
    found = [outcome.record.source_system for outcome in outcomes(json.dumps(from_server).encode())]
    assert found == ["https://fhir.example/r4", "urn:datix", "fhir"]


# --- privacy: what is never read ---


def test_no_words_and_no_names_come_along() -> None:
    secret = "Mrs Smith, bed 4"
    told = fhir(
        description=secret,
        note=[{"text": secret}],
        subject={"display": secret},
        recorder={"display": secret},
        event={"text": secret},
        category=[{"text": secret, "coding": [{"display": secret}]}],
        severity={"text": secret, "coding": [{"code": secret}]},
        location={"display": secret * 9},
    )
    (outcome,) = outcomes(told)
    assert outcome == changed(kind="", physical_harm="unknown", harm_original="Non-serious")


def test_a_display_too_long_for_a_category_gives_its_code() -> None:
    patient = of_file("fhir/r5/ae-care/AdverseEvent-clinicalcareexample2patient.json")[0]
    told = json.loads((DATA / "fhir/r5/ae-care/AdverseEvent-clinicalcareexample2patient.json").read_text())
    (without_category,) = outcomes(json.dumps(told | {"category": []}).encode())
    assert (patient.record.kind, without_category.record.kind) == ("Medication Mishap", "370927008")


# --- the same event again ---


def stages() -> tuple[dict[str, Any], dict[str, Any]]:
    folder = DATA / "fhir/r5/ae-care"
    first, second = (
        json.loads((folder / f"AdverseEvent-clinicalcareexample1stage{number}.json").read_text()) for number in (1, 2)
    )
    return first, second


def test_the_newest_version_in_a_file_is_taken() -> None:
    first, second = stages()
    older, newer = (outcomes(json.dumps(stage).encode())[0].record for stage in stages())
    assert outcomes(bundle(second, first)) == [
        Taken(1, newer),
        Skipped(2, "Entry 2 is not taken: entry 1 has a newer version of the same event."),
    ]
    assert outcomes(bundle(first, second)) == [
        Taken(1, older),
        Taken(2, newer),
        Skipped(1, "Entry 1 is not taken: entry 2 has a newer version of the same event.", taken_back=True),
    ]


def test_one_event_that_harmed_several_people_is_taken_once() -> None:
    _, second = stages()
    patient = json.loads((DATA / "fhir/r5/ae-care/AdverseEvent-clinicalcareexample2patient.json").read_text())
    rows = outcomes(bundle(second, patient))
    assert rows[1:] == [Skipped(2, "Entry 2 is not taken: entry 1 has the same event.")]


def test_without_versions_the_gravest_harm_is_taken() -> None:
    mild, severe = ({"coding": [{"code": code}]} for code in ("mild", "severe"))
    content = bundle(event("1", severity=mild), event("1", severity=severe), event("1", severity=mild))
    low, high = (
        record("1", physical_harm=step, harm_original=code) for step, code in (("low", "mild"), ("severe",) * 2)
    )
    assert outcomes(content) == [
        Taken(1, low),
        Taken(2, high),
        Skipped(1, "Entry 1 is not taken: entry 2 has the same event; its harm grade differs.", taken_back=True),
        Skipped(3, "Entry 3 is not taken: entry 2 has the same event; its harm grade differs."),
    ]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ({"versionId": "9"}, {"versionId": "10"}, 2),
        ({"versionId": "10"}, {"versionId": "9"}, 1),
        ({"lastUpdated": "2024-01-01T23:00:00Z"}, {"lastUpdated": "2024-01-02T00:30:00+02:00"}, 1),
        ({"lastUpdated": "2024-01-01T22:00:00Z"}, {"lastUpdated": "2024-01-02T00:30:00+02:00"}, 2),
        ({"versionId": "b"}, {"versionId": "a"}, 1),
        ({"versionId": "b", "lastUpdated": "2024-01-01"}, {"versionId": "a", "lastUpdated": "2024-01-02"}, 2),
    ],
)
def test_versions_are_put_in_order(first: dict[str, str], second: dict[str, str], kept: int) -> None:
    rows = outcomes(bundle(event("1", meta=first), event("1", meta=second)))
    taken_back = {row.row for row in rows if isinstance(row, Skipped) and row.taken_back}
    assert {row.row for row in rows if isinstance(row, Taken)} - taken_back == {kept}
