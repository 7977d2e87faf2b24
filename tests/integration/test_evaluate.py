"""`tulle evaluate` on the command line, and the processes behind it."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from conftest import PHOTOGRAPHS, ROOT
from integration.emulator.dev_process import TULLE
from made_pictures import noise
from tulle.api.evaluate import evaluate as run_evaluation
from tulle.api.evaluate import plan_evaluation
from tulle.errors import ModelStopped
from tulle.evaluation.pictures import read_folder, select_pictures
from tulle.evaluation.run import answer_all
from tulle.model.builtin import sample_pictures
from tulle.model.lookup import find_model
from tulle.model.prediction import predict_all

if TYPE_CHECKING:
    from pathlib import Path

TINY = ROOT / "tests/data/models/tiny.tflite"
LABELS = ("circle", "square", "star")
PANTS = next(path for path in sample_pictures() if path.name == "pants.jpg")


def evaluate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TULLE, "evaluate", *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Draw four pictures of each category, which the tiny model gets right or wrong as it happens."""
    for number, label in enumerate(LABELS):
        folder = tmp_path / "pictures" / label
        folder.mkdir(parents=True)
        for seed in range(4):
            noise(seed=10 * number + seed).save(folder / f"{seed}.png")
    return tmp_path / "pictures"


def test_counts_what_predict_says(pictures: Path) -> None:
    ran = evaluate("--json", TINY, pictures)
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout)
    (model,) = result["models"]
    paths = sorted(pictures.glob("*/*.png"))
    said = [entry.category for entry in predict_all(find_model(str(TINY)), map(str, paths))]
    shown = [path.parent.name for path in paths]
    wrong = {
        (f"{truth}/{path.name}", answer)
        for path, truth, answer in zip(paths, shown, said, strict=True)
        if truth != answer
    }
    assert {(entry["picture"], entry["said"]) for entry in model["mistakes"]} == wrong
    assert 0 < len(wrong) < 12
    assert (model["right"], model["pictures"], result["pictures"]) == (12 - len(wrong), 12, 12)
    pairs = list(zip(shown, said, strict=True))
    assert model["confusion"] == [[pairs.count((a, b)) for b in LABELS] for a in LABELS]
    assert sum(entry["pictures"] for entry in model["calibration"]["bins"]) == 12
    assert "12 answers in" in ran.stderr


def test_gives_the_model_cards_figure_to_the_digit() -> None:
    validation = PHOTOGRAPHS / "validation"
    if not validation.is_dir():
        pytest.skip("needs the photographs of the clothing data set (TULLE_PHOTOGRAPHS)")
    card = (ROOT / "examples/clothing/MODEL_CARD.md").read_text()
    found = re.search(r"\*\*(0\.\d+)\*\*\s*\((\d+)\s+of\s+(\d+)", card)
    assert found is not None
    ran = evaluate("--json", "clothing", validation)
    (model,) = json.loads(ran.stdout)["models"]
    digits = len(found[1]) - 2
    assert f"{model['accuracy']:.{digits}f}" == found[1]
    assert (model["right"], model["pictures"]) == (int(found[2]), int(found[3]))


def test_shows_one_model_in_full(pictures: Path) -> None:
    ran = evaluate(TINY, pictures)
    assert ran.stdout.startswith(f"{TINY}  accuracy 0.")
    assert "precision  recall" in ran.stdout
    assert "columns, in the same order: what the model says" in ran.stdout
    assert [line.split()[0] for line in ran.stdout.splitlines()[-3:]] == list(LABELS)


def test_goes_on_past_a_model_that_cannot_be_read(pictures: Path, tmp_path: Path) -> None:
    second, broken = tmp_path / "second.tflite", tmp_path / "broken.tflite"
    second.write_bytes(TINY.read_bytes())
    broken.write_bytes(TINY.read_bytes()[:1000])
    ran = evaluate(broken, TINY, second, pictures)
    assert ran.returncode == 4
    assert "error[not-a-model]" in ran.stderr
    heading, first, other, *_ = ran.stdout.splitlines()
    assert heading.split()[:2] == ["model", "accuracy"]
    assert first.startswith(str(TINY))
    assert first.split()[1:5] == other.split()[1:5]
    assert json.loads(evaluate("--json", broken, TINY, pictures).stdout)["failed"][0] == {
        "name": str(broken),
        "error": {
            "code": "not-a-model",
            "message": ran.stderr.split("error[not-a-model]: ")[1].splitlines()[0],
            "hint": "make one from the Keras model with `tulle convert`",
        },
    }


def test_names_each_model_where_none_can_be_read(pictures: Path, tmp_path: Path) -> None:
    broken, absent = tmp_path / "broken.tflite", tmp_path / "absent.tflite"
    broken.write_bytes(TINY.read_bytes()[:1000])
    ran = evaluate(broken, absent, pictures)
    assert ran.returncode == 4
    assert "error[model]: none of the 2 models can be judged" in ran.stderr
    assert ran.stderr.count(str(broken)) >= 1
    assert ran.stderr.count(str(absent)) >= 1


