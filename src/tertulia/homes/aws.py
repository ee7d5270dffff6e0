"""The serverless home: the parts of a function, put together once a container, each made when it is first used."""

from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.adapters.memory.rates import MemoryRate, Unlimited
from tertulia.api.operations import Function
from tertulia.api.session import scaled_rates
from tertulia.domain import limits
from tertulia.homes.aws_settings import AwsSettings
from tertulia.homes.clock import WallClock
from tertulia.homes.deferred import deferred
from tertulia.ports.accounts import Accounts as AccountsPort
from tertulia.ports.accounts import SessionsEnded
from tertulia.ports.broadcast import Broadcast
from tertulia.ports.pages import Pages
from tertulia.ports.rates import Rate
from tertulia.services.accounts import Accounts
from tertulia.services.chat import Chat
from tertulia.services.conversations import Conversations
from tertulia.services.drafts import KeptDrafts
from tertulia.services.figures import ServerFigures
from tertulia.services.history import HistoryReader
from tertulia.services.library import PictureLibrary
from tertulia.services.locations import Locations
from tertulia.services.media import MediaFiles
from tertulia.services.members import Members
from tertulia.services.messages import Messages
from tertulia.services.notifying import Notifying
from tertulia.services.presence import Presences
from tertulia.services.receipts import Receipts
from tertulia.services.search import MessageSearch
from tertulia.services.statuses import Statuses
from tertulia.services.tickets import Tickets
from tertulia.services.typing import Typing

if TYPE_CHECKING:
    from tertulia.adapters.apigateway.broadcast import ApiGatewayBroadcast
    from tertulia.adapters.apigateway.places import Places
    from tertulia.adapters.apigateway.presence_board import DynamoPresenceBoard
    from tertulia.adapters.apigateway.statuses import DynamoStatuses
    from tertulia.adapters.cognito.accounts import CognitoAccounts
    from tertulia.adapters.dynamodb.books import DynamoBooks
    from tertulia.adapters.dynamodb.drafts import DynamoDrafts
    from tertulia.adapters.dynamodb.library import DynamoLibrary
    from tertulia.adapters.dynamodb.search import DynamoSearch
    from tertulia.adapters.dynamodb.store import DynamoStore
    from tertulia.adapters.pillow.processor import SubprocessProcessor
    from tertulia.adapters.s3.media import S3Media
    from tertulia.aws.clients import Clients
    from tertulia.edges.functions.http import HttpFunction
    from tertulia.edges.functions.notify import NotifyFunction
    from tertulia.edges.functions.previews import PreviewsFunction
    from tertulia.edges.functions.stream import Change, StreamFunction
    from tertulia.edges.functions.websocket import WebSocketFunction
    from tertulia.homes.aws_figures import AwsFigures
    from tertulia.ports.notifying import PushServices, VapidKey
    from tertulia.services.previews import Linking
    from tertulia.services.pushing import Surroundings

_LOOKING_SECONDS: Final = 18.0
"""For a process that looks into a file: the rest of the function's time is for fetching and storing it."""


