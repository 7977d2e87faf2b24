"""Which wheel suits a target best."""

from __future__ import annotations

import random

from tulle.bundle.wheels.tags import suitability
from tulle.target import find_target


def test_ranks_wheels_as_pip_does() -> None:
    target = find_target("python3.13", "x86_64")
    best_first = [
        "thing-1.0-cp313-cp313-manylinux_2_34_x86_64.whl",
        "thing-1.0-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
        "thing-1.0-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "thing-1.0-cp313-cp313-linux_x86_64.whl",
        "thing-1.0-cp313-abi3-manylinux1_x86_64.whl",
        "thing-1.0-cp39-abi3-manylinux_2_28_x86_64.whl",
        "thing-1.0-py3-none-manylinux2014_x86_64.whl",
        "thing-1.0-py3-none-any.whl",
        "thing-1.0-cp313-cp313-manylinux_2_35_x86_64.whl",
    ]
    shuffled = random.Random(3).sample(best_first, len(best_first))
    assert sorted(shuffled, key=lambda file: suitability(file, target)) == best_first
