"""The log on DynamoDB: the port `Store` in four tables. See docs/decisions/0010-aws.md."""
