"""The emulators run, and have the template's tables."""

import pytest
from tests.emulators.emulators import create_tables, template


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ministack", "dynalite"])
def test_the_templates_tables_can_be_made(name: str, request: pytest.FixtureRequest) -> None:
    """Every table of the template is there afterwards, with the keys that it names."""
    emulator = request.getfixturevalue(name)
    create_tables(emulator, "Made-")
    client = emulator.client("dynamodb")
    tables = [r["Properties"] for r in template()["Resources"].values() if r["Type"] == "AWS::DynamoDB::Table"]
    assert len(tables) >= 5
    for table in tables:
        described = client.describe_table(TableName=table["TableName"]["Fn::Sub"].replace("${Prefix}", "Made-"))
        assert described["Table"]["KeySchema"] == table["KeySchema"]
