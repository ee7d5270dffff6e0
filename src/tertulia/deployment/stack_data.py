"""Where a stack keeps what people wrote, as whoever moves it needs it."""

from msgspec import Struct

from tertulia.deployment.account import Account
from tertulia.deployment.problems import NotThereError
from tertulia.deployment.stack import Stack
from tertulia.homes.aws_moving import StackData


class Found(Struct, frozen=True):
    """`sends_codes`: people can set a new password with a code that is sent by e-mail."""

    data: StackData
    sends_codes: bool


def find_data(account: Account, name: str) -> Found:
    """Raises NotThereError."""
    stack = Stack(account, name)
    outputs, parameters = stack.outputs(), stack.parameters()
    if not outputs:
        message = f"There is no stack {name} in {account.region}. Make it with: tertulia deploy --stack {name}"
        raise NotThereError(message)
    data = StackData(
        prefix=parameters.get("Prefix", ""), pool=outputs["UserPoolId"], media_bucket=outputs["MediaBucket"]
    )
    return Found(data, parameters.get("ConfirmByEmail") == "true")
