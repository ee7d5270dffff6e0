"""What an operator can set, and what is refused with a sentence."""

from pathlib import Path

import pytest

from tertulia.domain import limits
from tertulia.homes.settings import PREFIX, SettingError, Settings, SignUp, read_settings

VALUES = {
    "host": ("0.0.0.0", "0.0.0.0"),
    "port": ("0", 0),
    "data": ("somewhere", Path("somewhere")),
    "sign_up": ("invite", SignUp.INVITE),
    "origins": ("https://a.example, http://b.example:8080,", ("https://a.example", "http://b.example:8080")),
    "trusted_proxies": ("10.0.0.0/8,::1", ("10.0.0.0/8", "::1")),
    "https": ("yes", True),
    "demo": ("on", True),
    "metrics_token": ("token", "token"),
    "log_json": ("1", True),
    "log_level": ("DEBUG", "DEBUG"),
    "rate_factor": ("0", 0.0),
    "previews": ("on", True),
    "edit_seconds": ("900", 900),
    "ffmpeg": ("off", "off"),
    "media_bytes_max": ("1000000", 1_000_000),
    "admin_username": ("ana", "ana"),
    "admin_password_file": ("file", Path("file")),
    "clock_offset_file": ("file", Path("file")),
}


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_every_field_can_be_set_in_the_environment(name: str) -> None:
    """Under the prefix and its name in capitals; what is not set has its default."""
    text, value = VALUES[name]
    assert getattr(read_settings({PREFIX + name.upper(): text}), name) == value
    assert getattr(read_settings({name.upper(): text}), name) == getattr(Settings(), name)


def test_what_is_given_goes_over_the_environment() -> None:
    """The command line wins; what it leaves out stays."""
    environment = {"TERTULIA_PORT": "1", "TERTULIA_HOST": "localhost"}
    settings = read_settings(environment, port=2, host=None)
    assert (settings.port, settings.host) == (2, "localhost")


@pytest.mark.parametrize("text", ["0", "false", "No", "off", ""])
def test_no_is_no(text: str) -> None:
    """A switch can be set to off."""
    assert not read_settings({"TERTULIA_HTTPS": text}).https


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "x"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("EDIT_SECONDS", "-1"),
        ("EDIT_SECONDS", "15 min"),
        ("RATE_FACTOR", "x"),
        ("RATE_FACTOR", "-1"),
        ("RATE_FACTOR", "nan"),
        ("RATE_FACTOR", "inf"),
        ("MEDIA_BYTES_MAX", "x"),
        ("MEDIA_BYTES_MAX", "0"),
        ("MEDIA_BYTES_MAX", str(limits.MEDIA_BYTES_CEILING + 1)),
        ("SIGN_UP", "sometimes"),
        ("HTTPS", "perhaps"),
        ("ORIGINS", "chat.example.org"),
        ("ORIGINS", "https://chat.example.org/"),
        ("ORIGINS", "https://chat.example.org/page"),
        ("ORIGINS", "https://chat.example.org?x"),
        ("ORIGINS", "https://chat.example.org#x"),
        ("ORIGINS", "ftp://chat.example.org"),
        ("ORIGINS", "https://["),
        ("ORIGINS", "*"),
        ("TRUSTED_PROXIES", "everybody"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ],
)
def test_what_can_not_be_is_refused(name: str, text: str) -> None:
    """With a sentence that says what it may be."""
    with pytest.raises(SettingError, match=r"\.$"):
        read_settings({PREFIX + name: text})


@pytest.mark.parametrize("port", [0, 65535])
def test_ports_at_the_limit(port: int) -> None:
    """From any free one to the last."""
    assert read_settings({}, port=port).port == port


def test_a_demonstration_is_for_this_machine_only() -> None:
    """Its passwords are known."""
    assert read_settings({}, demo=True).demo
    with pytest.raises(SettingError):
        read_settings({}, demo=True, host="0.0.0.0")


@pytest.mark.parametrize(("host", "public"), [("127.0.0.1", False), ("::1", False), ("localhost", False), ("::", True)])
def test_a_server_is_public_where_others_reach_it(host: str, public: bool) -> None:
    """Any address but those of the machine itself."""
    assert Settings(host=host).public is public
