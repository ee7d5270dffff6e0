"""Every limit of the product, by name. Each has a test at it and one past it.

Sizes are in characters (Unicode code points) unless the name says bytes; times are in seconds unless it says otherwise.
"""

from typing import Final

# Accounts
USERNAME_MIN: Final = 2
USERNAME_MAX: Final = 32
NAME_MAX: Final = 64
PASSWORD_MIN: Final = 10
PASSWORD_MAX: Final = 256
PROFILE_STATUS_MAX: Final = 100

# Conversations
TITLE_MAX: Final = 120
GROUP_MEMBERS_MAX: Final = 10_000
GROUP_CREATE_MEMBERS_MAX: Final = 90
"""Members named when a group is made. One DynamoDB transaction holds 100 items; the head, the entry and the creator need some."""
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
EMOJI_MAX: Final = 32
REACTION_KINDS_MAX: Final = 50
REACTIONS_MAX: Final = 500
"""Reactions on one message, over all people and emoji."""
DRAFT_MAX: Final = 1_000
"""Characters of a live-typing draft that are shown to others."""

# Media
MEDIA_BYTES_MAX: Final = 25 * 1024 * 1024
MEDIA_NAME_MAX: Final = 255
MEDIA_UNSENT_SECONDS: Final = 24 * 3600
"""An upload that no message refers to is deleted after this time."""

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

# Time
TICKET_SECONDS: Final = 30
PRESENCE_LEASE_SECONDS: Final = 60
TYPING_INTERVAL_SECONDS: Final = 3
"""How often a client says that somebody is typing; others show it for two seconds more."""
ACCESS_TOKEN_SECONDS: Final = 300
REFRESH_TOKEN_SECONDS: Final = 60 * 24 * 3600
MEDIA_URL_SECONDS: Final = 3600

TIMESTAMP_MAX: Final = 2**53 - 1
"""The largest integer that JavaScript holds exactly (ECMA-262, Number.MAX_SAFE_INTEGER); in microseconds, the year 2255."""