class AwsHome:
    """The parts. Each imports what it is made of, so that a function loads no more than it uses.

    `pages` are tests' own; else the home asks the public web. `push_services` are the world's where none are given.
    """

    def __init__(
        self, settings: AwsSettings, pages: Pages | None = None, *, push_services: "PushServices | None" = None
    ) -> None:
        self.settings: Final = settings
        self._pages: Final = pages
        self.push_services: Final = push_services
        self.clock: Final = SystemClock()
        self.entropy: Final = SystemEntropy()
        self._signs_in = False

    # The functions

    def http(self, function: Function) -> "HttpFunction":
        """One of the functions for HTTP."""
        from tertulia.edges.functions.http import HttpFunction, HttpSettings

        self._signs_in = function is Function.USERS_POST
        return HttpFunction(
            function,
            self.chat,
            settings=HttpSettings(origins=frozenset(self.settings.origins), front_secret=self.settings.front_secret),
            rate=self._rate(limits.REQUESTS_RATE),
            flush=self._flush,
            documents={"/api/openapi.json": _openapi, "/api/asyncapi.json": _asyncapi},
        )

    @cached_property
    def websocket(self) -> "WebSocketFunction":
        from tertulia.edges.functions.websocket import WebSocketFunction, WebSocketSettings

        settings = WebSocketSettings(
            origins=frozenset(self.settings.origins), rates=scaled_rates(self.settings.rate_factor)
        )
        return WebSocketFunction(
            self.chat, self.places, self.broadcast, self.clock, settings=settings, flush=self._flush
        )

    @cached_property
    def stream(self) -> "StreamFunction":
        from tertulia.edges.functions.stream import Consequences, StreamFunction

        return StreamFunction(
            Consequences(
                read=read_change,
                through=self.places.pushed.through,
                push=self.broadcast,
                finish_deletion=self.store.finish_deletion,
                delete_file=self.media.delete,
                index=deferred(lambda: self.search),
                ask_for_previews=_asking_for_previews(self) if self.settings.previews else None,
            )
        )

    @cached_property
    def notify(self) -> "NotifyFunction":
        from tertulia.edges.functions.notify import NotifyFunction
        from tertulia.services.pushing import Pushing

        return NotifyFunction(lambda record: read_change(record).committed, Pushing(_around_pushing(self)))

    @cached_property
    def previews(self) -> "PreviewsFunction":
        from tertulia.adapters.web.pages import WebPages
        from tertulia.edges.functions.previews import PreviewsFunction
        from tertulia.services.previews import Previews

        # What this one commits is pushed from the stream: so it needs to know nobody's connections.
        store = self._made_store()
        pages = self._pages or WebPages()
        rate = self._rate(limits.PREVIEWS_RATE)
        previews = Previews(store, self.media, pages, self.processor, self.clock, self.entropy, rate)
        return PreviewsFunction(previews.look)

    # What they are made of

    @cached_property
    def chat(self) -> Chat:
        """The services, over parts that are made when they are first used."""
        store, accounts, media = deferred(lambda: self.store), self._accounts(), deferred(lambda: self.media)
        library, processor = deferred(lambda: self.library), deferred(lambda: self.processor)
        broadcast: Broadcast = deferred(lambda: self.broadcast)
        changes, sends = self._rate(limits.CHANGES_RATE), self._rate(limits.MESSAGES_RATE)
        return Chat(
            accounts=Accounts(accounts, self._rate(limits.SIGN_IN_RATE), media, self.clock),
            conversations=Conversations(store, accounts, self.entropy, changes),
            members=Members(store, accounts, changes),
            messages=Messages(store, media, library, sends, edit_seconds=self.settings.edit_seconds),
            history=HistoryReader(store),
            receipts=Receipts(store, broadcast, self._rate(limits.CURSORS_RATE)),
            typing=Typing(store, broadcast),
            locations=Locations(store, broadcast, WallClock()),
            presence=Presences(store, deferred(lambda: _board(self)), broadcast, WallClock()),
            statuses=Statuses(deferred(lambda: _statuses(self)), broadcast, self.clock, self._rate(limits.STATUS_RATE)),
            search=MessageSearch(store, deferred(lambda: self.search), self._rate(limits.SEARCH_RATE)),
            media=MediaFiles(
                store, media, self.clock, self.entropy, self._rate(limits.MEDIA_RATE), processor=processor
            ),
            drafts=KeptDrafts(
                store, deferred(lambda: _drafts(self)), broadcast, self.clock, self._rate(limits.DRAFTS_RATE)
            ),
            notifying=Notifying(
                deferred(lambda: self.books), new_push_key, self.clock, self._rate(limits.NOTIFICATIONS_RATE), broadcast
            ),
            figures=ServerFigures(deferred(lambda: _figures(self))),
            library=PictureLibrary(
                library, media, self.clock, self.entropy, self._rate(limits.LIBRARY_RATE), processor=processor
            ),
            tickets=Tickets(deferred(lambda: self.places.tickets), self.clock, self._rate(limits.TICKETS_RATE)),
        )

    @cached_property
    def clients(self) -> "Clients":
        from tertulia.aws.clients import Clients

        return Clients(endpoint_url=self.settings.endpoint_url or None)

    @cached_property
    def store(self) -> "DynamoStore":
        store = self._made_store()
        if self.settings.websocket_endpoint:
            # Not the method itself: the broadcast needs the store, and is made at the first commit.
            store.listen(lambda batch: self.broadcast.committed(batch))  # noqa: PLW0108
        return store

    def _made_store(self) -> "DynamoStore":
        """One to which nobody listens yet."""
        from tertulia.adapters.dynamodb.store import DynamoStore

        return DynamoStore(self.clients, self.clock, prefix=self.settings.prefix)

    @cached_property
    def places(self) -> "Places":
        from tertulia.adapters.apigateway.places import Places

        return Places(self.clients, self.clock, self.entropy, prefix=self.settings.prefix)

    @cached_property
    def broadcast(self) -> "ApiGatewayBroadcast":
        from tertulia.adapters.apigateway.broadcast import ApiGatewayBroadcast
        from tertulia.adapters.apigateway.posts import Posts

        posts = Posts(self.clients, self.settings.websocket_endpoint)
        return ApiGatewayBroadcast(self.store.audience, self.places, posts)

    @cached_property
    def accounts(self) -> "CognitoAccounts":
        from tertulia.adapters.cognito.accounts import CognitoAccounts
        from tertulia.adapters.cognito.settings import CognitoSettings

        settings = self.settings
        accounts = CognitoAccounts(
            self.clients,
            self.clock,
            self.entropy,
            settings=CognitoSettings(
                pool=settings.pool,
                client_id=settings.client_id,
                client_secret=settings.client_secret or self._client_secret(),
                sign_up=settings.sign_up.value,
                confirm_by_email=settings.confirm_by_email,
                keys_url=self._keys_url(),
            ),
            prefix=settings.prefix,
        )
        accounts.listen(self._end_sessions)
        return accounts

    @cached_property
    def media(self) -> "S3Media":
        from tertulia.adapters.s3.media import S3Media

        return S3Media(self.clients, bucket=self.settings.media_bucket, prefix=self.settings.prefix)

    @cached_property
    def processor(self) -> "SubprocessProcessor":
        """Made by the two functions that look into files, which have Pillow in a layer."""
        from tempfile import mkdtemp

        from tertulia.adapters.pillow.processor import SubprocessProcessor

        # A folder of this container's own: in an emulator others are on the same machine.
        return SubprocessProcessor(Path(mkdtemp(prefix="tertulia-")), seconds=_LOOKING_SECONDS)

    @cached_property
    def books(self) -> "DynamoBooks":
        from tertulia.adapters.dynamodb.books import DynamoBooks

        return DynamoBooks(self.clients, prefix=self.settings.prefix)

    @cached_property
    def library(self) -> "DynamoLibrary":
        from tertulia.adapters.dynamodb.library import DynamoLibrary

        return DynamoLibrary(self.store.database, self.entropy)

    @cached_property
    def search(self) -> "DynamoSearch":
        from tertulia.adapters.dynamodb.search import DynamoSearch

        return DynamoSearch(self.store, self.clients, prefix=self.settings.prefix)

    def _accounts(self) -> AccountsPort:
        accounts: AccountsPort = deferred(lambda: self.accounts)
        return accounts

    def _client_secret(self) -> str:
        """From the pool, once a container: a copy of it in the function's environment could be read by more people.
        Only the function that signs people in has it; to verify a token nobody needs it."""
        if not self._signs_in:
            return ""
        cognito = self.clients.client("cognito-idp")
        answer = cognito.describe_user_pool_client(UserPoolId=self.settings.pool, ClientId=self.settings.client_id)
        secret: str = answer["UserPoolClient"]["ClientSecret"]
        return secret

    def _keys_url(self) -> str:
        """An emulator has the pool's keys at its own address."""
        emulator = self.settings.endpoint_url
        return f"{emulator}/{self.settings.pool}/.well-known/jwks.json" if emulator else ""

    def _end_sessions(self, ended: SessionsEnded) -> None:
        self.broadcast.end_sessions(ended.username, sessions=ended.sessions, reason="session_ended")

    async def _flush(self) -> None:
        """Pushes what the call led to; where nothing made the broadcast, it led to nothing."""
        if "broadcast" in self.__dict__:
            await self.broadcast.flush()

    def _rate(self, limit: limits.RateLimit) -> Rate:
        factor = self.settings.rate_factor
        if not factor:
            return Unlimited()
        return MemoryRate(self.clock, per_second=limit.per_second * factor, burst=limit.burst * factor)


