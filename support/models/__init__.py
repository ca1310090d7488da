from support.models.due_work import Due, Effect
from support.models.keys import Key
from support.models.log import Encounter, Reminder
from support.models.people import Away, Channel, Competence, Exclusion, Lead, Load, Supporter, Unit
from support.models.requests import Alarm, Page, Request
from support.models.rota import Shift, Swap

__all__ = [
    "Alarm",
    "Away",
    "Channel",
    "Competence",
    "Due",
    "Effect",
    "Encounter",
    "Exclusion",
    "Key",
    "Lead",
    "Load",
    "Page",
    "Reminder",
    "Request",
    "Shift",
    "Supporter",
    "Swap",
    "Unit",
]
