"""The tab Try: pictures go in, in each way there is, and the model's answer is shown whole."""

from __future__ import annotations

import base64
import random
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from browser.visit import Visit, visiting
from conftest import SAMPLES
from integration.emulator.dev_process import Dev, running_dev

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

_DROP = """([bytes, type, name]) => {
  const data = new DataTransfer();
  const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  data.items.add(new File([content], name, { type }));
  const how = { bubbles: true, cancelable: true };
  document.dispatchEvent(EVENT);
}"""
DROP = _DROP.replace("EVENT", 'new DragEvent("drop", { ...how, dataTransfer: data })')
PASTE = _DROP.replace("EVENT", 'new ClipboardEvent("paste", { ...how, clipboardData: data })')


def test_a_chosen_picture_is_shown_with_bars_times_and_costs(
    visit: Callable[..., Visit], model: Dev
) -> None:
    here = visit(model)
    here.choose("pants")
    panel = here.page.locator("#try")
    expect(panel.locator(".headline")).to_contain_text("pants")
    expect(panel.locator(".bar")).to_have_count(10)
    expect(panel.locator(".bar").first).to_contain_text("pants")
    expect(panel.locator(".bar").first).to_contain_text("%")
    widths = here.read(
        "[...document.querySelectorAll('.bar')].map(bar => +bar.style.getPropertyValue('--share'))"
    )
    assert widths == sorted(widths, reverse=True)
    assert sum(widths) == pytest.approx(1, abs=0.01)
    assert here.read("document.querySelector('.shown img').naturalWidth") > 0
    stages = panel.locator(".stage-name").all_inner_texts()
    assert stages[-3:] == ["decode", "infer", "overhead"]
    expect(panel.locator(".cost")).to_contain_text("A million like it")
    panel.get_by_text("What it is made of").click()
    expect(panel.locator(".cost table")).to_contain_text("API Gateway, requests")
    expect(here.page.locator("#spoken")).to_contain_text("pants")


@pytest.mark.parametrize("script", [DROP, PASTE], ids=["dropped", "pasted"])
def test_a_picture_may_be_dropped_and_pasted(
    visit: Callable[..., Visit], model: Dev, script: str
) -> None:
    here = visit(model)
    picture = base64.b64encode((SAMPLES / "hat.jpg").read_bytes()).decode()
    here.read(script, [picture, "image/jpeg", "mine.jpg"])
    expect(here.page.locator("#try .headline")).to_contain_text("hat")
    expect(here.page.locator("#try .file-name")).to_have_text("mine.jpg")


def test_a_picture_may_be_named_by_its_url(visit: Callable[..., Visit], model: Dev) -> None:
    here = visit(model)
    here.page.get_by_label("Or its URL").fill(f"{model.url}/_tulle/samples/shoes.jpg")
    here.page.keyboard.press("Enter")
    expect(here.page.locator("#try .headline")).to_contain_text("shoes")
    stages = here.page.locator("#try .stage-name").all_inner_texts()
    assert stages[-4:] == ["fetch", "decode", "infer", "overhead"]


def test_someone_without_a_picture_takes_one_of_ours(
    visit: Callable[..., Visit], model: Dev
) -> None:
    here = visit(model)
    here.page.get_by_role("button", name="skirt").click()
    expect(here.page.locator("#try .headline")).to_contain_text("skirt")
    here.page.get_by_role("button", name="Ask again").click()
    expect(here.page.locator("#try .badge")).to_have_text("warm")


def test_the_first_call_of_an_environment_is_shown_as_cold(
    chromium: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "fresh"
    folder.mkdir()
    with running_dev(folder) as dev, visiting(chromium, dev) as here:
        here.choose("dress")
        expect(here.page.locator("#try .badge")).to_have_text("cold")
        expect(here.page.locator("#try .stage-name").first).to_have_text("init")
        expect(here.page.locator("#environments-word")).to_have_text("0 busy, 1 idle")


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ('type = "rest"\nstage = "v1"\n[api.keys.me]', "200"),
        ('type = "url"', "200"),
        ('type = "none"', None),
    ],
    ids=["rest", "url", "none"],
)
def test_a_picture_goes_through_each_kind_of_gateway_and_without_one(
    chromium: Browser, tmp_path: Path, settings: str, status: str | None
) -> None:
    folder = tmp_path / "gateway"
    folder.mkdir()
    (folder / "tulle.toml").write_text(f"[api]\n{settings}\n")
    with running_dev(folder) as dev, visiting(chromium, dev) as here:
        here.choose("shirt")
        expect(here.page.locator("#try .headline")).to_contain_text("shirt")
        shown = here.page.locator("#try .figures div", has_text="Status")
        expect(shown).to_have_count(1 if status else 0)
        if status:
            expect(shown).to_contain_text(status)


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        ((SAMPLES / "hat.jpg").read_bytes()[:5000], "422", "The picture cannot be read"),
        (b"a letter", "415", "That is not a picture"),
    ],
    ids=["broken", "no picture"],
)
def test_what_is_no_picture_is_shown_as_the_error_that_it_is(
    visit: Callable[..., Visit], model: Dev, content: bytes, status: str, said: str
) -> None:
    here = visit(model)
    file = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": content}
    here.page.set_input_files("#picture-file", file)  # type: ignore[arg-type]  # a dict is a FilePayload
    expect(here.page.locator("#try .fault .status")).to_have_text(status)
    expect(here.page.locator("#try .fault")).to_contain_text(said)
    expect(here.page.locator("#spoken")).to_contain_text(said)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a picture over what a request to Lambda carries."""
    path = tmp_path_factory.mktemp("large") / "large.png"
    noise = random.Random(1).randbytes(1400 * 1400 * 3)
    Image.frombytes("RGB", (1400, 1400), noise).save(path)
    assert path.stat().st_size > 5_000_000
    return path


def test_a_picture_that_is_too_large_is_made_smaller_if_wanted(
    visit: Callable[..., Visit], model: Dev, large: Path
) -> None:
    here = visit(model)
    here.page.set_input_files("#picture-file", large)
    dialog = here.page.get_by_role("dialog", name="This picture is too large to be sent")
    dialog.get_by_role("button", name="Cancel").click()
    expect(here.page.locator("#try .drop")).to_be_visible()
    here.page.set_input_files("#picture-file", large)
    dialog.get_by_role("button", name="Make it smaller").click()
    expect(here.page.locator("#try .file-name")).to_have_text("large.jpg")
    expect(here.page.locator("#try .bar")).to_have_count(10)