def read_change(record: Mapping[str, Any]) -> "Change":
    """What a record of the streams says. An entry is new where its item is; a message that was erased no longer names
    its files."""
    from tertulia.adapters.dynamodb.attributes import plain_item
    from tertulia.adapters.dynamodb.items import entry_from, message_from
    from tertulia.domain.entries import MessageSent
    from tertulia.domain.messages import files_of
    from tertulia.edges.functions.stream import Change
    from tertulia.ports.store import Committed

    images = record["dynamodb"]
    if record["eventName"] == "INSERT":
        item = plain_item(images["NewImage"])
        return Change(Committed(item["conversation"], entry_from(item)))
    if record["eventName"] != "MODIFY" or "OldImage" not in images:
        return Change()
    old = plain_item(images["OldImage"])
    before, after = entry_from(old), entry_from(plain_item(images["NewImage"]))
    if isinstance(before, MessageSent) and isinstance(after, MessageSent) and after.erased and not before.erased:
        return Change(files=files_of(message_from(old)))
    return Change()


def _asking_for_previews(home: AwsHome) -> "Callable[[Linking], Awaitable[None]]":
    from tertulia.adapters.awslambda.asking import PreviewAsking
    from tertulia.edges.functions.previews import FUNCTION

    return PreviewAsking(home.clients, home.settings.prefix + FUNCTION).ask


