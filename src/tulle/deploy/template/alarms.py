"""Owns the alarms in a template: failures, refusals and slowness of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.deploy.template.function import FUNCTION
from tulle.deploy.template.resource import Resource, Resources, reference

if TYPE_CHECKING:
    from tulle.project.deploy import Alarms

__all__ = ["alarms"]

_MINUTES_5 = 300


def alarms(said: Alarms) -> Resources:
    """Describe the alarms that are wanted, all about every version of the function together."""
    wanted: dict[str, Resource | None] = {
        "ErrorsAlarm": _sum("Errors", said.errors, "invocations failed"),
        "ThrottlesAlarm": _sum("Throttles", said.throttles, "invocations were refused"),
        "DurationAlarm": _duration(said.p95_ms),
    }
    told: Resource = {}
    if said.topic is not None:
        told = {"AlarmActions": [said.topic], "OKActions": [said.topic]}
    return {
        name: {"Type": "AWS::CloudWatch::Alarm", "Properties": {**properties, **told}}
        for name, properties in wanted.items()
        if properties is not None
    }


def _sum(metric: str, threshold: int | None, meaning: str) -> Resource | None:
    if threshold is None:
        return None
    return {
        "AlarmDescription": f"{threshold} or more {meaning} within 5 minutes.",
        **_metric(metric),
        "Statistic": "Sum",
        "EvaluationPeriods": 1,
        "Threshold": threshold,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    }


def _duration(threshold: int | None) -> Resource | None:
    if threshold is None:
        return None
    return {
        "AlarmDescription": f"The slowest 5 % of invocations took over {threshold} ms for 15 minutes.",
        **_metric("Duration"),
        "ExtendedStatistic": "p95",
        "EvaluationPeriods": 3,
        "Threshold": threshold,
        "ComparisonOperator": "GreaterThanThreshold",
    }


def _metric(name: str) -> Resource:
    return {
        "Namespace": "AWS/Lambda",
        "MetricName": name,
        "Dimensions": [{"Name": "FunctionName", "Value": reference(FUNCTION)}],
        "Period": _MINUTES_5,
        "TreatMissingData": "notBreaching",
    }
