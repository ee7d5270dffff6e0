"""The CloudFormation stack: what an update would change, the update itself with its events, and its end."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from tertulia.deployment.account import Account
from tertulia.deployment.problems import DeploymentError, error_code

CAPABILITIES: Final = ("CAPABILITY_IAM",)
"""The template makes roles, whose names CloudFormation chooses."""
SECONDS_MAX: Final = 3600.0
"""For a change to be made; a first distribution takes some minutes, its deletion up to a quarter of an hour."""
_POLL_SECONDS: Final = 2.0
_POLL_EMULATED_SECONDS: Final = 0.2
_NO_CHANGES: Final = ("didn't contain changes", "No updates are to be performed")
_LIVES: Final = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
)


class Change(Struct, frozen=True):
    """What happens to one resource. `action` is Add, Modify or Remove; `replaced` where a new one takes its place."""

    action: str
    name: str
    kind: str
    replaced: bool = False


class Event(Struct, frozen=True):
    """What has happened to one resource. `done` of `total` resources have arrived."""

    name: str
    kind: str
    status: str
    reason: str
    done: int = 0
    total: int = 0


class Plan(Struct, frozen=True):
    """A change set that waits. Without changes there is none."""

    id: str
    creates: bool
    changes: tuple[Change, ...]


Tell = Callable[[Event], None]


class Stack:
    """A stack of that name, which may not be there yet."""

    def __init__(self, account: Account, name: str) -> None:
        self.name: Final = name
        self._account: Final = account
        self._cloud: Final = account.client("cloudformation")
        self._poll: Final = _POLL_EMULATED_SECONDS if account.emulated else _POLL_SECONDS

    def describe(self) -> dict[str, Any] | None:
        """AWS's description; None where there is no such stack, or only a change set for one."""
        from botocore.exceptions import ClientError

        try:
            found: dict[str, Any] = self._cloud.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if error_code(error) == "ValidationError" and "does not exist" in str(error):
                return None
            raise
        return None if found["StackStatus"] == "REVIEW_IN_PROGRESS" else found

    def outputs(self) -> dict[str, str]:
        """The template's outputs; empty where there is no such stack."""
        found = self.describe() or {}
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())}

    def parameters(self) -> dict[str, str]:
        """With which it was made; empty where there is no such stack."""
        found = self.describe() or {}
        return {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", ())}

    def resources(self) -> list[tuple[str, str, str]]:
        """Logical name, type and physical name of each resource that stands."""
        pages = self._cloud.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return [
            (each["LogicalResourceId"], each["ResourceType"], each.get("PhysicalResourceId", ""))
            for page in pages
            for each in page["StackResourceSummaries"]
            if each["ResourceStatus"] != "DELETE_COMPLETE"
        ]

    def plan(self, template_url: str, parameters: Mapping[str, str | None]) -> Plan:
        """Asks AWS what would change; a parameter that is None stays as it is. The change set waits until `execute` or
        `discard`."""
        found = self.describe()
        if found is not None and found["StackStatus"] == "ROLLBACK_COMPLETE":
            message = (
                f"The stack {self.name} was never made, its first try failed. Run: tertulia destroy --stack {self.name}"
            )
            raise DeploymentError(message)
        if found is not None and found["StackStatus"] not in _LIVES:
            message = f"The stack {self.name} is {found['StackStatus']}. Wait until it is done, or look at its events."
            raise DeploymentError(message)
        made = self._cloud.create_change_set(
            StackName=self.name,
            ChangeSetName=f"tertulia-{secrets.token_hex(6)}",
            ChangeSetType="UPDATE" if found else "CREATE",
            TemplateURL=template_url,
            Parameters=[
                {"ParameterKey": key, **({"UsePreviousValue": True} if value is None else {"ParameterValue": value})}
                for key, value in parameters.items()
            ],
            Capabilities=list(CAPABILITIES),
            Tags=[{"Key": "tertulia", "Value": self.name}],
        )
        plan = Plan(made["Id"], found is None, ())
        described = self._change_set(plan.id)
        if described["Status"] == "FAILED":
            self.discard(plan)
            reason = described.get("StatusReason", "")
            if any(words in reason for words in _NO_CHANGES):
                return plan
            message = f"AWS can't make the change: {reason}"
            raise DeploymentError(message)
        return Plan(plan.id, plan.creates, tuple(_changes(described["Changes"])))

    def _change_set(self, identifier: str) -> dict[str, Any]:
        """It, once AWS has worked it out, with all its changes."""
        found: dict[str, Any] = {}
        for _ in self._turns():
            found = self._cloud.describe_change_set(ChangeSetName=identifier)
            if found["Status"] in ("CREATE_COMPLETE", "FAILED"):
                break
        changes, after = list(found["Changes"]), found.get("NextToken")
        while after:
            page = self._cloud.describe_change_set(ChangeSetName=identifier, NextToken=after)
            changes += page["Changes"]
            after = page.get("NextToken")
        return {**found, "Changes": changes}

    def discard(self, plan: Plan) -> None:
        """Nothing stays of it: neither the change set nor an empty stack that was there for it alone."""
        self._cloud.delete_change_set(ChangeSetName=plan.id)
        if plan.creates:
            self._cloud.delete_stack(StackName=self.name)

    def execute(self, plan: Plan, tell: Tell) -> None:
        """Makes the change. Raises DeploymentError, with the reasons, after AWS has rolled it back."""
        seen = self._seen()
        self._cloud.execute_change_set(ChangeSetName=plan.id)
        total = len(plan.changes)
        status, reasons = self._follow(seen, tell, total)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            what = "made" if plan.creates else "changed"
            message = f"The stack couldn't be {what}, and is as it was before ({status})."
            raise DeploymentError(message, tuple(reasons))

    def delete(self, tell: Tell) -> None:
        """Deletes the stack. Resources that the template retains stay."""
        found = self.describe()
        if found is None:
            return
        total, identifier = len(self.resources()), found["StackId"]
        seen = self._seen()
        self._cloud.delete_stack(StackName=self.name)
        status, reasons = self._follow(seen, tell, total, identifier)
        if status != "DELETE_COMPLETE":
            message = f"The stack couldn't be deleted whole ({status})."
            raise DeploymentError(message, tuple(reasons))

    def _follow(self, seen: set[str], tell: Tell, total: int, identifier: str = "") -> tuple[str, list[str]]:
        """Tells each event until the change has ended; the stack's status then, and why resources failed."""
        reasons: list[str] = []
        arrived: set[str] = set()
        status = ""
        for _ in self._turns():
            # The status first: events that came before it are then all there to be read.
            status = self._status(identifier)
            for event in self._events(seen, identifier):
                if event.status.endswith("_COMPLETE"):
                    arrived.add(event.name)
                if event.status.endswith("_FAILED") and "cancelled" not in event.reason:
                    reasons.append(f"{event.name} ({event.kind}): {event.reason}")
                done = len(arrived)
                tell(Event(event.name, event.kind, event.status, event.reason, done, max(done, total)))
            if not status.endswith("_IN_PROGRESS"):
                return status, reasons
        return status, reasons

    def _status(self, identifier: str) -> str:
        from botocore.exceptions import ClientError

        try:
            return str(self._cloud.describe_stacks(StackName=identifier or self.name)["Stacks"][0]["StackStatus"])
        except ClientError as error:
            if identifier and error_code(error) == "ValidationError":
                return "DELETE_COMPLETE"
            raise

    def _seen(self) -> set[str]:
        """The events of earlier changes."""
        seen: set[str] = set()
        if self.describe() is not None:
            list(self._events(seen, ""))
        return seen

    def _events(self, seen: set[str], identifier: str) -> Iterator[Event]:
        """Events of resources that are not in `seen` yet, the oldest first; they are in it afterwards."""
        from botocore.exceptions import ClientError

        new: list[dict[str, Any]] = []
        try:
            pages = self._cloud.get_paginator("describe_stack_events").paginate(StackName=identifier or self.name)
            for page in pages:
                fresh = [each for each in page["StackEvents"] if each["EventId"] not in seen]
                new += fresh
                if len(fresh) < len(page["StackEvents"]):
                    break
        except ClientError as error:
            # A stack that is gone has no events under its name any more.
            if error_code(error) != "ValidationError":
                raise
        for each in reversed(new):
            seen.add(each["EventId"])
            if each["LogicalResourceId"] != self.name:
                reason = each.get("ResourceStatusReason", "")
                yield Event(each["LogicalResourceId"], each["ResourceType"], each["ResourceStatus"], reason)

    def _turns(self) -> Iterator[None]:
        """Turns of asking, a little apart, for as long as a change may take."""
        deadline = time.monotonic() + SECONDS_MAX
        while time.monotonic() < deadline:
            yield
            time.sleep(self._poll)
        message = f"AWS has not finished within {SECONDS_MAX / 60:.0f} minutes. Look again with: tertulia status"
        raise DeploymentError(message)


def _changes(described: list[dict[str, Any]]) -> Iterator[Change]:
    for each in described:
        change = each.get("ResourceChange")
        if change:
            replaced = change.get("Replacement") == "True"
            yield Change(change["Action"], change["LogicalResourceId"], change["ResourceType"], replaced)