def _board(home: AwsHome) -> "DynamoPresenceBoard":
    from tertulia.adapters.apigateway.presence_board import DynamoPresenceBoard

    return DynamoPresenceBoard(home.clients, WallClock(), prefix=home.settings.prefix)


def _statuses(home: AwsHome) -> "DynamoStatuses":
    from tertulia.adapters.apigateway.statuses import DynamoStatuses

    return DynamoStatuses(home.clients, prefix=home.settings.prefix)


def _drafts(home: AwsHome) -> "DynamoDrafts":
    from tertulia.adapters.dynamodb.drafts import DynamoDrafts

    return DynamoDrafts(home.store.database)


def _figures(home: AwsHome) -> "AwsFigures":
    from tertulia.homes.aws_figures import AwsFigures

    return AwsFigures(home.clients, pool=home.settings.pool, prefix=home.settings.prefix)


def _around_pushing(home: AwsHome) -> "Surroundings":
    from tertulia.adapters.web.push_services import WebPush
    from tertulia.services.pushing import Surroundings

    return Surroundings(
        books=home.books,
        store=home.store,
        accounts=home.accounts,
        board=_board(home),
        statuses=_statuses(home),
        services=home.push_services or WebPush(home.clock),
        clock=home.clock,
        make_key=new_push_key,
    )


def new_push_key() -> "VapidKey":
    """Made once for ever, by the function that has the libraries for it in a layer."""
    from tertulia.adapters.web.vapid import new_key

    return new_key()


def _openapi() -> Any:
    from tertulia.api.openapi import openapi

    return openapi()


def _asyncapi() -> Any:
    from tertulia.api.asyncapi import asyncapi

    return asyncapi()
