"""What can go wrong, each with a sentence that a person may read."""


class HealingError(Exception):
    """The sentence says what to do next; it never says anything about another person."""

    sentence = "That is not possible right now. Nothing was changed."

    def __init__(self, sentence: str = "", *, keeps: bool = False) -> None:
        super().__init__(sentence or self.sentence)
        self.keeps = keeps  # what was written before stays, such as the count of wrong codes

    def __str__(self) -> str:
        return str(self.args[0])


class NotAllowed(HealingError):
    sentence = "Your role does not include this. Ask the person who leads the programme."


class IllegalMove(HealingError):
    sentence = "This has moved on since you opened the page. Look at it again before you go on."


class ConsentMissing(HealingError):
    sentence = "This needs a yes that is not there."


class NotReady(HealingError):
    """The gate is closed: `reasons` are the sentences a facilitator sees."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


class KeyMissing(HealingError):
    sentence = "These words cannot be read: their key is gone or not configured."


class NoScope(RuntimeError):
    """A programming mistake: protected rows were read without saying for whom."""
