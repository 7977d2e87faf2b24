from __future__ import annotations

from pathlib import Path

from made_pictures import write_every_kind
from tulle.evaluation.answers import Answer, Unread
from tulle.evaluation.pictures import LeftOut
from tulle.evaluation.report.page import write_html_report
from tulle.evaluation.result import Evaluation, judge
from tulle.model.file import Model
from tulle.model.signature import Resize, Signature
from unit.evaluation.answered import answered

TAG = "<script>"


def evaluation(
    labels: tuple[str, ...], answers: list[Answer], folder: Path = Path(TAG)
) -> Evaluation:
    signature = Signature(width=8, height=8, labels=labels, resize=Resize(), exif=True)
    model = Model(path=Path("m.tflite"), sha256="0" * 64, size_bytes=1, signature=signature)
    return Evaluation(
        folder=folder,
        pictures=len(answers),
        unread=(Unread(picture=f"a/{TAG}.jpg", category="a", problem=TAG),),
        left_out=(LeftOut(category=TAG, pictures=1, reason="is no label"),),
        loose_pictures=0,
        workers=1,
        models=(judge(TAG, model, answers),),
        failed=(),
    )


def test_shows_names_as_they_are(tmp_path: Path) -> None:
    answers = [answered(TAG, TAG), answered(TAG, TAG)]
    write_html_report(evaluation((TAG, "b"), answers), tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 6
    assert "There are none." in page


def test_lists_the_commonest_confusions_of_many_categories(tmp_path: Path) -> None:
    labels = tuple(f"label {number}" for number in range(50))
    write_html_report(
        evaluation(labels, [answered(label, label) for label in labels]), tmp_path / "report.html"
    )
    assert "The commonest confusions." in (tmp_path / "report.html").read_text()


def test_draws_no_diagram_of_scores_that_are_no_probabilities(tmp_path: Path) -> None:
    write_html_report(evaluation(("a",), [answered("a", "a", 7.0)]), tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "<svg" not in page
    assert "The scores are no probabilities" in page


def test_shows_mistakes_of_every_kind_of_picture(tmp_path: Path) -> None:
    paths = write_every_kind(tmp_path)
    answers = [answered("a", "b", picture=path.name) for path in paths]
    write_html_report(evaluation(("a", "b"), answers, tmp_path), tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert page.count('src="data:image/jpeg;base64,') == len(paths)


def test_says_so_of_a_mistake_whose_picture_is_gone(tmp_path: Path) -> None:
    answers = [answered("a", "b", picture="gone.jpg")]
    write_html_report(evaluation(("a", "b"), answers, tmp_path), tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "gone since it was judged" in page
    assert "gone.jpg" in page


def test_a_label_that_is_there_twice_is_counted_once() -> None:
    (model,) = evaluation(("a", "b", "a"), [answered("a", "a"), answered("b", "a")]).models
    assert (model.figures.right, len(model.figures.categories)) == (1, 2)
