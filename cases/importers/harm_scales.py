"""Harm scales as data, each mapped to one scale of our own.

Numbers of the English LFPSE scales run downwards: 1 is the gravest. The AHRQ scale has one axis for body and mind;
it is kept on the physical axis.
"""

STEPS = ("none", "low", "moderate", "severe", "fatal", "unknown")

NOT_GRADED = {"not applicable": "", "harm level missing": "unknown", "not known": "unknown", "unknown": "unknown"}

SCALES = {
    "words": {
        "none": "none",
        "no harm": "none",
        "low": "low",
        "low harm": "low",
        "mild": "low",
        "minor": "low",
        "moderate": "moderate",
        "moderate harm": "moderate",
        "severe": "severe",
        "severe harm": "severe",
        "fatal": "fatal",
        "death": "fatal",
    },
    "ahrq": {
        "a": "fatal",
        "b": "severe",
        "c": "moderate",
        "d": "low",
        "e": "none",
        "f": "unknown",
        "death": "fatal",
        "severe harm": "severe",
        "moderate harm": "moderate",
        "mild harm": "low",
        "no harm": "none",
    },
    "lfpse_physical": {
        "1": "fatal",
        "2": "severe",
        "3": "moderate",
        "4": "low",
        "5": "none",
        "fatal": "fatal",
        "severe physical harm": "severe",
        "moderate physical harm": "moderate",
        "low physical harm": "low",
        "no physical harm": "none",
    },
    "lfpse_psychological": {
        "1": "severe",
        "2": "moderate",
        "3": "low",
        "4": "none",
        "severe psychological harm": "severe",
        "moderate psychological harm": "moderate",
        "low psychological harm": "low",
        "no psychological harm": "none",
    },
    "words_psychological": {
        "none": "none",
        "no harm": "none",
        "low": "low",
        "mild": "low",
        "moderate": "moderate",
        "severe": "severe",
    },
    "nrls": {"no harm": "none", "low": "low", "moderate": "moderate", "severe": "severe", "death": "fatal"},
}

# Codes of severity, grade, seriousness and outcome in FHIR. "Serious" is a rule for reporting and not a grade, so it
# stays unknown. Grades and criteria are codes of the NCI Thesaurus.
FHIR_CODES = {
    "mild": "low",
    "moderate": "moderate",
    "severe": "severe",
    "serious": "unknown",
    "non-serious": "unknown",
    "fatal": "fatal",
    "c41338": "low",
    "c41339": "moderate",
    "c41340": "severe",
    "c41337": "severe",  # grade 4: life in danger, or disabling
    "c48275": "fatal",
    "c84266": "severe",  # life-threatening
    "c11338": "severe",  # lasting disability
    "c83117": "severe",  # congenital anomaly
    "c83052": "moderate",  # needed a stay in hospital
}


def step(scale: str, value: str) -> str | None:
    """The step for a value of a scale; "" when there is no value; None when the scale does not have the value."""
    key = value.casefold()
    return "" if not key else SCALES[scale].get(key, NOT_GRADED.get(key))


def gravity(grade: str) -> int:
    """Larger is graver. An unknown grade counts less than any known one, and no grade least."""
    return {"": -2, "unknown": -1}.get(grade, STEPS.index(grade) if grade in STEPS else -2)


def gravest(grades: list[str]) -> str:
    """When one source gives several grades, the highest counts."""
    return max(grades, key=gravity, default="")
