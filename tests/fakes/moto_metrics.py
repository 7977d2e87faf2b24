"""What moto's CloudWatch lacks: percentiles, taught to it in this process."""

from __future__ import annotations

import math
from typing import Any

from moto.cloudwatch import models

__all__ = ["complete_metrics"]

_known = models.Statistics.get_statistics_for_type


def complete_metrics() -> None:
    """Teach moto, for as long as this process lives, what `p50` and its kin are: the nearest of the values."""
    statistics: Any = models.Statistics
    statistics.get_statistics_for_type = _statistic


def _statistic(statistics: Any, stat: str) -> Any:
    if not stat.startswith("p"):
        return _known(statistics, stat)
    values = sorted(statistics.metric_single_values_list)
    return values[max(math.ceil(len(values) * float(stat[1:]) / 100) - 1, 0)]
