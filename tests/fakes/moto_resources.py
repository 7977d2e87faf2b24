"""What moto's CloudFormation lacks of the resources that a function has: moto's own things, made from a template.

To be there is enough: moto takes every subclass of its `CloudFormationModel`, the last of a type first.
"""

from __future__ import annotations

import uuid
from typing import Any

from moto.apigateway.models import apigateway_backends
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.awslambda.utils import get_backend
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.common_models import CloudFormationModel

__all__ = ["RESOURCES"]


class _Made:
    """A resource that is known by a name, and keeps what it may be asked for."""

    kind = ""

    def __init__(self, physical_id: str, **attributes: str) -> None:
        self.physical_resource_id = physical_id
        self.attributes = attributes
        self.properties: dict[str, Any] = {}

    @classmethod
    def cloudformation_type(cls) -> str:
        return cls.kind

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:  # noqa: ARG003 (moto's)
        return True

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self.attributes[attribute_name]

    def is_created(self) -> bool:
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,  # noqa: ARG003 (moto's)
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ARG003
    ) -> Any:
        properties = cloudformation_json["Properties"]
        made = cls.make(properties, account_id, region_name)
        made.properties = properties
        return made

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,  # noqa: ARG003 (moto's)
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> Any:
        return cls.change(
            original_resource, cloudformation_json["Properties"], account_id, region_name
        )

    @classmethod
    def make(cls, properties: dict[str, Any], account: str, region: str) -> Any:
        raise NotImplementedError

    @classmethod
    def change(cls, old: Any, properties: dict[str, Any], account: str, region: str) -> Any:  # noqa: ARG003
        return old

    def delete(self, account: str, region: str) -> None:
        """Do nothing, where it goes with what it belongs to."""


def _function(properties: dict[str, Any], name: str = "FunctionName") -> str:
    return str(properties[name]).rpartition(":function:")[2].partition(":")[0]


class Version(_Made, CloudFormationModel):
    kind = "AWS::Lambda::Version"

    @classmethod
    def make(cls, properties: dict[str, Any], account: str, region: str) -> Any:
        function = get_backend(account, region).publish_version(
            _function(properties), properties.get("Description", "")
        )
        assert function
        return cls(function.function_arn, Version=str(function.version))


class Alias(_Made, CloudFormationModel):
    kind = "AWS::Lambda::Alias"

    @classmethod
    def make(cls, properties: dict[str, Any], account: str, region: str) -> Any:
        alias = get_backend(account, region).create_alias(
            properties["Name"], _function(properties), str(properties["FunctionVersion"]), "", ""
        )
        return cls(alias.arn)

    @classmethod
    def change(cls, old: Any, properties: dict[str, Any], account: str, region: str) -> Any:
        get_backend(account, region).update_alias(
            properties["Name"], _function(properties), str(properties["FunctionVersion"]), "", ""
        )
        return old

    def delete(self, account: str, region: str) -> None:
        backend = get_backend(account, region)
        backend.delete_alias(self.properties["Name"], _function(self.properties))


class Url(_Made, CloudFormationModel):
    kind = "AWS::Lambda::Url"

    @classmethod
    def make(cls, properties: dict[str, Any], account: str, region: str) -> Any:
        url = get_backend(account, region).create_function_url_config(
            _function(properties, "TargetFunctionArn"), properties
        )
        return cls(properties["TargetFunctionArn"], FunctionUrl=f"{url.url}/")

    def delete(self, account: str, region: str) -> None:
        function = _function(self.properties, "TargetFunctionArn")
        get_backend(account, region).delete_function_url_config(function)


