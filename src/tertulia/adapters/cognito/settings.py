"""What is to be known of a user pool."""

from typing import Literal

from msgspec import Struct

SignUp = Literal["open", "invite", "closed"]
"""Who may sign up: anybody, who has an invitation, or who has one for an administrator."""


class CognitoSettings(Struct, frozen=True, kw_only=True):
    """`confirm_by_email`: new accounts need a code that is sent by e-mail, and passwords can be reset by one.

    `issuer` and `keys_url` are AWS's own for the pool where they are empty; an emulator needs others.
    """

    pool: str
    client_id: str
    client_secret: str
    sign_up: SignUp = "open"
    confirm_by_email: bool = False
    issuer: str = ""
    keys_url: str = ""

    def __repr__(self) -> str:
        """Without the secret: what is printed may end in a log."""
        return f"CognitoSettings(pool={self.pool!r}, ...)"

    @property
    def token_issuer(self) -> str:
        """The `iss` of the pool's tokens. A pool's id begins with its region."""
        region = self.pool.partition("_")[0]
        return self.issuer or f"https://cognito-idp.{region}.amazonaws.com/{self.pool}"

    @property
    def key_set_url(self) -> str:
        return self.keys_url or f"{self.token_issuer}/.well-known/jwks.json"
