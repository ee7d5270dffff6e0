"""How the serverless home gets into an AWS account, and out of it again: packages, stack, web page, status, costs.

It works from a template that can be used without it; see docs/aws.md.
"""
