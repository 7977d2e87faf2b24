"""From an empty folder to a live endpoint and back, by the commands that a user types: told on any AWS."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Story", "tell"]


@dataclass(frozen=True, kw_only=True)
class Story:
    """Whose story it is."""

    folder: Path
    """Empty, but for what `init` is told of."""
    environ: Mapping[str, str]
    """All that the commands see: AWS's credentials, and where AWS is."""
    init: tuple[str, ...]
    """What `tulle init` is told."""
    deploy: tuple[str, ...] = ()
    """What `tulle deploy` is told besides."""
    picture: Path
    categories: frozenset[str]
    told: list[str] = field(default_factory=list)
    """The commands so far, with what they wrote: read when something fails."""

    def tulle(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Type a command."""
        ran = subprocess.run(
            [sys.executable, "-m", "tulle", *words],
            cwd=self.folder,
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        self.told.append(f"$ tulle {' '.join(words)}\n{ran.stdout}{ran.stderr}")
        assert ran.returncode == code, "\n".join(self.told)
        return ran

    def json(self, *words: str) -> Any:
        """Type a command that reports, and read its report."""
        return json.loads(self.tulle(*words, "--json").stdout)

    def live(self) -> Any:
        """Ask what is deployed: the one stage that there is."""
        (found,) = self.json("status")["deployments"]
        return found

    def ask(self, url: str) -> Any:
        """Send the picture to the endpoint, as any program would."""
        trusted = ssl.create_default_context(cafile=self.environ.get("SSL_CERT_FILE"))
        proxies = {"https": proxy} if (proxy := self.environ.get("HTTPS_PROXY")) else {}
        opener = build_opener(ProxyHandler(proxies), HTTPSHandler(context=trusted))
        headers = {"Content-Type": "image/jpeg"}
        with opener.open(Request(url, self.picture.read_bytes(), headers)) as answer:  # noqa: S310 (https)
            return json.load(answer)


def tell(story: Story) -> None:
    """Tell it: three commands to a live endpoint; changed, rolled back, looked at, taken away."""
    try:
        _come_alive(story)
        _change(story)
        _look_at(story)
    finally:
        story.tulle("destroy", "--yes")
    gone = story.tulle("status", "--json", code=7)
    assert "not deployed" in gone.stderr


def _come_alive(story: Story) -> None:
    story.tulle("init", *story.init)
    endpoint = story.tulle("deploy", *story.deploy).stdout.strip()
    answer = story.json("invoke", str(story.picture), "--through", "url")["result"]
    assert set(answer["scores"]) == story.categories
    assert story.ask(endpoint)["category"] == answer["category"]
    again = story.json("deploy", *story.deploy)
    assert (again["changes"], again["sent_bytes"], again["version"]) == ([], 0, "1")
    assert again["endpoint"] == endpoint


def _change(story: Story) -> None:
    """Give the function more memory, then let callers reach the version before that again."""
    project = story.folder / "tulle.toml"
    project.write_text(project.read_text().replace("memory_mb = 1024", "memory_mb = 1536"))
    assert story.live()["version"] == "1"
    planned = story.tulle("deploy", "--plan", *story.deploy).stdout
    assert "MemorySize" in planned
    assert story.json("deploy", *story.deploy)["version"] == "2"
    assert story.json("rollback", "--yes")["version"] == "1"
    assert story.live()["version"] == "1"
    assert story.json("deploy", *story.deploy)["moved"] is True
    assert story.live()["version"] == "2"


def _look_at(story: Story) -> None:
    status = story.live()
    assert status["stage"] == "dev"
    assert status["model_sha256"]
    story.tulle("logs", "--since", "1h")
