"""The handlers that Lambda calls. A container has one home and one event loop, made at its first call."""

import asyncio
import os
from collections.abc import Coroutine, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from tertulia.api.operations import Function
from tertulia.edges.functions import logs
from tertulia.homes.aws import AwsHome
from tertulia.homes.aws_settings import read_aws_settings

if TYPE_CHECKING:
    from tertulia.edges.functions.http import HttpFunction

Event = Mapping[str, Any]
Answer = dict[str, Any]


def messages_get(event: Event, context: object) -> Answer:  # noqa: ARG001 - Lambda's names, as below
    return _run(_http(Function.MESSAGES_GET).handle(event))


def messages_post(event: Event, context: object) -> Answer:  # noqa: ARG001
    return _run(_http(Function.MESSAGES_POST).handle(event))


def media_post(event: Event, context: object) -> Answer:  # noqa: ARG001
    return _run(_http(Function.MEDIA_POST).handle(event))


def conversations_get(event: Event, context: object) -> Answer:  # noqa: ARG001
    return _run(_http(Function.CONVERSATIONS_GET).handle(event))


def conversations_post(event: Event, context: object) -> Answer:  # noqa: ARG001
    return _run(_http(Function.CONVERSATIONS_POST).handle(event))


def users_get(event: Event, context: object) -> Answer:  # noqa: ARG001
    return _run(_http(Function.USERS_GET).handle(event))


def users_post(event: Event, context: object) -> Answer:  # noqa: ARG001
    return _run(_http(Function.USERS_POST).handle(event))


def websocket(event: Event, context: object) -> Answer:  # noqa: ARG001
    return _run(_home().websocket.handle(event))


def stream(event: Event, context: object) -> Answer:  # noqa: ARG001
    return _run(_home().stream.handle(event))


def previews(event: Event, context: object) -> Answer:  # noqa: ARG001
    return _run(_home().previews.handle(event))


def notify(event: Event, context: object) -> Answer:  # noqa: ARG001
    return _run(_home().notify.handle(event))


@cache
def _home() -> AwsHome:
    settings = read_aws_settings(os.environ)
    logs.configure(settings.log_level)
    return AwsHome(settings)


@cache
def _http(function: Function) -> "HttpFunction":
    return _home().http(function)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def _run(work: Coroutine[Any, Any, Answer]) -> Answer:
    return _loop().run_until_complete(work)
