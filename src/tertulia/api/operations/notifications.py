"""Notifications: what somebody is told of, and by which browsers while nobody looks."""

from typing import Final

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.operations.operation import Function, Operation

OPERATIONS: Final = (
    Operation(
        name="get_notifications",
        method="GET",
        path="/api/notifications",
        summary="What the caller is told of, by which browsers, and the key with which a browser subscribes.",
        tag="notifications",
        function=Function.USERS_POST,
        response=r.Notifications,
    ),
    Operation(
        name="set_quiet_hours",
        method="PUT",
        path="/api/notifications/quiet",
        summary="Sets the hours in which the caller is told nothing, or with null none.",
        tag="notifications",
        function=Function.USERS_POST,
        body_type=q.SetQuietHours,
    ),
    Operation(
        name="choose_notifications",
        method="PUT",
        path="/api/notifications/conversations/{id}",
        summary="Sets what the caller is told of one conversation.",
        tag="notifications",
        function=Function.USERS_POST,
        path_type=q.ConversationPath,
        body_type=q.ChooseNotifications,
        response=r.NotificationChoice,
    ),
    Operation(
        name="put_device",
        method="POST",
        path="/api/notifications/devices",
        summary="Adds a browser that is told of messages while nobody looks (a push subscription), or changes it. It "
        "ends with the session that adds it.",
        tag="notifications",
        function=Function.USERS_POST,
        body_type=q.PutDevice,
        response=r.NotifiedDevice,
        statuses=(201, 200),
    ),
    Operation(
        name="remove_device",
        method="DELETE",
        path="/api/notifications/devices/{id}",
        summary="The browser is told nothing any more.",
        tag="notifications",
        function=Function.USERS_POST,
        path_type=q.DevicePath,
    ),
)
