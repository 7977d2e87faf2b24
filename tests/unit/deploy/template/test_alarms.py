"""The alarms of a template."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from made_templates import made_project, made_release
from tulle.deploy.template.template import make_template

if TYPE_CHECKING:
    from pathlib import Path

TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"


def alarms_of(folder: Path, text: str = "") -> Any:
    template = make_template(made_project(folder, text), "dev", made_release())
    resources = json.loads(template.text)["Resources"]
    return {
        name: one["Properties"]
        for name, one in resources.items()
        if one["Type"] == "AWS::CloudWatch::Alarm"
    }


def test_errors_throttles_and_slowness_ring(tmp_path: Path) -> None:
    alarms = alarms_of(tmp_path)
    assert alarms["ErrorsAlarm"] == {
        "AlarmDescription": "1 or more invocations failed within 5 minutes.",
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Function"}}],
        "Period": 300,
        "TreatMissingData": "notBreaching",
        "Statistic": "Sum",
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    }
    assert alarms["ThrottlesAlarm"]["MetricName"] == "Throttles"
    slow = alarms["DurationAlarm"]
    assert (slow["MetricName"], slow["ExtendedStatistic"]) == ("Duration", "p95")
    assert (slow["Threshold"], slow["EvaluationPeriods"], slow["Period"]) == (24_000, 3, 300)


def test_thresholds_are_the_projects(tmp_path: Path) -> None:
    text = "[deploy.alarms]\nerrors = 3\nthrottles = 4\np95_ms = 500\n"
    alarms = alarms_of(tmp_path, text)
    thresholds = {name: alarm["Threshold"] for name, alarm in alarms.items()}
    assert thresholds == {"ErrorsAlarm": 3, "ThrottlesAlarm": 4, "DurationAlarm": 500}


def test_each_alarm_can_be_left_out(tmp_path: Path) -> None:
    assert set(alarms_of(tmp_path, "[deploy.alarms]\nerrors = false\np95_ms = false\n")) == {
        "ThrottlesAlarm"
    }
    text = "[deploy.alarms]\nerrors = false\np95_ms = false\nthrottles = false\n"
    assert alarms_of(tmp_path, text) == {}


def test_a_topic_hears_of_alarms_and_of_their_end(tmp_path: Path) -> None:
    alarms = alarms_of(tmp_path, f"[deploy.alarms]\ntopic = '{TOPIC}'\n")
    assert {tuple(alarm["AlarmActions"]) for alarm in alarms.values()} == {(TOPIC,)}
    assert {tuple(alarm["OKActions"]) for alarm in alarms.values()} == {(TOPIC,)}
    assert not any("AlarmActions" in alarm for alarm in alarms_of(tmp_path).values())
