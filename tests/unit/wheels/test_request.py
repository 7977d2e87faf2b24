"""How requirements are read."""

from __future__ import annotations

import pytest

from tulle.bundle.wheels.request import read_request
from tulle.errors import InvalidRequirement


def test_one_spelling_for_requests_that_mean_the_same() -> None:
    one = read_request(
        ["Scikit_Learn >= 1.7", "", "# for the features", "numpy"], with_runtime=True
    )
    other = read_request(["numpy", "scikit-learn>=1.7", "numpy"], with_runtime=True)
    assert one.requirements == ("numpy", "scikit-learn>=1.7")
    assert one.sha256 == other.sha256


def test_requests_differ_by_what_they_ask_for() -> None:
    with_numpy = read_request(["numpy"], with_runtime=True)
    digests = {
        with_numpy.sha256,
        read_request(["numpy"], with_runtime=False).sha256,
        read_request(["numpy>2"], with_runtime=True).sha256,
    }
    assert len(digests) == 3


def test_keeps_extras_and_markers() -> None:
    text = 'thing[fast]>=2; python_version < "3.14"'
    assert read_request([text], with_runtime=False).requirements == (text,)


@pytest.mark.parametrize(
    "text", ["-r requirements.txt", "scikit learn", "./wheels/thing.whl", "a==", "é"]
)
def test_refuses_what_is_no_requirement(text: str) -> None:
    with pytest.raises(InvalidRequirement, match="is no requirement") as caught:
        read_request([text], with_runtime=True)
    assert "scikit-learn>=1.7" in caught.value.hint


@pytest.mark.parametrize(
    "text", ["thing @ https://example.com/thing.whl", "thing @ git+https://example.com/thing"]
)
def test_refuses_addresses_and_says_what_to_do_instead(text: str) -> None:
    with pytest.raises(InvalidRequirement, match="names a file or an address") as caught:
        read_request([text], with_runtime=True)
    assert "UV_FIND_LINKS" in caught.value.hint
    assert "`thing`" in caught.value.hint
