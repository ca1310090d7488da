from importlib import import_module

from django.apps import AppConfig


class FacilitationConfig(AppConfig):
    name = "facilitation"

    def ready(self) -> None:
        import_module("facilitation.due_work")  # registers what is done and sent
