"""What a developer writes who has nothing of ours but the OpenAPI document: a program over a client that an independent
generator made of it. It runs in the generator's environment, where our package isn't installed.

Run: python program.py FOLDER-OF-THE-CLIENT URL USERNAME OTHER PASSWORD. Prints what it saw as a line of JSON.
"""

import json
import sys

folder, url, username, other, password = sys.argv[1:]
sys.path.insert(0, folder)

from chat_client import AuthenticatedClient, Client  # noqa: E402
from chat_client.api.accounts import get_me, sign_in, sign_up  # noqa: E402
from chat_client.api.conversations import create_conversation, list_conversations  # noqa: E402
from chat_client.api.messages import (  # noqa: E402
    add_reaction,
    delete_message,
    edit_message,
    list_messages,
    read_log,
    send_message,
)
from chat_client.models import (  # noqa: E402
    ConversationKind,
    CreateConversation,
    EditMessage,
    SendMessage,
    SignIn,
    SignUp,
)


def main() -> None:
    anybody = Client(base_url=url, timeout=60, raise_on_unexpected_status=True)
    for name in (username, other):
        sign_up.sync(client=anybody, body=SignUp(username=name, password=password, name="Somebody"))
    session = sign_in.sync(client=anybody, body=SignIn(username=username, password=password))
    me = AuthenticatedClient(base_url=url, token=session.access_token, timeout=60, raise_on_unexpected_status=True)
    group = create_conversation.sync(
        client=me, body=CreateConversation(kind=ConversationKind.GROUP, members=[other], title="Generated")
    )
    first = send_message.sync(group.id, client=me, body=SendMessage(id="first", text="hello 👋"))
    again = send_message.sync_detailed(group.id, client=me, body=SendMessage(id="first", text="hello 👋"))
    second = send_message.sync(group.id, client=me, body=SendMessage(id="second", text="two", reply_to=first.timestamp))
    edit_message.sync(group.id, second.timestamp, client=me, body=EditMessage(text="2"))
    add_reaction.sync(group.id, first.timestamp, "👍", client=me)
    third = send_message.sync(group.id, client=me, body=SendMessage(id="third", text="gone"))
    delete_message.sync_detailed(group.id, third.timestamp, client=me)
    page = list_messages.sync(group.id, client=me)
    log = read_log.sync(group.id, client=me, after=0)
    listed = list_conversations.sync(client=me)
    seen = {
        "me": get_me.sync(client=me).username,
        "group": group.id,
        "retry": [again.status_code, again.parsed.timestamp == first.timestamp],
        "messages": [message.to_dict() for message in page.messages],
        "kinds": [entry.to_dict()["kind"] for entry in log.entries],
        "listed": [view.title for view in listed.conversations],
    }
    print(json.dumps(seen))


main()
