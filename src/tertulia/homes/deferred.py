"""A part of a home that is made when it is first used: what a function doesn't need it doesn't load."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


def deferred(make: Callable[[], T]) -> T:
    """Stands for what `make` gives, and makes it once, at the first use."""
    return cast("T", _Deferred(make))


class _Deferred:
    """Has the attributes of the thing itself."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        # Looked for only where it isn't there: once the thing is made, its attributes are found without this.
        attribute = getattr(self._made(), name)
        self.__dict__[name] = attribute
        return attribute

    def _made(self) -> object:
        made = self.__dict__.get("_thing")
        if made is None:
            made = self.__dict__["_thing"] = self._make()
        return made
