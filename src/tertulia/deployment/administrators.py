"""The first administrator of a stack: whoever deploys it gets a link that makes one."""

import asyncio
from collections.abc import Mapping

from tertulia.adapters.cognito.accounts import CognitoAccounts
from tertulia.adapters.cognito.settings import CognitoSettings
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.deployment.account import Account


def administrator_link(account: Account, outputs: Mapping[str, str], prefix: str) -> str | None:
    """An address at which one person signs up as administrator, good for a day; None where there is one already.

    Raises ChatError where AWS can't answer.
    """
    settings = CognitoSettings(pool=outputs["UserPoolId"], client_id=outputs["UserPoolClientId"], client_secret="")
    accounts = CognitoAccounts(account.clients, SystemClock(), SystemEntropy(), settings=settings, prefix=prefix)
    code = asyncio.run(accounts.first_admin_invite())
    return f"{outputs['Url']}/sign-up?invite={code}" if code else None
