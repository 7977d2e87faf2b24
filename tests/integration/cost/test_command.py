"""`tulle cost`: what it reads, what it shows, what it refuses."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from made_images import MadeImage, write_image
from tulle.cli import main

ROOT = Path(__file__).parents[3]
PROJECT = """
name = "shop"

[model]
path = "clothing"

[function]
architecture = "arm64"
memory_mb = 2048

[package]
type = "zip"

[api]
type = "rest"
access_logs = true

[deploy]
log_retention_days = 90

[deploy.alarms]
p95_ms = false
"""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What became of a command."""

    returncode: object
    stdout: str
    stderr: str


class Command:
    """`tulle cost` in this process and in a folder of its own, run by somebody who has never heard of AWS."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def run(self, *arguments: str) -> Ran:
        self._monkeypatch.setattr(sys, "argv", ["tulle", "cost", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        shown = self._capsys.readouterr()
        return Ran(returncode=left.value.code, stdout=shown.out, stderr=shown.err)

    def cost(self, *arguments: str) -> dict[str, Any]:
        ran = self.run(*arguments, "--json")
        assert ran.returncode == 0, ran.stderr
        result: dict[str, Any] = json.loads(ran.stdout)
        return result


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return Command(folder, monkeypatch, capsys)


def test_shows_a_month_line_by_line_within_80_columns(command: Command) -> None:
    ran = command.run("--duration-ms", "80", "--init-ms", "1200")
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "clothing  1,000,000 requests a month in us-east-1"
    assert lines[1] == "  1,024 MB on x86_64, a container image, an HTTP API"
    assert lines[2] == "  80 ms a request, 1,200 ms more at a cold start (1 %): as you say"
    words = [line.split() for line in lines]
    # 1M × (80 + 1 % × 1200) ms × 1 GB = 92,000 GB-s × 0.0000166667 = 1.53
    assert ["Lambda", "compute", "92,000", "GB-s", "$0.0000166667", "$1.53", "$0"] in words
    assert ["HTTP", "API", "1,000,000", "requests", "$1.00/million", "$1.00", "$1.00"] in words
    assert ["all", "$3.33", "$1.02"] in words
    assert ["a", "picture", "$0.0000033", "$0.0000010"] in words
    assert ["512", "MB", "160", "ms", "-$0.10", "$3.23", "$1.02"] in words
    assert ["a", "function", "URL", "80", "ms", "-$1.00", "$2.33", "$0.02"] in words
    assert "  assumed: 1 % of the requests meet a cold start (--cold-share)" in lines


def test_the_documentation_shows_what_is_shown(command: Command) -> None:
    page = (ROOT / "docs/reference/cost.md").read_text()
    shown = [line[4:] for line in page.splitlines() if line.startswith("    ") or not line]
    begin = shown.index("$ tulle cost --duration-ms 80 --init-ms 1200")
    example = [line for line in shown[begin + 1 : shown.index("  …", begin + 15)] if line != "  …"]
    lines = command.run("--duration-ms", "80", "--init-ms", "1200").stdout.splitlines()
    assert len(example) > 12
    assert [line for line in example if line not in lines] == []


def test_reads_what_the_project_says_of_itself(command: Command) -> None:
    (command.folder / "tulle.toml").write_text(PROJECT)
    known = command.cost("--duration-ms", "50")
    workload = known["workload"]
    assert known["name"] == "shop"
    assert (workload["memory_mb"], workload["architecture"]) == (2048, "arm64")
    assert (workload["api"], workload["alarms"], workload["log_days"]) == ("rest", 2, 90)
    assert (workload["image_bytes"], workload["zip_bytes"]) == (0, 30 * 1024**2)
    assert workload["log_bytes"] == 400 + 350  # the function's log, and the gateway's
    assert [line["priced"] for line in known["lines"]] == [
        "requests",
        "compute-arm64",
        "rest-api",
        "log-ingestion",
        "log-storage",
        "alarms",
        "transfer-out",
        "zip-storage",
    ]
    # 1M × 50 ms × 2 GB = 100,000 GB-s
    assert known["lines"][1]["usd"] == 1.33334
    assert known["lines"][2]["usd"] == 3.5


def test_options_go_before_the_project_file(command: Command) -> None:
    (command.folder / "tulle.toml").write_text(PROJECT)
    options = "--duration-ms 50 --memory-mb 512 --architecture x86_64 --api http --type image"
    more = (
        "--package-mb 1024 --requests 5000000 --response-kb 100 --log-bytes 0 --ephemeral-mb 1024"
    )
    workload = command.cost(*options.split(), *more.split())["workload"]
    assert (workload["memory_mb"], workload["architecture"]) == (512, "x86_64")
    assert (workload["api"], workload["requests"], workload["ephemeral_mb"]) == (
        "http",
        5_000_000,
        1024,
    )
    assert (workload["image_bytes"], workload["zip_bytes"]) == (1024**3, 0)
    assert (workload["response_bytes"], workload["log_bytes"]) == (102_400, 350)


def test_a_stage_has_settings_of_its_own(command: Command) -> None:
    (command.folder / "tulle.toml").write_text(
        f"{PROJECT}[stages.prod.function]\nmemory_mb = 3008\n"
    )
    known = command.cost("--duration-ms", "50", "--stage", "prod")
    assert known["workload"]["memory_mb"] == 3008
    assert known["durations"] == "given"


def test_the_parts_of_the_json_fit_together(command: Command) -> None:
    known = command.cost("--duration-ms", "333.3", "--requests", "3000000")
    assert known["schema"] == 1
    page = (ROOT / "docs/reference/cost.md").read_text()
    assert [key for key in known if f"`{key}`" not in page] == []
    assert known["durations"] == "given"
    for name in ("usd", "free_tier_usd"):
        total = sum(line[name] for line in known["lines"])
        assert total == pytest.approx(known["month"][name])
        assert known["million"][name] == pytest.approx(total / 3)
        assert known["request"][name] == pytest.approx(total / 3_000_000)
    for line in known["lines"]:
        charged = sum(charge["quantity"] * charge["rate_usd"] for charge in line["charges"])
        assert charged == pytest.approx(line["usd"])
    for entry in known["alternatives"]:
        difference = entry["month"]["usd"] - known["month"]["usd"]
        assert difference == pytest.approx(entry["difference_usd"])
        assert entry["assumption"]
    assert [(entry["change"], entry["value"]) for entry in known["alternatives"]] == [
        ("architecture", "arm64"),
        ("memory", "512"),
        ("memory", "1769"),
        ("memory", "3008"),
        ("package", "zip"),
        ("gateway", "rest"),
        ("gateway", "url"),
    ]


def test_what_was_built_is_taken_at_its_size(command: Command) -> None:
    dist = command.folder / "dist"
    layout = dist / "clothing-image"
    dist.mkdir()
    (dist / "clothing.zip").write_bytes(bytes(5000))
    write_image(layout, MadeImage())
    size = sum(path.stat().st_size for path in (layout / "blobs").rglob("*") if path.is_file())
    known = command.cost("--duration-ms", "50")
    assert known["workload"]["image_bytes"] == size > 0
    assert not [text for text in known["assumptions"] if "none is built" in text]
    as_zip = command.cost("--duration-ms", "50", "--type", "zip")
    assert as_zip["workload"]["zip_bytes"] == 5000


def test_environments_that_are_kept_ready(command: Command) -> None:
    ran = command.run("--duration-ms", "50", "--provisioned", "2")
    assert "50 ms a request, 2 environments kept ready: as you say" in ran.stdout
    # 2 × 730 h × 3600 s × 1 GB = 5,256,000 GB-s × 0.0000041667 = 21.90
    words = [line.split() for line in ran.stdout.splitlines()]
    assert ["kept", "ready", "5,256,000", "GB-s", "$0.0000041667", "$21.90", "$21.90"] in words


def test_sizes_that_would_overrun_the_time_limit_are_left_out(command: Command) -> None:
    known = command.cost("--duration-ms", "20000")  # of 30 s; 40 s at half the memory
    sizes = [entry["value"] for entry in known["alternatives"] if entry["change"] == "memory"]
    assert sizes == ["1769", "3008"]
    assert known["problem"] is None
    ran = command.run("--duration-ms", "31000")
    assert ran.returncode == 0
    assert ran.stderr == "! a request takes 31 s at 1024 MB, and the time limit is 30 s\n"


def test_nobody_asks(command: Command) -> None:
    ran = command.run("--duration-ms", "50", "--requests", "0", "--api", "none")
    assert ran.returncode == 0
    words = [line.split() for line in ran.stdout.splitlines()]
    assert ["all", "$0.32", "$0.02"] in words  # three alarms and an image
    assert not [line for line in words if line[:2] == ["a", "picture"]]


@pytest.mark.parametrize(
    ("variables", "options", "region"),
    [
        ({}, (), "us-east-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, (), "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, ("--region", "us-east-1"), "us-east-1"),
    ],
)
def test_the_region_is_the_one_that_the_aws_cli_would_take(
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    options: tuple[str, ...],
    region: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    known = command.cost("--duration-ms", "50", *options)
    assert known["region"] == region


def test_another_region_is_not_guessed(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    ran = command.run("--duration-ms", "50")
    assert ran.returncode == 8
    assert ran.stdout == ""
    assert ran.stderr.splitlines()[0] == (
        "error[rates-unknown]: tulle has no prices of the region `ap-south-1`"
    )
    assert "hint: it has those of eu-west-1 and us-east-1: name one of them" in ran.stderr


def test_shows_the_rates_with_their_sources(command: Command) -> None:
    shown = command.run("--rates", "--region", "eu-west-1")
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert max(len(line) for line in lines if "https://" not in line) <= 80
    at = lines.index("http-api                    requests to an HTTP API, one for each 512 KB")
    assert lines[at + 1 : at + 4] == [
        "  $1.11 a million",
        "  $1.00 a million above 300,000,000",
        "  source 4, of 2026-10-02",
    ]
    assert any(line.startswith("  4  https://") and "ApiGateway" in line for line in lines)
    known = json.loads(command.run("--rates", "--json").stdout)
    (alarms,) = (entry for entry in known["rates"] if entry["priced"] == "alarms")
    assert alarms["tiers"] == [{"from": 0.0, "rate_usd": 0.1}]
    assert alarms["free_a_month"] == 10
    assert alarms["source"]["date"] == "2026-09-22"
    assert all(entry["source"]["url"] for entry in known["rates"])


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("--duration-ms", "-1"), 2, "-1.0 is not in the range 0<=x<=900000"),
        (("--duration-ms", "1", "--cold-share", "2"), 2, "2.0 is not in the range 0<=x<=1"),
        (("--memory-mb", "64"), 2, "64 is not in the range 128<=x<=10240"),
        (
            ("--duration-ms", "1", "--measure"),
            2,
            "--duration-ms says what --measure would find out: leave out one",
        ),
        (
            ("--duration-ms", "1", "--pictures", "."),
            2,
            "nothing is run here: leave out --pictures and --event",
        ),
        (("--stage", "dev", "--pictures", "."), 2, "nothing is run here"),
        (("--stage", "dev"), 7, "no AWS region is named"),
        (("--pictures", "."), 2, "there are no pictures in ."),
    ],
)
def test_refuses_what_cannot_be_meant(
    command: Command, options: tuple[str, ...], status: int, said: str
) -> None:
    ran = command.run(*options)
    assert ran.returncode == status
    assert said in ran.stderr
    assert ran.stdout == ""


def test_an_own_handler_is_not_run_without_an_event(command: Command) -> None:
    (command.folder / "tulle.toml").write_text('[function]\nhandler = "app.handler"\n')
    ran = command.run()
    assert ran.returncode == 2
    assert "hint: say it: --duration-ms 120; or have it run here: --event event.json" in ran.stderr
    assert "a request " in command.run("--duration-ms", "5").stdout  # not a picture


def test_a_broken_project_file_is_refused(command: Command) -> None:
    (command.folder / "tulle.toml").write_text("[function]\nmemory_mb = 5\n")
    ran = command.run("--duration-ms", "5")
    assert ran.returncode == 3
    assert "function.memory_mb" in ran.stderr
