"""The template agrees with the code that it runs, line by line, and lets each function do no more than it names."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from tests.emulators.emulators import ROOT, template

from tertulia.api.operations import OPERATIONS, Function
from tertulia.deployment.deploying import DATA_TABLES, NAME_MAX
from tertulia.deployment.packaging import ENTRANCE
from tertulia.deployment.resources import template_parameters, template_resources, template_text
from tertulia.domain import limits
from tertulia.edges.server.headers import CONTENT_POLICY, page_policy
from tertulia.edges.server.static import _FILE, DRAWINGS
from tertulia.homes import functions
from tertulia.homes.aws_settings import AwsSettings
from tertulia.services.pushing import GATHER_SECONDS

RESOURCES: Final[dict[str, Any]] = template()["Resources"]
EXTRA: Final = {"Chat-WebSocket", "Chat-Stream", "Chat-Notify", "Chat-Previews"}
ACTIONS: Final = ("send", "read", "typing", "draft", "location", "presence", "ping")


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of each resource of that type, by its name."""
    return {name: each.get("Properties", {}) for name, each in RESOURCES.items() if each["Type"] == kind}


def function_names() -> dict[str, str]:
    """The name of each function without the prefix, by its resource."""
    found = of_type("AWS::Lambda::Function")
    return {name: each["FunctionName"]["Fn::Sub"].removeprefix("${Prefix}") for name, each in found.items()}


def routes(api: str) -> dict[str, str]:
    """The function's resource of each route of an API."""
    integrations = {
        name: re.search(r"(\w+Function)", str(each["IntegrationUri"]))[1]  # type: ignore[index]
        for name, each in of_type("AWS::ApiGatewayV2::Integration").items()
        if each["ApiId"] == {"Ref": api}
    }
    found = [each for each in of_type("AWS::ApiGatewayV2::Route").values() if each["ApiId"] == {"Ref": api}]
    targets = {each["RouteKey"]: each["Target"]["Fn::Sub"].removeprefix("integrations/") for each in found}
    assert len(targets) == len(found), "two routes have the same key"
    return {key: integrations[target.strip("${}")] for key, target in targets.items()}


def test_each_operation_has_a_route_to_its_function_and_each_route_an_operation() -> None:
    """Method, path and function are the same in the template and in the table; HEAD goes where GET goes."""
    wanted = {}
    for operation in OPERATIONS:
        if operation.function is Function.LOCAL:
            continue
        wanted[f"{operation.method} {operation.path}"] = operation.function.value
        if operation.method == "GET":
            wanted[f"HEAD {operation.path}"] = operation.function.value
    names = function_names()
    found = {key: names[function] for key, function in routes("HttpApi").items()}
    assert found.pop("$default") == "Chat-Users-GET"
    assert found == wanted


def test_each_action_has_a_route() -> None:
    """So do connecting, leaving, and everything else, and all lead to one function."""
    found = routes("WebSocketApi")
    assert set(found) == {"$connect", "$disconnect", "$default", *ACTIONS}
    assert set(found.values()) == {"WebSocketFunction"}


def test_each_action_is_answered_on_its_connection() -> None:
    """API Gateway returns what the function answers only where the route has a response; the emulator always does."""
    answered = {
        each["RouteId"]["Ref"]: RESOURCES[name]["Condition"]
        for name, each in of_type("AWS::ApiGatewayV2::RouteResponse").items()
    }
    keys = of_type("AWS::ApiGatewayV2::Route")
    assert {keys[route]["RouteKey"] for route in answered} == {"$default", *ACTIONS}
    assert set(answered.values()) == {"NotEmulated"}


def test_the_functions_are_the_reports_and_three_more() -> None:
    """Their names are those of the table of operations, and their handlers exist."""
    assert set(function_names().values()) == {each.value for each in Function if each.value} | EXTRA
    for each in of_type("AWS::Lambda::Function").values():
        module, _, handler = each["Handler"].rpartition(".")
        assert module == ENTRANCE == functions.__name__
        assert callable(getattr(functions, handler))


def test_the_handler_of_a_function_is_its_own() -> None:
    """`Chat-Messages-GET` runs `messages_get`."""
    names = function_names()
    for resource, each in of_type("AWS::Lambda::Function").items():
        name = names[resource].removeprefix("Chat-").lower().replace("-", "_")
        assert each["Handler"].rpartition(".")[2] == name


