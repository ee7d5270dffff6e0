"""The server's own pictures."""

from typing import Final

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.operations.operation import Access, Function, Operation

OPERATIONS: Final = (
    Operation(
        name="get_library",
        method="GET",
        path="/api/library",
        summary="What administrators decided about the server's own pictures, and their packs.",
        tag="library",
        function=Function.MESSAGES_GET,
        response=r.LibraryView,
    ),
    Operation(
        name="update_library",
        method="PATCH",
        path="/api/library",
        summary="Says who may add GIFs, and whether the pack that comes with the product is shown.",
        tag="library",
        function=Function.MEDIA_POST,
        access=Access.ADMIN,
        body_type=q.UpdateLibrary,
        response=r.LibraryView,
    ),
    Operation(
        name="list_pictures",
        method="GET",
        path="/api/library/pictures",
        summary="A page of stickers, GIFs or emoji, or of those that are found. A page may be short or empty: go on by "
        "its cursor while there is one.",
        tag="library",
        function=Function.MESSAGES_GET,
        query_type=q.PicturesQuery,
        response=r.Pictures,
    ),
    Operation(
        name="add_picture",
        method="POST",
        path="/api/library/pictures",
        summary="Adds a completed upload to the library. Everybody adds GIFs, where administrators let them; the rest "
        "is for administrators.",
        tag="library",
        function=Function.MEDIA_POST,
        body_type=q.AddPicture,
        response=r.PictureView,
        statuses=(201, 200),
        errors=("forbidden", "media_not_found", "picture_unsuitable", "name_taken", "library_full"),
    ),
    Operation(
        name="remove_picture",
        method="DELETE",
        path="/api/library/pictures/{id}",
        summary="Takes a picture out of the library; messages that carry it keep its description. For administrators, "
        "and for who added the GIF.",
        tag="library",
        function=Function.MEDIA_POST,
        path_type=q.MediaPath,
        errors=("forbidden", "picture_not_found"),
    ),
    Operation(
        name="add_pack",
        method="POST",
        path="/api/library/packs",
        summary="Takes pictures out of an uploaded zip, some at a time. Repeating it changes nothing.",
        tag="library",
        function=Function.MEDIA_POST,
        access=Access.ADMIN,
        body_type=q.AddPack,
        response=r.PackTaken,
        errors=("media_not_found", "pack_broken", "library_full"),
    ),
    Operation(
        name="remove_pack",
        method="DELETE",
        path="/api/library/packs/{id}",
        summary="Removes a pack with all its pictures.",
        tag="library",
        function=Function.MEDIA_POST,
        access=Access.ADMIN,
        path_type=q.PackPath,
        errors=("pack_not_found",),
    ),
)
