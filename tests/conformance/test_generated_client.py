"""A real client that nobody here wrote: generated from the OpenAPI document that the home serves, by somebody else's
generator, it signs in and sends."""

import asyncio
import secrets
from pathlib import Path

import pytest
from tests.conformance.homes import Home
from tests.conformance.places import PASSWORD
from tests.generated.generating import SECONDS, generate, run_program

pytestmark = [pytest.mark.slow, pytest.mark.timeout(SECONDS)]


def _name() -> str:
    return f"generated-{secrets.token_hex(4)}"


async def test_a_generated_client_signs_in_and_sends(home: Home, tmp_path: Path) -> None:
    """It signs up and in, makes a group, sends, retries, edits, reacts, deletes, reads; and what it wrote, others see
    as it does."""
    response = await home.http.get("/api/openapi.json")
    client = await asyncio.to_thread(generate, response.json(), tmp_path / "client")
    me, other = _name(), _name()
    seen = await asyncio.to_thread(run_program, client, home.base_url, me, other, PASSWORD)
    assert seen["me"] == me
    assert seen["retry"] == [200, True]
    assert seen["listed"] == ["Generated"]
    assert [(m.get("text", ""), bool(m.get("deleted"))) for m in seen["messages"]] == [
        ("hello 👋", False),
        ("2", False),
        ("", True),
    ]
    assert seen["messages"][1]["reply_to"] == seen["messages"][0]["timestamp"]
    kinds = ["created", "message", "message", "edited", "reaction_added", "message", "deleted"]
    assert seen["kinds"] == kinds
    person = await home.people.sign_in(other)
    page = await person.call("GET", f"/api/conversations/{seen['group']}/messages")
    assert [m["timestamp"] for m in page["messages"]] == [m["timestamp"] for m in seen["messages"]]
