"""What is kept of a question while somebody is still typing."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from facilitation.instruments import Answer
from facilitation.instruments.form import QuestionForm


def so_far(form: QuestionForm, before: Answer) -> dict[str, Any]:
    """Each part that makes sense as it was typed; a part that does not stays as it was."""
    unclear = set(form.errors)
    typed = form.answer()
    parts = {name: (before if name in unclear else typed).get(name) for name in form.fields}
    return {name: value for name, value in parts.items() if value}


def completed(typed: QueryDict, before: Mapping[str, Any]) -> QueryDict:
    """What was typed just now, beside what was kept before: only the fields that changed are posted."""
    data = typed.copy()
    codes = typed.getlist("codes") if "codes" in typed else before.get("codes", [])
    data.setlist("codes", [code for code in codes if code])
    data.setdefault("text", before.get("text", ""))
    if not any(name.startswith("date_") for name in typed) and before.get("date"):
        year, month, day = before["date"].split("-")
        data.update({"date_0": day, "date_1": month, "date_2": year})
    return data
