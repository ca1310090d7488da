from importlib import import_module

from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "support"

    def ready(self) -> None:
        import_module("support.due_work")  # registers what is due
        # Somebody who waits to be called comes before a letter.
        import_module("healing.due").TABLES.insert(0, self.get_model("Due"))