def test_a_picture_that_goes_meanwhile_counts_for_no_model(pictures: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.tflite"
    second.write_bytes(TINY.read_bytes())
    plan = plan_evaluation([str(TINY), str(second)], pictures)
    answers = 0

    def advance(count: int) -> None:
        nonlocal answers
        answers += count
        if answers == 12:  # the first model has seen them all
            (pictures / "star" / "0.png").unlink()

    evaluation = run_evaluation(plan, workers=1, advance=advance)

    assert [entry.picture for entry in evaluation.unread] == ["star/0.png"]
    assert [model.figures.pictures for model in evaluation.models] == [11, 11]


def test_names_and_skips_pictures_that_cannot_be_read(pictures: Path) -> None:
    (pictures / "star" / "page.jpg").write_text("<html>")
    (pictures / "star" / "cut.png").write_bytes((pictures / "star" / "0.png").read_bytes()[:200])
    ran = evaluate("--json", TINY, pictures)
    assert ran.returncode == 0
    result = json.loads(ran.stdout)
    assert [entry["picture"] for entry in result["unread"]] == ["star/cut.png", "star/page.jpg"]
    assert (result["pictures"], result["models"][0]["pictures"]) == (14, 12)
    assert "skipped: star/page.jpg: That is a web page" in ran.stderr


def test_refuses_pictures_none_of_which_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "star").mkdir()
    (tmp_path / "star" / "a.heic").write_bytes(b"ftypheic")
    ran = evaluate(TINY, tmp_path)
    assert ran.returncode == 2
    assert "error[unreadable-picture]: none of the 1 pictures can be read" in ran.stderr


def test_names_the_nearest_label(pictures: Path) -> None:
    (pictures / "star").rename(pictures / "stars")
    ran = evaluate(TINY, pictures)
    assert ran.returncode == 0
    assert "left out: stars is no label; the nearest is 'star' (4 pictures)" in ran.stderr
    ran = evaluate("clothing", pictures)
    assert ran.returncode == 2
    assert "error[unknown-categories]" in ran.stderr
    assert "hint: name the folders as the labels are: dress, hat," in ran.stderr


@pytest.mark.parametrize("folder", ["none", "."])
def test_refuses_a_folder_without_categories(folder: str, tmp_path: Path) -> None:
    ran = evaluate(TINY, tmp_path / folder)
    assert ran.returncode == 2
    assert "error[picture-not-found]" in ran.stderr
    assert "one folder for each category" in ran.stderr


class _Page(HTMLParser):
    """Gathers what a page would ask for, and what its tables are headed by."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.pictures = 0
        self.bare_headings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [given[name] or "" for name in ("src", "href") if name in given]
        self.pictures += tag == "img" and bool(given["alt"])
        self.bare_headings += tag == "th" and "scope" not in given


def test_writes_a_report_that_asks_no_host_for_anything(pictures: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.tflite"
    second.write_bytes(TINY.read_bytes())
    ran = evaluate("--json", "--html", tmp_path / "report.html", TINY, second, pictures)
    text = (tmp_path / "report.html").read_text()
    page = _Page()
    page.feed(text)
    assert page.pictures == sum(
        len(model["mistakes"]) for model in json.loads(ran.stdout)["models"]
    )
    assert all(address.startswith(("data:image/jpeg;", "#model-")) for address in page.addresses)
    assert "http" not in re.sub(r"http-equiv", "", text)
    assert "url(" not in text
    assert page.bare_headings == 0
    assert {path.name for path in tmp_path.iterdir()} == {"pictures", "report.html", second.name}


def test_refuses_a_place_for_the_report_before_the_work(pictures: Path, tmp_path: Path) -> None:
    ran = evaluate("--html", tmp_path / "none" / "report.html", TINY, pictures)
    assert ran.returncode == 2
    assert "error[usage]: there is no folder" in ran.stderr
    assert "Evaluate" not in ran.stderr


def test_gives_the_figures_though_the_report_cannot_be_written(pictures: Path) -> None:
    ran = evaluate("--html", "/proc/report.html", TINY, pictures)
    assert ran.returncode == 2
    assert "error[usage]: the report cannot be written to /proc/report.html" in ran.stderr
    assert "accuracy" in ran.stdout


def test_an_interrupt_ends_it_cleanly(tmp_path: Path) -> None:
    (tmp_path / "pants").mkdir()
    for number in range(400):
        (tmp_path / "pants" / f"{number}.jpg").symlink_to(PANTS)
    with subprocess.Popen(
        [*TULLE, "evaluate", "clothing", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stderr is not None
        assert running.stderr.readline() == "→ Evaluate\n"
        os.killpg(running.pid, signal.SIGINT)
        output, story = running.communicate()
    assert running.returncode == 130
    assert (output, story.split()) == ("", ["interrupted"])


def test_tells_that_a_process_was_killed(pictures: Path) -> None:
    selection = select_pictures(read_folder(pictures), {"tiny": LABELS})
    with pytest.raises(ModelStopped, match="was killed"):
        answer_all(
            find_model(str(TINY)),
            selection.pictures * 50,
            workers=2,
            advance=lambda _: multiprocessing.active_children()[0].kill(),
        )
