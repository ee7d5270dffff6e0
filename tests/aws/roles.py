"""The functions' roles: what the template says of them, and taking parts of them away in a deployed stack."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Final

from msgspec import Struct
from tests.emulators.emulators import Emulator, template

RESOURCES: Final[dict[str, Any]] = template()["Resources"]
_renewals: Final = count(1)


class Part(Struct, frozen=True):
    """One action of a statement, or the resource at a place."""

    action: str = ""
    resource: int | None = None

    def __str__(self) -> str:
        return self.action or f"resource {self.resource}"


class Statement(Struct, frozen=True):
    """One statement of a function's role. `function` is the function's name without a prefix; `resources` are the
    template's, in the long form of its intrinsic functions."""

    function: str
    sid: str
    actions: tuple[str, ...]
    resources: tuple[Any, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.function, self.sid

    @property
    def parts(self) -> list[Part]:
        """What can be taken out of it without taking all of it."""
        actions = [Part(each) for each in self.actions]
        resources = [Part(resource=place) for place in range(len(self.resources))]
        return [*(actions if len(actions) > 1 else ()), *(resources if len(resources) > 1 else ())]

    def __str__(self) -> str:
        return f"{self.function}-{self.sid}"


def of_type(kind: str) -> list[dict[str, Any]]:
    """The properties of the template's resources of this type."""
    return [each["Properties"] for each in RESOURCES.values() if each["Type"] == kind]


def statements() -> list[Statement]:
    """Every statement of every function's role, in the template's order."""
    found = []
    for function in of_type("AWS::Lambda::Function"):
        name = function["FunctionName"]["Fn::Sub"].removeprefix("${Prefix}")
        role = RESOURCES[function["Role"]["Fn::GetAtt"][0]]
        for policy in role["Properties"]["Policies"]:
            for each in policy["PolicyDocument"]["Statement"]:
                found.append(Statement(name, each["Sid"], tuple(each["Action"]), tuple(each["Resource"])))
    return found


class Roles:
    """The roles of one deployed stack, whose names begin with `prefix`. Nothing is left changed."""

    def __init__(self, emulator: Emulator, prefix: str = "") -> None:
        self._iam: Final = emulator.client("iam")
        self._lambda: Final = emulator.client("lambda")
        self._prefix: Final = prefix

    @contextmanager
    def without(self, statement: Statement, part: Part | None = None) -> Iterator[None]:
        """Meanwhile the function does without the statement, or without one part of it."""
        role, name, document = self._policy(statement.function)
        less = json.dumps({**document, "Statement": list(_less(document["Statement"], statement.sid, part))})
        self._iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=less)
        try:
            yield
        finally:
            self._iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))

    def renew(self, function: str) -> None:
        """Ends the function's containers: another environment is another container."""
        name = self._prefix + function
        known = self._lambda.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        self._lambda.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**known, "RENEWED": str(next(_renewals))}}
        )
        self._lambda.get_waiter("function_updated_v2").wait(
            FunctionName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200}
        )

    def _policy(self, function: str) -> tuple[str, str, dict[str, Any]]:
        configured = self._lambda.get_function_configuration(FunctionName=self._prefix + function)
        role = configured["Role"].rpartition("/")[2]
        (name,) = self._iam.list_role_policies(RoleName=role)["PolicyNames"]
        document: dict[str, Any] = self._iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        return role, name, document


def _less(given: list[dict[str, Any]], sid: str, part: Part | None) -> Iterator[dict[str, Any]]:
    assert sid in [each["Sid"] for each in given], f"{sid} was not deployed"
    for each in given:
        if each["Sid"] != sid:
            yield each
        elif part is not None:
            actions = [one for one in each["Action"] if one != part.action]
            resources = [one for place, one in enumerate(each["Resource"]) if place != part.resource]
            assert len(actions) + len(resources) == len(each["Action"]) + len(each["Resource"]) - 1, part
            yield {**each, "Action": actions, "Resource": resources}
