"""PostgreSQL and Valkey for one installation: the addresses given, or the embedded pair."""

import os
from dataclasses import dataclass

from . import outside, valkey
from .accounts import Account
from .places import Folders
from .postgres import ADDRESSES, Postgres
from .programs import Programs
from .software import Software, reachable


@dataclass(frozen=True)
class Services:
    programs: Programs
    folders: Folders
    account: Account
    for_tests: bool

    def start(self, kept: dict[str, str]) -> dict[str, str]:
        """The addresses of the database (one per role) and of the broker. `kept` are the settings of earlier starts."""
        given = {name: os.environ[name] for name in (*ADDRESSES.values(), "REDIS_URL") if os.environ.get(name)}
        if "DATABASE_URL" in given and "REDIS_URL" in given:
            return outside.addresses(given, kept, for_tests=self.for_tests) | {"REDIS_URL": given["REDIS_URL"]}
        software = reachable(self.account)
        database = (
            outside.addresses(given, kept, for_tests=self.for_tests)
            if "DATABASE_URL" in given
            else self._postgres(software)
        )
        return database | {"REDIS_URL": given.get("REDIS_URL") or self._valkey(software)}

    def _postgres(self, software: Software) -> dict[str, str]:
        postgres = Postgres(software, self.account, self.folders.data / "postgres", self.folders.sockets)
        postgres.initialise(for_tests=self.for_tests)
        postgres.start(self.programs, for_tests=self.for_tests)
        postgres.prepare_database(for_tests=self.for_tests)
        return postgres.addresses()

    def _valkey(self, software: Software) -> str:
        folder = self.folders.data / "valkey"
        return valkey.start(self.programs, software, self.account, folder, self.folders.sockets)
