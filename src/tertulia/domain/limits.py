"""Every limit of the product, by name. Each has a test at it and one past it.

Sizes are in characters (Unicode code points) unless the name says bytes; times are in seconds unless it says otherwise.
"""

from typing import Final, NamedTuple

# Accounts
USERNAME_MIN: Final = 2
USERNAME_MAX: Final = 32
NAME_MAX: Final = 64
STATUS_TEXT_MAX: Final = 80
"""Of what somebody says of themselves."""
EMAIL_MAX: Final = 254
"""RFC 5321, 4.5.3.1.3, without the angle brackets."""
PASSWORD_MIN: Final = 10
PASSWORD_MAX: Final = 256

# Conversations
TITLE_MAX: Final = 120
GROUP_MEMBERS_MAX: Final = 10_000
GROUP_CREATE_MEMBERS_MAX: Final = 90
"""Members named when a group is made. One DynamoDB transaction holds 100 items; the head, the entry and the creator
need some."""
MEMBERSHIP_PERIODS_MAX: Final = 32
"""Periods of membership that are remembered for a member who leaves and returns; the oldest are forgotten first."""
MEMBERS_IN_LIST: Final = 20
"""Members that a conversation shows in the list of conversations; the rest come from the list of members."""
MEMBERS_PAGE_MAX: Final = 200

# Messages
CLIENT_ID_MAX: Final = 64
TEXT_MAX: Final = 8_000
ATTACHMENTS_MAX: Final = 10
MENTIONS_MAX: Final = 50
EVERYONE_MAX: Final = 250
"""Members of a group in which `@all` and `@here` name everybody; in a larger one they are words."""
MARKDOWN_DEPTH_MAX: Final = 8
"""Spans in spans, and quotes in quotes; what nests deeper is text."""
EMOJI_MAX: Final = 32
REACTION_KINDS_MAX: Final = 50
REACTIONS_MAX: Final = 500
"""Reactions on one message, over all people and emoji."""
EDITS_LOOKED_AT_MAX: Final = 200
"""Entries about a message, edits and reactions, that one request for its versions looks at; the next one goes on from
there."""
DRAFT_MAX: Final = 1_000
"""Characters of a live-typing draft that are shown to others."""

# Drafts that are kept
DRAFTS_MAX: Final = 100
"""Of one person; the oldest goes. With DRAFT_ALT_MAX a list of the longest is less than the 6 MB that a function may
answer (AWS Lambda quotas)."""
DRAFT_ALT_MAX: Final = 500
"""Of the words for one file of a draft."""
DRAFT_SECONDS: Final = 30 * 24 * 3600
"""How long a draft is kept after it was changed last."""

# Link previews
PREVIEWS_MAX: Final = 3
"""Links of one message that get a preview: the first ones."""
PREVIEW_URL_MAX: Final = 1_000
"""A longer link gets none."""
PREVIEW_TITLE_MAX: Final = 150
PREVIEW_DESCRIPTION_MAX: Final = 300
PREVIEW_PAGE_BYTES: Final = 256 * 1024
"""Of a page are read; what it says of itself stands at its beginning."""
PREVIEW_PICTURE_BYTES: Final = 4 * 1024 * 1024
"""A larger picture is left out."""
PREVIEW_REDIRECTS_MAX: Final = 3
EDIT_SECONDS_CEILING: Final = 10 * 365 * 24 * 3600
"""The longest time that an operator can give for changing a message, where it isn't for ever."""
PREVIEW_SECONDS: Final = 8.0
"""For one page or picture, with all that leads to it: names, connections, redirects."""
PREVIEW_QUEUE_MAX: Final = 200
"""Messages whose links wait to be looked at; who comes after them gets no preview."""

# Locations
LIVE_SECONDS_MIN: Final = 60
LIVE_SECONDS_MAX: Final = 8 * 3600
"""How long a live location lasts that one message begins."""
LOCATIONS_PER_SECOND: Final = 1
"""Positions of one connection that are passed on."""
ACCURACY_MAX: Final = 100_000
"""Metres."""