class Api(_Made, CloudFormationModel):
    kind = "AWS::ApiGatewayV2::Api"

    @classmethod
    def make(cls, properties: dict[str, Any], account: str, region: str) -> Any:
        api = apigatewayv2_backends[account][region].create_api(
            api_key_selection_expression="",
            cors_configuration=properties.get("CorsConfiguration", {}),
            description=properties.get("Description", ""),
            disable_schema_validation="",
            disable_execute_api_endpoint="",
            name=properties["Name"],
            protocol_type=properties["ProtocolType"],
            route_selection_expression="",
            tags=properties.get("Tags", {}),
            version="",
        )
        return cls(api.api_id, ApiEndpoint=api.api_endpoint, ApiId=api.api_id)

    def delete(self, account: str, region: str) -> None:
        apigatewayv2_backends[account][region].delete_api(self.physical_resource_id)


class Stage(_Made, CloudFormationModel):
    kind = "AWS::ApiGatewayV2::Stage"

    @classmethod
    def make(cls, properties: dict[str, Any], account: str, region: str) -> Any:
        config = {name[0].lower() + name[1:]: value for name, value in properties.items()}
        apigatewayv2_backends[account][region].create_stage(properties["ApiId"], config)
        return cls(properties["StageName"])


class Integration(_Made, CloudFormationModel):
    kind = "AWS::ApiGatewayV2::Integration"

    @classmethod
    def make(cls, properties: dict[str, Any], account: str, region: str) -> Any:
        api = apigatewayv2_backends[account][region].get_api(properties["ApiId"])
        integration = api.create_integration(
            connection_type="INTERNET",
            description="",
            integration_method="POST",
            integration_type=properties["IntegrationType"],
            integration_uri=properties["IntegrationUri"],
            payload_format_version=properties.get("PayloadFormatVersion"),
        )
        return cls(integration.id)


class Route(_Made, CloudFormationModel):
    kind = "AWS::ApiGatewayV2::Route"

    @classmethod
    def make(cls, properties: dict[str, Any], account: str, region: str) -> Any:
        api = apigatewayv2_backends[account][region].get_api(properties["ApiId"])
        route = api.create_route(
            api_key_required=False,
            authorization_scopes=properties.get("AuthorizationScopes", []),
            authorization_type=properties.get("AuthorizationType"),
            route_key=properties["RouteKey"],
            target=properties.get("Target", ""),
        )
        return cls(route.route_id)

    def delete(self, account: str, region: str) -> None:
        api = apigatewayv2_backends[account][region].get_api(self.properties["ApiId"])
        api.delete_route(self.physical_resource_id)


class ApiKey(_Made, CloudFormationModel):
    kind = "AWS::ApiGateway::ApiKey"

    @classmethod
    def make(cls, properties: dict[str, Any], account: str, region: str) -> Any:
        said = {"enabled": properties["Enabled"], "description": properties["Description"]}
        value = str(properties.get("Value", ""))
        key = apigateway_backends[account][region].create_api_key({**said, "value": value})
        return cls(key.id)

    def delete(self, account: str, region: str) -> None:
        apigateway_backends[account][region].delete_api_key(self.physical_resource_id)


class Alarm(_Made, CloudFormationModel):
    kind = "AWS::CloudWatch::Alarm"

    @classmethod
    def make(cls, properties: dict[str, Any], account: str, region: str) -> Any:
        alarm = cloudwatch_backends[account][region].put_metric_alarm(
            name=f"alarm-{uuid.uuid4()}",
            namespace=properties["Namespace"],
            metric_name=properties["MetricName"],
            comparison_operator=properties["ComparisonOperator"],
            evaluation_periods=properties["EvaluationPeriods"],
            period=properties["Period"],
            threshold=properties["Threshold"],
            statistic=properties.get("Statistic", ""),
            extended_statistic=properties.get("ExtendedStatistic"),
            description=properties.get("AlarmDescription", ""),
            dimensions=properties.get("Dimensions", []),
            alarm_actions=properties.get("AlarmActions", []),
            treat_missing_data=properties.get("TreatMissingData"),
        )
        return cls(alarm.name)

    def delete(self, account: str, region: str) -> None:
        cloudwatch_backends[account][region].delete_alarms([self.physical_resource_id])


RESOURCES = (Version, Alias, Url, Api, Stage, Integration, Route, ApiKey, Alarm)
