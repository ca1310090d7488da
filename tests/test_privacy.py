"""Every field of every model says what kind of data it holds."""

from django.apps import apps
from django.db.models import Model

from healing.privacy import Kind
from healing.sealed import SealedTextField

OURS = {"healing", "cases", "facilitation", "support", "reports"}
MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]


def declared(model: type[Model]) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for base in reversed(model.__mro__):
        kinds |= vars(base).get("Privacy", {})
    return kinds


def test_every_field_is_classified_and_nothing_else_is() -> None:
    wrong = {
        model.__name__: fields ^ declared(model).keys()
        for model in MODELS
        if (fields := {field.name for field in model._meta.local_fields}) ^ declared(model).keys()
    }

    assert wrong == {}


def test_words_are_sealed() -> None:
    """What a person said or what was written about them is never stored in the clear."""
    in_the_clear = [
        f"{model.__name__}.{name}"
        for model in MODELS
        for name, kind in declared(model).items()
        if kind is Kind.WORDS and not isinstance(model._meta.get_field(name), SealedTextField)
    ]

    assert in_the_clear == []


def test_a_participant_s_name_and_contact_are_sealed() -> None:
    sealed = {
        f"{model.__name__}.{field.name}"
        for model in MODELS
        for field in model._meta.local_fields
        if isinstance(field, SealedTextField)
    }

    assert {"Participant.name", "SafeContact.email", "SafeContact.phone", "SafeContact.times"} <= sealed