# Media
MEDIA_BYTES_MAX: Final = 100 * 1024 * 1024
"""Of one file, where the operator says nothing else."""
MEDIA_BYTES_CEILING: Final = 5 * 1024 * 1024 * 1024
"""What an operator can allow at the most: S3 joins larger files only by other ways."""
MEDIA_WHOLE_MAX: Final = 8 * 1024 * 1024
"""Bytes; a larger file comes in parts, so that an upload that breaks off goes on where it was."""
MEDIA_PART_BYTES: Final = 8 * 1024 * 1024
"""Of each part but the last. S3 takes at least 5 MiB, and 10,000 parts."""
MEDIA_NAME_MAX: Final = 255
MEDIA_HEAD_BYTES: Final = 512
"""By so many bytes of a content it is recognised."""
IMAGE_PIXELS_MAX: Final = 50_000_000
"""Width times height. What telephones make has up to 8160 x 6120."""
IMAGE_SIDE_MAX: Final = 32_000
IMAGE_FRAMES_MAX: Final = 2_000
IMAGE_FRAME_PIXELS_MAX: Final = 2_000_000_000
"""Of all frames of an animation together."""
THUMBNAIL_SMALL: Final = (960, 400)
"""The box in which the thumbnail in a conversation lies: width, height."""
THUMBNAIL_LARGE: Final = (2048, 2048)
PEAKS_MAX: Final = 100
"""Numbers that say how loud a voice note is over its length."""
PEAK_MAX: Final = 255
TRANSCODE_SECONDS_MAX: Final = 3600
"""A longer sound or film is not made again for browsers that don't play it."""
TRANSCODE_BYTES_MAX: Final = 512 * 1024 * 1024
TRANSCODE_PIXELS_MAX: Final = 4096 * 2304
TRANSCODED_BOX: Final = (1280, 720)
"""Pixels of the longer and of the shorter side, at most."""
TRANSCODED_BYTES_MAX: Final = 256 * 1024 * 1024
TRANSCODE_QUEUE_MAX: Final = 20
"""Files that wait to be made again; one comes after the other."""
TRANSCODE_KNOWN_MAX: Final = 10_000
"""Files of which a server remembers that they waited already."""
MEDIA_UNSENT_SECONDS: Final = 7 * 24 * 3600
"""An upload that no message refers to is deleted after this time; a draft may name it so long."""

# The library
LIBRARY_STICKERS_MAX: Final = 600
"""Of a server, its own pack not counted."""
LIBRARY_GIFS_MAX: Final = 2_000
LIBRARY_EMOJI_MAX: Final = 600
LIBRARY_GIFS_OF_A_PERSON_MAX: Final = 200
STICKER_BYTES_MAX: Final = 1024 * 1024
GIF_BYTES_MAX: Final = 8 * 1024 * 1024
EMOJI_BYTES_MAX: Final = 512 * 1024
EMOJI_SIDE_MAX: Final = 512
"""Pixels: it is shown as high as a line."""
STICKER_SIDE_MAX: Final = 1024
PORTRAIT_BYTES_MAX: Final = 2 * 1024 * 1024
"""Of the picture that shows a person: others only ever get it small."""
PICTURE_NAME_MAX: Final = 64
EMOJI_NAME_MAX: Final = 30
"""Between the colons: a reaction is up to EMOJI_MAX characters."""
PICTURE_TAGS_MAX: Final = 12
PICTURE_TAG_MAX: Final = 32
PICTURE_ALT_MAX: Final = 300
LIBRARY_QUERY_MAX: Final = 100
LIBRARY_LOOKED_AT_MAX: Final = 400
"""Pictures that one request for a page of what is found looks at; the page after it goes on from there."""
PACKS_MAX: Final = 50
PACK_PICTURES_MAX: Final = 80
PACK_BYTES_MAX: Final = 24 * 1024 * 1024
"""Of a zip, and of all that is in it."""
PACK_LIST_BYTES_MAX: Final = 64 * 1024
"""Of its `pack.json`."""
PACK_STEP: Final = 8
"""Pictures of a pack that one request takes in: each is a process of its own, and a function has its time."""

# Notifications
PUSH_DEVICES_MAX: Final = 10
"""Browsers of one person that are told of messages while nobody looks; the one that was added first goes."""
PUSH_CHOICES_MAX: Final = 200
"""Conversations for which one person has chosen something else than all messages; the earliest choice goes."""
PUSH_ENDPOINT_MAX: Final = 1_000
"""Of a push service's address for one browser."""
PUSH_GROUP_MAX: Final = 250
"""In larger groups only those who are mentioned are told."""
PUSH_TEXT_MAX: Final = 200
"""Of a message's text, in a notification."""
PUSH_BYTES_MAX: Final = 3_000
"""Of what a push service is given, before it is encrypted. It has to take 4,096 (RFC 8030, 7.2)."""
PUSH_AGE_SECONDS: Final = 300
"""Older messages are not pushed any more, such as those that an import brings."""
PUSH_TTL_SECONDS: Final = 24 * 3600
"""How long a push service keeps a notification for a browser that can't be reached."""

