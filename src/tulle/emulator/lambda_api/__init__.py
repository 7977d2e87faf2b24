"""The Lambda API, as boto3 and the AWS CLI call it, over HTTP."""
