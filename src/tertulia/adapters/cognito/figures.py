"""How many people a user pool has, as Cognito itself counts them."""

from tertulia.aws.clients import Clients


async def people_of(clients: Clients, pool: str) -> int:
    """An estimate, Cognito says (API reference, "UserPoolType"); those who never confirmed are in it."""
    answer = await clients.call(clients.client("cognito-idp").describe_user_pool, UserPoolId=pool)
    people: int = answer["UserPool"]["EstimatedNumberOfUsers"]
    return people
