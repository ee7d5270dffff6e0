"""Why something of the web isn't had. Stays in this adapter: people are told nothing."""


class RefusedError(Exception):
    """`reason` is a few words for the log; nothing of what the other side said."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotPublicError(RefusedError):
    """It lies where nobody is asked: not at a public address, or not at a port of the web. To ask again is of no
    use."""