# Pages
PAGE_DEFAULT: Final = 50
PAGE_MAX: Final = 100
LOG_PAGE_MAX: Final = 500
SEARCH_QUERY_MAX: Final = 200
SEARCH_TERMS_MAX: Final = 16
CURSOR_MAX: Final = 512

# Wire
FRAME_BYTES_MAX: Final = 64 * 1024
"""A WebSocket message from a client, and the body of a JSON request."""
BUFFER_BYTES_MAX: Final = 1024 * 1024
"""What the server keeps for one connection that reads too slowly, before it says goodbye."""
CONNECTIONS_PER_USER_MAX: Final = 20
WATCH_MAX: Final = 200
"""People whose presence one connection can watch."""
ACTIONS_PER_SECOND: Final = 50
ACTIONS_BURST: Final = 100
"""Actions of one connection: so many at once, then so many a second."""
ACTIONS_REFUSED_MAX: Final = 200
"""Actions beyond the rate that are answered with an error; who sends still more is disconnected."""
DRAFTS_PER_SECOND: Final = 10
TYPINGS_PER_SECOND: Final = 2
ACTIONS_IN_FLIGHT_MAX: Final = 32
"""Actions of one connection that are worked on at a time; the server reads on when some are done. With texts of the
greatest length that is 1 MiB, as much as the server keeps for the other direction."""
FRAGMENTS_MAX: Final = 1_024
"""Fragments of one WebSocket message (RFC 6455, 5.4)."""
FRAMES_PER_SECOND_MAX: Final = 5_000
"""WebSocket frames of one connection, control frames too."""

# Time
HEARTBEAT_SECONDS: Final = 25
"""A connection that was silent for so long is pinged."""
IDLE_SECONDS: Final = 60
"""A connection from which nothing was heard for so long is closed."""
CLOSE_SECONDS: Final = 10
"""How long the server waits for the other side of a closing handshake."""
HANDSHAKE_SECONDS: Final = 10
KEEP_ALIVE_SECONDS: Final = 75
"""How long an HTTP connection may rest between two requests. Longer than clients and proxies keep one (nginx keeps one
to a server for 60 seconds): the side that closes it must not be the one that can't know of a request on its way."""
TICKET_SECONDS: Final = 30
PRESENCE_LEASE_SECONDS: Final = 60
TYPING_INTERVAL_SECONDS: Final = 3
"""How often a client says that somebody is typing; others show it for two seconds more."""
ACCESS_TOKEN_SECONDS: Final = 300
REFRESH_TOKEN_SECONDS: Final = 60 * 24 * 3600
MEDIA_URL_SECONDS: Final = 3600

TIMESTAMP_MAX: Final = 2**53 - 1
"""The largest integer that JavaScript holds exactly (ECMA-262, Number.MAX_SAFE_INTEGER); in microseconds, the year
2255."""


class RateLimit(NamedTuple):
    """So many at once, and so many a second after that."""

    burst: float
    per_second: float


MESSAGES_RATE: Final = RateLimit(60, 10)
"""Messages, edits, deletions and reactions of one person."""
CHANGES_RATE: Final = RateLimit(60, 5)
"""Changes to conversations and their members by one person."""
CURSORS_RATE: Final = RateLimit(60, 10)
DRAFTS_RATE: Final = RateLimit(30, 1)
"""Drafts that one person keeps or clears."""
PREVIEWS_RATE: Final = RateLimit(20, 0.2)
"""Messages of one person whose links are looked at."""
SEARCH_RATE: Final = RateLimit(30, 2)
MEDIA_RATE: Final = RateLimit(30, 1)
LIBRARY_RATE: Final = RateLimit(60, 5)
"""Looking into the library, and changing it."""
NOTIFICATIONS_RATE: Final = RateLimit(30, 1)
"""Changes of one person's notifications."""
STATUS_RATE: Final = RateLimit(20, 0.2)
"""Changes of what one person says: each is told to up to 200 who follow the person."""
TICKETS_RATE: Final = RateLimit(30, 1)
SIGN_IN_RATE: Final = RateLimit(30, 0.5)
"""Sign-ups, sign-ins and codes from one network address."""
REQUESTS_RATE: Final = RateLimit(600, 100)
"""Requests of any kind from one network address."""
