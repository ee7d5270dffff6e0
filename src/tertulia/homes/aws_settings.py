"""What a function is told about the stack that it belongs to, in one frozen object: from its environment."""

import math
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from tertulia.homes.settings import PREFIX, SettingError, SignUp


class AwsSettings(Struct, frozen=True, kw_only=True):
    """Each field is set as `TERTULIA_` and its name in capitals; lists are separated by commas.

    `prefix` goes before the names of tables. `pool` and `client_id` are the user pool's and its app client's; the
    client's secret is read from the pool itself, unless `client_secret` has it. `origins` are the web origins whose
    pages may use the API, the product's own first. `websocket_endpoint` is the https address of the WebSocket API's
    stage. `front_secret` is what the product's own distribution adds to each request in `X-Tertulia-Front`; without it
    callers are told apart by the address that API Gateway sees. `rate_factor` multiplies every rate limit; 0 switches
    them off. `previews`: links in messages are looked at. `edit_seconds`: for how long whoever wrote a message can
    change it; 0 is for ever. `endpoint_url` is an emulator's, from AWS's own variable `AWS_ENDPOINT_URL`.
    """

    prefix: str = ""
    pool: str = ""
    client_id: str = ""
    client_secret: str = ""
    media_bucket: str = ""
    origins: tuple[str, ...] = ()
    websocket_endpoint: str = ""
    sign_up: SignUp = SignUp.OPEN
    confirm_by_email: bool = False
    front_secret: str = ""
    rate_factor: float = 1.0
    previews: bool = False
    edit_seconds: int = 0
    log_level: str = "INFO"
    endpoint_url: str = ""

    def __repr__(self) -> str:
        """Without the secrets: what is printed may end in a log."""
        return f"AwsSettings(prefix={self.prefix!r}, pool={self.pool!r}, ...)"


_EMULATOR: Final = "AWS_ENDPOINT_URL"


def read_aws_settings(environment: Mapping[str, str]) -> AwsSettings:
    """The settings of the environment. Raises SettingError."""
    given = {
        name: environment[PREFIX + name.upper()]
        for name in AwsSettings.__struct_fields__
        if environment.get(PREFIX + name.upper())
    }
    return AwsSettings(
        prefix=given.get("prefix", ""),
        pool=given.get("pool", ""),
        client_id=given.get("client_id", ""),
        client_secret=given.get("client_secret", ""),
        media_bucket=given.get("media_bucket", ""),
        origins=tuple(each.strip() for each in given.get("origins", "").split(",") if each.strip()),
        websocket_endpoint=given.get("websocket_endpoint", ""),
        sign_up=_sign_up(given.get("sign_up", SignUp.OPEN.value)),
        confirm_by_email=_is_on(given.get("confirm_by_email", "")),
        previews=_is_on(given.get("previews", "")),
        edit_seconds=_seconds(given.get("edit_seconds", "0")),
        front_secret=given.get("front_secret", ""),
        rate_factor=_factor(given.get("rate_factor", "1")),
        log_level=given.get("log_level", "INFO"),
        endpoint_url=environment.get(_EMULATOR, ""),
    )


def _is_on(text: str) -> bool:
    return text.lower() in ("1", "true", "yes", "on")


def _sign_up(text: str) -> SignUp:
    try:
        return SignUp(text)
    except ValueError:
        message = f"{PREFIX}SIGN_UP can't be {text!r}."
        raise SettingError(message) from None


def _seconds(text: str) -> int:
    if not text.isdecimal():
        message = f"{PREFIX}EDIT_SECONDS is a number of 0 or more, not {text!r}."
        raise SettingError(message)
    return int(text)


def _factor(text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = -1.0
    if not 0 <= factor < math.inf:
        message = f"{PREFIX}RATE_FACTOR is a number of 0 or more, not {text!r}."
        raise SettingError(message)
    return factor
