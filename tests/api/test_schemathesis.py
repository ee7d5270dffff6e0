"""A running server against its own OpenAPI document: whatever is sent, what comes back is documented.

Requests are generated from the document, valid and broken ones, the same in every run; they are sent by somebody who is
signed in, once with made-up ids and once with ids that exist.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from tests.conformance.places import PASSWORD, EmbeddedPlace

from tertulia.api.openapi import openapi
from tertulia.api.operations import BY_NAME, Access

pytestmark = pytest.mark.slow

EXAMPLES = 8
load_all_checks()

DOCUMENTED = CHECKS.get_by_names(
    [
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
    ]
)
STRICT = CHECKS.get_by_names(["negative_data_rejection", "unsupported_method", "allow_header_conformance"])
REFUSED = ["400", "401", "403", "404", "405", "409", "413", "429", "501"]
CONFIG: dict[str, Any] = {
    "generation": {"deterministic": True, "max-examples": EXAMPLES},
    "checks": {"negative_data_rejection": {"expected-statuses": REFUSED}},
}
EVERYTHING = schemathesis.openapi.from_dict(openapi(), config=SchemathesisConfig.from_dict(CONFIG))
RANDOM_ONLY = schemathesis.openapi.from_dict(
    openapi(), config=SchemathesisConfig.from_dict({**CONFIG, "phases": {"coverage": {"enabled": False}}})
)
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


class Chat:
    """A server, and what is in it."""

    def __init__(self, place: EmbeddedPlace) -> None:
        self.url = place.base_url
        self.http = httpx.Client(base_url=self.url, trust_env=False)
        self.ana = self.person("ana")
        self.spare = self.person("spare")
        self.admin = self.sign_in("admin")
        members = {"kind": "group", "members": ["spare"], "title": "Table"}
        self.conversation = self.post("/api/conversations", self.ana, members)["id"]
        path = f"/api/conversations/{self.conversation}/messages"
        self.message = self.post(path, self.ana, {"id": "m1", "text": "hello **all**"})["timestamp"]
        media = {"name": "a.png", "type": "image/png", "size": 4}
        self.media = self.post("/api/media", self.ana, media)["id"]

    def person(self, username: str) -> str:
        self.post("/api/auth/sign-up", "", {"username": username, "password": PASSWORD})
        return self.sign_in(username)

    def sign_in(self, username: str) -> str:
        token: str = self.post("/api/auth/sign-in", "", {"username": username, "password": PASSWORD})["access_token"]
        return token

    def post(self, path: str, token: str, body: Any) -> dict[str, Any]:
        answer = self.http.post(path, json=body, headers={"authorization": f"Bearer {token}"} if token else {})
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def token_for(self, operation: str) -> str:
        """Signing out ends a session, so that is done by somebody who is needed for nothing else."""
        if operation in ("sign_out", "change_password"):
            return self.sign_in("spare")
        return self.admin if BY_NAME[operation].access is Access.ADMIN else self.ana

    def real(self, path: dict[str, Any], operation: str) -> dict[str, Any]:
        """The path with ids that exist."""
        known = {
            "id": self.media if "media" in BY_NAME[operation].path else self.conversation,
            "timestamp": self.message,
            "username": "spare",
            "emoji": "👍",
            "number": 1,
        }
        return {name: known[name] for name in path}


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    place = EmbeddedPlace(tmp_path_factory.mktemp("schemathesis"))
    try:
        chat = Chat(place)
        yield chat
        chat.http.close()
        assert "Traceback" not in place.log
    finally:
        place.close()


def call(chat: Chat, case: schemathesis.Case) -> Any:
    """Sends the case, and holds the answer against the document."""
    operation = case.operation.definition.raw["operationId"]
    headers = {"authorization": f"Bearer {chat.token_for(operation)}"}
    answer = case.call(chat.url, headers=headers)
    # 501 is what a home answers that doesn't offer an operation; it is documented where it can come.
    assert answer.status_code < 500 or answer.status_code == 501, answer.text
    return answer


@EVERYTHING.parametrize()
@BOUNDED
def test_every_answer_is_documented(chat: Chat, case: schemathesis.Case) -> None:
    """No server error and no undocumented status, type, shape or header; what breaks the document is refused."""
    case.validate_response(call(chat, case), checks=[*DOCUMENTED, *STRICT])


@RANDOM_ONLY.include(path_regex=r"\{").parametrize()
@BOUNDED
def test_every_answer_about_what_exists_is_documented(chat: Chat, case: schemathesis.Case) -> None:
    """The same where the path names a conversation, message or file that is there."""
    case.path_parameters = chat.real(case.path_parameters, case.operation.definition.raw["operationId"])
    case.validate_response(call(chat, case), checks=DOCUMENTED)
