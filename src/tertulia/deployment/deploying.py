"""Deploying from the first byte to the last: code, stack, web page."""

import secrets
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from tertulia.deployment.account import Account
from tertulia.deployment.code import CodeStore
from tertulia.deployment.package_cache import PackageCache
from tertulia.deployment.packaging import Package, build_package, build_pictures, build_push
from tertulia.deployment.problems import DeploymentError
from tertulia.deployment.resources import template_parameters, template_resources
from tertulia.deployment.site import Site, Uploaded, pages
from tertulia.deployment.stack import Change, Plan, Stack, Tell
from tertulia.deployment.wheels import target_for

NAME: Final = "tertulia"
"""The stack's, where none is given."""
NAME_MAX: Final = 28
"""Characters of a stack's name: the bucket of its media has it in its own name, which S3 allows 63."""
DATA_TABLES: Final = (
    "Chat-Conversations",
    "Chat-Messages",
    "Chat-Changes",
    "Chat-Index",
    "Chat-Search",
    "Chat-Connections",
    "Chat-Media",
    "Chat-Notifications",
)


class Wishes(Struct, frozen=True, kw_only=True):
    """What the operator wants. None is: as it is in a stack that stands, else the template's default."""

    stack: str = NAME
    prefix: str | None = None
    architecture: str = "arm64"
    sign_up: str | None = None
    confirm_by_email: bool | None = None
    domain: str | None = None
    certificate: str | None = None
    origins: tuple[str, ...] | None = None
    protect: bool | None = None
    rate_factor: str | None = None
    previews: bool | None = None
    edit_seconds: int | None = None

    def parameters(self) -> dict[str, str]:
        """Those of the template that were asked for."""
        asked = {
            "Prefix": self.prefix,
            "Architecture": self.architecture,
            "SignUp": self.sign_up,
            "ConfirmByEmail": None if self.confirm_by_email is None else str(self.confirm_by_email).lower(),
            "Domain": self.domain,
            "CertificateArn": self.certificate,
            "WebOrigins": None if self.origins is None else ",".join(self.origins),
            "Protect": None if self.protect is None else str(self.protect).lower(),
            "RateFactor": self.rate_factor,
            "Previews": None if self.previews is None else str(self.previews).lower(),
            "EditSeconds": None if self.edit_seconds is None else str(self.edit_seconds),
        }
        return {name: value for name, value in asked.items() if value is not None}


class Prepared(Struct, frozen=True):
    """All is worked out, and nothing of the stack has changed yet."""

    package: Package
    keys: tuple[str, ...]
    plan: Plan


class Deployment:
    """One deployment to one stack. Use `prepare`, then `carry_out` or `give_up`."""

    def __init__(self, account: Account, wishes: Wishes) -> None:
        _check(wishes)
        self.account: Final = account
        self.wishes: Final = wishes
        self.stack: Final = Stack(account, wishes.stack)
        self.code: Final = CodeStore(account, wishes.stack)

    def prepare(self) -> Prepared:
        """Packs the code, uploads it, and asks AWS what would change."""
        given = self._parameters()
        pages("")
        target = target_for(self.wishes.architecture, emulated=self.account.emulated)
        cache = PackageCache()
        package = build_package(target, cache)
        packages = (package, build_pictures(target, cache), build_push(target, cache))
        keys = tuple(map(self.code.put_package, packages))
        parameters: dict[str, str | None] = {
            **given,
            "CodeBucket": self.code.bucket,
            "CodeKey": keys[0],
            "PicturesKey": keys[1],
            "PushKey": keys[2],
            "Runtime": package.target.runtime,
            "Emulator": self.account.endpoint_url,
        }
        return Prepared(package, keys, self.stack.plan(self.code.put_template(), parameters))

    def foresee(self) -> tuple[Change, ...]:
        """What `carry_out` would change, and nothing is done. A stack that isn't there is read from the template."""
        if self.stack.describe() is None:
            self._parameters()
            return tuple(Change("Add", name, kind) for name, kind in template_resources())
        prepared = self.prepare()
        self.give_up(prepared)
        return prepared.plan.changes

    def carry_out(self, prepared: Prepared, tell: Tell, tell_upload: Callable[[str, int, int], None]) -> Uploaded:
        """Makes the change, and uploads the page; done again it does nothing."""
        if prepared.plan.changes:
            self.stack.execute(prepared.plan, tell)
        outputs = self.stack.outputs()
        site = Site(self.account, outputs["WebBucket"], outputs["DistributionId"])
        files = pages(
            outputs["SignUp"], codes=outputs["ConfirmByEmail"] == "true", edit_seconds=int(outputs["EditSeconds"])
        )
        done = site.upload(files, tell_upload)
        self.code.forget_old(*prepared.keys)
        return done

    def give_up(self, prepared: Prepared) -> None:
        """Nothing stays of it but the uploaded code, which costs a fraction of a cent and saves the next upload."""
        if prepared.plan.changes:
            self.stack.discard(prepared.plan)

    def _parameters(self) -> Mapping[str, str | None]:
        """What is asked for; None for what a stack that stands has and keeps. Refuses what can't be."""
        standing = self.stack.parameters()
        asked = self.wishes.parameters()
        if standing and "Prefix" in asked and asked["Prefix"] != standing.get("Prefix"):
            message = f"The stack {self.stack.name} has the prefix {standing.get('Prefix')!r}, which can't be changed."
            raise DeploymentError(message)
        if not standing:
            # The first chat of an account has the report's own names.
            asked = {"Prefix": prefix_of(self.stack.name), "FrontSecret": secrets.token_urlsafe(24), **asked}
            self._refuse_kept_data(asked["Prefix"])
        merged = {**standing, **asked}
        if merged.get("Domain") and not merged.get("CertificateArn"):
            message = "A domain needs a certificate of AWS Certificate Manager in us-east-1: give --certificate."
            raise DeploymentError(message)
        kept = [name for name in template_parameters() if name in standing]
        return {**dict.fromkeys(kept), **asked}

    def _refuse_kept_data(self, prefix: str) -> None:
        """A new stack doesn't touch the data of an earlier one, so it can't take its names either."""
        dynamodb = self.account.client("dynamodb")
        ours = {f"{prefix}{name}" for name in DATA_TABLES}
        names = dynamodb.get_paginator("list_tables").paginate()
        there = sorted(ours & {name for page in names for name in page["TableNames"]})
        if there:
            message = (
                f"There are tables of an earlier stack ({', '.join(there)}). Choose another --prefix, or see "
                '"Data that was kept" in docs/aws.md.'
            )
            raise DeploymentError(message)


def prefix_of(stack: str) -> str:
    """What goes before the names of a stack's tables and functions, where nothing is said."""
    return "" if stack == NAME else f"{stack}-"


def _check(wishes: Wishes) -> None:
    name = wishes.stack
    if not (name and name[0].isalpha() and name.replace("-", "").isalnum() and name == name.lower()):
        message = f"A stack's name has lower-case letters, digits and hyphens, and begins with a letter; not {name!r}."
        raise DeploymentError(message)
    if len(name) > NAME_MAX:
        message = f"A stack's name has up to {NAME_MAX} characters; {name!r} has {len(name)}."
        raise DeploymentError(message)
