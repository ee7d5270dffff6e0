"""Files."""

from typing import Final

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.operations.operation import Access, Function, Operation

CONVERSATION: Final = ("conversation_not_found",)

OPERATIONS: Final = (
    Operation(
        name="create_media",
        method="POST",
        path="/api/media",
        summary="Announces an upload and answers where to send the content.",
        tag="media",
        function=Function.MESSAGES_POST,
        body_type=q.CreateMedia,
        response=r.MediaUpload,
        statuses=(201,),
    ),
    Operation(
        name="list_parts",
        method="GET",
        path="/api/media/{id}/parts",
        summary="Which parts of an upload have arrived, and where to send the others. For the uploader.",
        tag="media",
        function=Function.MEDIA_POST,
        path_type=q.MediaPath,
        response=r.MediaParts,
        errors=("media_not_found",),
    ),
    Operation(
        name="complete_media",
        method="POST",
        path="/api/media/{id}/complete",
        summary="Makes an upload ready to be sent: joins its parts, looks at what it is, takes everything out of a "
        "picture that isn't the picture, and makes its thumbnails. For the uploader; repeating it changes nothing.",
        tag="media",
        function=Function.MEDIA_POST,
        path_type=q.MediaPath,
        body_type=q.CompleteMedia,
        response=r.Media,
        errors=(
            "media_not_found",
            "upload_incomplete",
            "media_mismatch",
            "media_broken",
            "media_too_complex",
            "media_unsupported",
        ),
    ),
    Operation(
        name="get_media",
        method="GET",
        path="/api/media/{id}",
        summary="What a file is, and a signed address for its content. For the uploader, "
        "and members who see its message.",
        tag="media",
        function=Function.MESSAGES_GET,
        path_type=q.MediaPath,
        query_type=q.MediaQuery,
        response=r.Media,
        errors=("media_not_found",),
    ),
    Operation(
        name="upload_content",
        method="PUT",
        path="/api/media/{id}/content",
        summary="Takes the content of an announced upload.",
        tag="media",
        function=Function.LOCAL,
        access=Access.SIGNED,
        path_type=q.MediaPath,
        query_type=q.SignedQuery,
        raw_body=True,
        errors=("media_not_found", "upload_incomplete"),
    ),
    Operation(
        name="upload_part",
        method="PUT",
        path="/api/media/{id}/parts/{number}",
        summary="Takes a part of the content of an announced upload.",
        tag="media",
        function=Function.LOCAL,
        access=Access.SIGNED,
        path_type=q.PartPath,
        query_type=q.SignedQuery,
        raw_body=True,
        errors=("media_not_found", "upload_incomplete"),
    ),
    Operation(
        name="get_content",
        method="GET",
        path="/api/media/{id}/content",
        summary="The content of a file or of a variant of it, also by ranges (RFC 9110, 14).",
        tag="media",
        function=Function.LOCAL,
        access=Access.SIGNED,
        path_type=q.MediaPath,
        query_type=q.ContentQuery,
        raw_response=True,
        statuses=(200, 206),
        errors=("media_not_found",),
    ),
)
