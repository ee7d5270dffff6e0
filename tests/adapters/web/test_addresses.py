"""Which addresses a server asks because somebody wrote a link: public ones, under no disguise."""

import pytest

from tertulia.adapters.web.addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "93.184.215.14",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "2606:4700:4700::1111",
        "2a00:1450:4001:81b::200e",
        "2001:200::1",
    ],
)
def test_public_addresses_are_asked(address: str) -> None:
    """Also next to the ranges that aren't."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "::1"),
        *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"),
        *("169.254.0.1", "fe80::1", "fe80::1%eth0", "2606:4700:4700::1111%eth0"),
        *("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
        *("100.64.0.1", "100.127.255.255"),
        *("0.0.0.0", "0.1.2.3", "::"),
        *("224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"),
        *("240.0.0.1", "255.255.255.255", "4000::1"),
        *("192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "2001:db8::1", "3fff::1"),
        *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8"),
        *("64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1"),
        *("2002:7f00:1::", "2002:808:808::1", "192.88.99.1"),
        *("2001::1", "2001:0:7f00:1::1", "fec0::1"),
        *("2606:4700::5efe:7f00:1", "2606:4700::200:5efe:7f00:1"),
        *("localhost", "", "127.1", "0x7f000001", "2130706433"),
    ],
)
def test_no_other_address_is(address: str) -> None:
    """Loopback, private, link-local, metadata of clouds, carriers', unspecified, multicast, reserved, documentation;
    IPv4 inside of IPv6: mapped, compatible, NAT64, 6to4, Teredo, ISATAP; what is no address."""
    assert not is_public(address)
