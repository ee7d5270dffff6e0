"""Why a content can't be taken: said by the worker, as the code of an error."""


class RefusedError(Exception):
    """`code` is one of InvalidError's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def broken() -> RefusedError:
    return RefusedError("media_broken")


def too_complex() -> RefusedError:
    return RefusedError("media_too_complex")
