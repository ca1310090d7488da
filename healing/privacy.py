"""Every field of every model is classified, so that nobody can add a place for words without saying so.

A model carries `Privacy = {"field": Kind}`; the test suite fails on a field that is left out.
"""

from enum import StrEnum


class Kind(StrEnum):
    IDENTITY = "identity"  # who a person is, or a key that leads to a person
    CONTACT = "contact"  # how to reach a person
    WORDS = "words"  # what a person said or what was written about them
    FACT = "fact"  # what happened in the process: decisions, dates, codes
    OPERATIONAL = "operational"  # what the machine needs


IDENTITY, CONTACT, WORDS, FACT, OPERATIONAL = Kind