def test_functions_are_told_what_their_settings_read() -> None:
    """Every variable of the environment is a setting, and no setting that a stack decides is forgotten."""
    by_stack = set(AwsSettings.__struct_fields__) - {"client_secret", "log_level", "endpoint_url"}
    for each in of_type("AWS::Lambda::Function").values():
        variables = each["Environment"]["Variables"]
        assert set(variables) == {f"TERTULIA_{name.upper()}" for name in by_stack}


def test_no_function_has_a_secret_that_is_not_made_for_it() -> None:
    """The app client's secret is nowhere in the template: it is read from the pool by the function that needs it."""
    assert ".ClientSecret" not in template_text()


def statements() -> list[tuple[str, dict[str, Any]]]:
    return [
        (role, statement)
        for role, each in of_type("AWS::IAM::Role").items()
        for policy in each["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_each_function_has_a_role_of_its_own() -> None:
    """No two share one, and none is without."""
    roles = [each["Role"]["Fn::GetAtt"][0] for each in of_type("AWS::Lambda::Function").values()]
    assert sorted(roles) == sorted(of_type("AWS::IAM::Role"))


def test_roles_name_what_they_allow() -> None:
    """Each statement says by its Sid what it is for, names single actions, and resources of this stack."""
    for role, statement in statements():
        where = f"{role}: {statement.get('Sid')}"
        assert re.fullmatch(r"[A-Z][A-Za-z]+", statement["Sid"]), where
        assert statement["Effect"] == "Allow"
        assert all(re.fullmatch(r"[a-z0-9-]+:[A-Z]\w+", action) for action in statement["Action"]), where
        assert all(_narrow(resource) for resource in statement["Resource"]), where


def _narrow(resource: Any) -> bool:
    """Whether a resource is one of the template's, or named from them: no star but below the media or a connection."""
    if "Fn::GetAtt" in resource:
        return resource["Fn::GetAtt"][1] in ("Arn", "StreamArn")
    text = resource["Fn::Sub"]
    if re.fullmatch(r"\$\{\w+Table\.Arn\}/stream/\*", text):
        return True
    return text in ("${MediaBucket.Arn}/media/*", "${MediaBucket.Arn}/media/*.small") or re.fullmatch(
        r"arn:.*\$\{WebSocketApi\}/ws/\w+/@connections/\*", text
    )


def test_sids_of_a_role_differ() -> None:
    """So that a test can take one away by name."""
    sids = [(role, statement["Sid"]) for role, statement in statements()]
    assert len(sids) == len(set(sids))


def test_no_function_may_make_a_log_group() -> None:
    """The template makes them, with an end to what they keep."""
    logs = of_type("AWS::Logs::LogGroup")
    assert len(logs) == len(function_names())
    assert all(each["RetentionInDays"] == {"Ref": "LogDays"} for each in logs.values())
    assert not any("logs:CreateLogGroup" in statement["Action"] for _, statement in statements())


def test_tables_are_protected() -> None:
    """On demand, encrypted, with point-in-time recovery and protection from deletion; they outlive the stack."""
    tables = of_type("AWS::DynamoDB::Table")
    assert {each["TableName"]["Fn::Sub"].removeprefix("${Prefix}") for each in tables.values()} == set(DATA_TABLES)
    for name, each in tables.items():
        assert each["BillingMode"] == "PAY_PER_REQUEST"
        assert each["SSESpecification"] == {"SSEEnabled": True}
        assert each["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert each["DeletionProtectionEnabled"] == {"Fn::If": ["Protected", True, False]}
        assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", ["UserPool", "MediaBucket", *of_type("AWS::DynamoDB::Table")])
def test_what_people_wrote_outlives_the_stack(name: str) -> None:
    """Deleting the stack leaves it; only a stack that was never made whole takes its empty data along."""
    assert RESOURCES[name]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_buckets_are_private() -> None:
    """Nothing is public, everything is encrypted, and a connection without TLS is refused."""
    buckets = of_type("AWS::S3::Bucket")
    assert len(buckets) == 2
    for each in buckets.values():
        assert set(each["PublicAccessBlockConfiguration"].values()) == {True}
        assert each["BucketEncryption"]
    policies = of_type("AWS::S3::BucketPolicy").values()
    assert {each["Bucket"]["Ref"] for each in policies} == set(buckets)
    for each in policies:
        denied = next(s for s in each["PolicyDocument"]["Statement"] if s["Effect"] == "Deny")
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("domain", ["", "chat.example.org"])
def test_the_page_has_the_policy_that_the_server_sends(domain: str) -> None:
    """CloudFront's Content-Security-Policy is the server's, with the media bucket and the domain's own WebSocket."""
    media = "https://bucket.example"
    written, values = _security()["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    socket = values["Socket"]["Fn::If"][1]["Fn::Sub"].replace("${Domain}", domain) if domain else ""
    sockets = (f"wss://{domain}",) if domain else ()
    policy = written.replace("${Media}", media).replace("${Socket}", socket)
    assert policy == page_policy((*sockets, media), (media,)).decode()


def test_the_page_has_the_headers_that_the_server_sends() -> None:
    """Compared with an answer of the server's own: none is missing, none says something else."""
    headers = of_type("AWS::CloudFront::ResponseHeadersPolicy")["PageHeaders"]["ResponseHeadersPolicyConfig"]
    custom = {each["Header"].lower(): each["Value"] for each in headers["CustomHeadersConfig"]["Items"]}
    security = _security()
    assert security["StrictTransportSecurity"]["IncludeSubdomains"] is False
    sent = {
        **custom,
        "x-content-type-options": "nosniff" if "ContentTypeOptions" in security else "",
        "referrer-policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "strict-transport-security": f"max-age={security['StrictTransportSecurity']['AccessControlMaxAgeSec']}",
    }
    assert sent == _server_headers()


def _security() -> dict[str, Any]:
    page = of_type("AWS::CloudFront::ResponseHeadersPolicy")["PageHeaders"]
    found: dict[str, Any] = page["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    return found


def _server_headers() -> dict[str, str]:
    """The fixed headers of a page by https."""
    from tertulia.edges.server.exchange import Kind
    from tertulia.edges.server.headers import AnswerHeaders
    from tertulia.edges.server.settings import HttpSettings

    fixed = AnswerHeaders(HttpSettings())._fixed[Kind.PAGE, True]
    return {name.decode(): value.decode() for name, value in fixed}


def test_drawings_have_the_headers_that_the_server_sends() -> None:
    """As pages of their own they may do nothing, in either home."""
    headers = of_type("AWS::CloudFront::ResponseHeadersPolicy")["DrawingHeaders"]["ResponseHeadersPolicyConfig"]
    policy = headers["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert policy == CONTENT_POLICY.decode()
    (distribution,) = of_type("AWS::CloudFront::Distribution").values()
    behaviours = distribution["DistributionConfig"]["CacheBehaviors"]
    (drawings,) = [each for each in behaviours if each["PathPattern"] == f"{DRAWINGS}*"]
    assert drawings["ResponseHeadersPolicyId"] == {"Ref": "DrawingHeaders"}


def test_a_page_of_the_web_client_is_told_from_a_file_as_the_server_does() -> None:
    """The distribution's function has the endings that the server has."""
    code = of_type("AWS::CloudFront::Function")["PageFunction"]["FunctionCode"]
    assert f"/{_FILE.pattern}/" in code


def test_nothing_of_a_person_is_cached() -> None:
    """All that reaches API Gateway goes by the policy CachingDisabled, with all headers but the host's name."""
    config = of_type("AWS::CloudFront::Distribution")["Distribution"]["DistributionConfig"]
    behaviours = [each for each in config["CacheBehaviors"] if each["TargetOriginId"] != "web"]
    assert {each["PathPattern"] for each in behaviours} == {"/api/*", "/ws"}
    for each in behaviours:
        assert each["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
        assert each["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"


def test_files_come_before_operations() -> None:
    """A behaviour of files below /api stands before that of the API, for the first that fits counts."""
    config = of_type("AWS::CloudFront::Distribution")["Distribution"]["DistributionConfig"]
    patterns = [each["PathPattern"] for each in config["CacheBehaviors"]]
    assert patterns.index("/api/*api.json") < patterns.index("/api/*")
    assert not any(operation.path.endswith("api.json") for operation in OPERATIONS)


@pytest.mark.parametrize("name", ["MessagesStream", "ChangesStream"])
def test_a_record_that_fails_holds_nothing_up_for_ever(name: str) -> None:
    """Batches are halved, single failures are told, tries and age have a bound, and what fails is kept."""
    each = of_type("AWS::Lambda::EventSourceMapping")[name]
    assert each["BisectBatchOnFunctionError"] is True
    assert each["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert each["MaximumRetryAttempts"] < 20
    assert each["MaximumRecordAgeInSeconds"] <= 86400
    assert each["DestinationConfig"]["OnFailure"]["Destination"]


def test_notifications_have_a_stream_of_their_own() -> None:
    """A slow push service holds up nothing else; what is old or fails is left, and a new stack tells of nothing that an
    import brings."""
    each = of_type("AWS::Lambda::EventSourceMapping")["NotifyStream"]
    assert each["FunctionName"] == {"Fn::GetAtt": ["NotifyFunction", "Arn"]}
    assert each["StartingPosition"] == "LATEST"
    assert each["MaximumRetryAttempts"] <= 1
    assert each["MaximumRecordAgeInSeconds"] == limits.PUSH_AGE_SECONDS
    assert each["MaximumBatchingWindowInSeconds"] == GATHER_SECONDS


def test_two_functions_can_read_who_is_notified_where() -> None:
    """The table holds the key with which notifications are signed, and addresses to which they go. How large it is
    may be asked by who reads nothing of it."""
    readers = {
        role
        for role, statement in statements()
        if {"Fn::GetAtt": ["NotificationsTable", "Arn"]} in statement["Resource"]
        and statement["Action"] != ["dynamodb:DescribeTable"]
    }
    assert readers == {"UsersPostRole", "NotifyRole"}


def test_what_the_command_reads_of_the_template_is_there() -> None:
    """Its own simple reading finds the parameters and resources that a YAML parser finds."""
    assert template_parameters() == list(template()["Parameters"])
    assert template_resources() == [(name, each["Type"]) for name, each in RESOURCES.items()]


def test_the_longest_name_of_a_stack_fits_the_bucket() -> None:
    """S3 allows 63 characters: the account has twelve digits, the longest region fourteen."""
    assert len("x" * NAME_MAX + "-media-" + "1" * 12 + "-" + "ap-northeast-1") <= 63


def test_links_are_looked_at_once_and_soon() -> None:
    """What the function is asked isn't tried again, and doesn't wait for long; who asks has no other right to call."""
    (asked,) = of_type("AWS::Lambda::EventInvokeConfig").values()
    assert asked["FunctionName"] == {"Ref": "PreviewsFunction"}
    assert (asked["MaximumRetryAttempts"], asked["Qualifier"]) == (0, "$LATEST")
    assert asked["MaximumEventAgeInSeconds"] <= 300
    calling = [(role, each) for role, each in statements() if "lambda:InvokeFunction" in each["Action"]]
    assert [role for role, _ in calling] == ["StreamRole"]
    assert calling[0][1]["Resource"] == [{"Fn::GetAtt": ["PreviewsFunction", "Arn"]}]


def test_no_emulator_is_named_in_the_template() -> None:
    """The template is AWS's; what an emulator needs comes by a parameter."""
    text = (ROOT / "infra" / "template.yaml").read_text()
    assert not re.search(r"127\.0\.0\.1|localhost|ministack", text)


def test_what_checkov_may_find_has_a_reason() -> None:
    """Each check that is left out says why beside it, or by the group that it stands in."""
    left_out = re.findall(r"^  - (CKV_AWS_\d+)(.*)$", (ROOT / "infra" / "checkov.yaml").read_text(), re.MULTILINE)
    assert left_out
    assert [check for check, reason in left_out if len(reason.strip("# ")) < 5] == []


@pytest.mark.slow
def test_cfn_lint_has_nothing_to_say() -> None:
    """Neither errors nor warnings."""
    command = [str(Path(sys.executable).with_name("cfn-lint")), str(ROOT / "infra" / "template.yaml")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")
