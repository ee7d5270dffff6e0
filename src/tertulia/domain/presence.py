"""Presence: whether a person is there, from the leases of that person's devices."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct


class Presence(StrEnum):
    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


class Lease(Struct, frozen=True):
    """One device's claim, good until `until` (monotonic seconds)."""

    status: Presence
    until: float


def presence_of(leases: Iterable[Lease], now: float) -> Presence:
    """Online where any device is, else away where any is, else offline. A lease that ran out counts for nothing."""
    statuses = {lease.status for lease in leases if lease.until > now}
    for status in (Presence.ONLINE, Presence.AWAY):
        if status in statuses:
            return status
    return Presence.OFFLINE


def live(leases: Mapping[str, Lease], now: float) -> dict[str, Lease]:
    """The leases that have not run out."""
    return {device: lease for device, lease in leases.items() if lease.until > now}
