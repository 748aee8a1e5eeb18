"""What the shipped model must do, on invented posts and on the public texts."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
from pathlib import Path
from types import ModuleType

import pytest

from adclassifier import AdClassifier, evaluate, load, read_corpus
from adclassifier.bundle import find_bundle
from adclassifier.corpus import Record
from adclassifier.lexicon import lexicon_text
from adclassifier.taxonomy import load_taxonomy

ROOT = Path(__file__).parents[2]
MAX_BUNDLE_BYTES = 12_000_000

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def shipped() -> AdClassifier:
    return load()


@pytest.fixture(scope="module")
def dev(public_texts: Path) -> list[Record]:
    return read_corpus(public_texts / "real_posts" / "dev.jsonl")


@pytest.fixture(scope="module")
def robustness() -> ModuleType:
    """The benchmark's own measures, so that what is published is what is guarded."""
    spec = importlib.util.spec_from_file_location("robustness", ROOT / "benchmarks/robustness.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (
            "Nhận làm bằng lái xe máy không cần thi, bao hồ sơ gốc, zalo 0912 345 678",
            "illegal_service",
        ),
        ("Túi LV rep 1:1 full box bill, chuẩn auth 99%, giá 850k, ib em", "counterfeit"),
        ("Kem trị nám đặc trị tàn nhang dứt điểm sau 7 ngày, 350k freeship", "cosmetics"),
        (
            "Viên uống chữa khỏi tiểu đường, không cần uống thuốc tây, cam kết hiệu quả",
            "supplement",
        ),
        (
            "Game bài đổi thưởng nạp đầu tặng 100%, link vào https://abc-club.example",
            "illegal_service",
        ),
    ],
)
def test_predict_finds_the_label_of_a_plain_offer(
    shipped: AdClassifier, text: str, label: str
) -> None:
    assert label in shipped.predict([text])[0].labels


@pytest.mark.parametrize(
    "text",
    [
        "Công an vừa bắt giữ nhóm làm bằng lái xe giả, thu 300 phôi bằng",
        "Sáng nay trời đẹp, cả nhà đi Đà Lạt chơi vui quá trời luôn",
        "Áo thun cotton 99k, đủ size, freeship toàn quốc, ib shop nha",
        "Cục An toàn thực phẩm cảnh báo sản phẩm quảng cáo như thuốc chữa bệnh",
        "Ai biết chỗ sửa máy giặt uy tín ở Thủ Đức chỉ mình với ạ",
    ],
)
def test_predict_does_not_flag_what_is_plainly_lawful(shipped: AdClassifier, text: str) -> None:
    assert not shipped.predict([text])[0].violating


@pytest.mark.parametrize(
    "text",
    [
        "Áo thun cotton nữ 99k, đủ size, freeship",
        "Nhận đặt bánh sinh nhật, cơm trưa văn phòng",
        "Quán cà phê sân vườn mở cửa từ 7h sáng",
    ],
)
def test_predict_flags_nobody_for_his_contacts(shipped: AdClassifier, text: str) -> None:
    contacts = (
        " zalo 0912345678, 0987654321, mail a.b@abc.example, fb.com/shopx, @shopx88, "
        "STK 19031234567890 Techcombank, zalo.me/0912345678, https://t.me/shopx"
    )
    assert not shipped.predict([text + contacts])[0].violating


@pytest.mark.parametrize("text", ["ờ" * 20_000, "x" * 20_000, "ok" * 60, "sale " * 60])
def test_predict_is_not_moved_by_repetition(shipped: AdClassifier, text: str) -> None:
    assert shipped.predict([text])[0].outcome in ("clear", "unreadable")


def test_predict_flags_nothing_that_the_ranking_score_does_not_show(shipped: AdClassifier) -> None:
    texts = [record.text for record in read_corpus(ROOT / "data" / "corpus")[::10]]
    flagged = [p for p in shipped.predict(texts, explain=False) if p.violating]
    assert flagged
    assert all((p.p_violating or 0.0) >= shipped.thresholds["review"] for p in flagged)


def test_bundle_is_small_enough_to_ship() -> None:
    files = [path for path in find_bundle().iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MAX_BUNDLE_BYTES


def test_bundle_was_trained_with_the_lexicon_of_the_package() -> None:
    # cues are features: the model's name and hash say what decides only with this lexicon
    manifest = json.loads((find_bundle() / "bundle.json").read_text(encoding="utf-8"))
    lexicon = hashlib.sha256(lexicon_text().encode("utf-8")).hexdigest()
    assert manifest["lexicon_sha256"] == lexicon


def test_model_was_learnt_from_both_parts(shipped: AdClassifier) -> None:
    sources = {source.partition(":")[0] for source in shipped.card["sources"]}
    assert {"authored", "vlsp2019", "seller_web"} <= sources
    assert shipped.card["calibrated_on"] == "real"


@pytest.mark.real
def test_evaluate_reaches_the_bars_on_public_posts(
    shipped: AdClassifier, dev: list[Record]
) -> None:
    result = evaluate(shipped, dev, n_draws=20)
    assert result["accepted"]["violating"]["roc_auc"] >= 0.92
    assert result["strict"]["violating"]["roc_auc"] >= 0.88


@pytest.mark.real
def test_placeholders_and_invented_contacts_are_decided_alike(
    shipped: AdClassifier, dev: list[Record], robustness: ModuleType
) -> None:
    assert robustness.placeholders(shipped, dev)["alike"] >= 0.995


@pytest.mark.real
@pytest.mark.slow
def test_lawful_text_around_a_post_does_not_hide_it(
    shipped: AdClassifier, dev: list[Record], robustness: ModuleType
) -> None:
    kept = robustness.padding(shipped, dev)["kept"]
    assert min(kept.values()) >= 0.95, kept


@pytest.mark.real
def test_pages_of_lawful_posts_are_flagged_no_more_than_the_posts_allow(
    shipped: AdClassifier, dev: list[Record], robustness: ModuleType
) -> None:
    figures = robustness.long_pages(shipped, dev)
    allowed = figures["allowed_by_page"]
    # some 50 pages: two standard errors of their share, so that the test knows more from chance
    chance = 2 * math.sqrt(allowed * (1 - allowed) / figures["n_pages"])
    assert figures["flagged_by_page"] <= allowed + chance


@pytest.mark.real
def test_the_users_articles_are_news(shipped: AdClassifier, public_texts: Path) -> None:
    needs_offer = {signal.code for signal in load_taxonomy().signals if signal.needs_offer}
    articles = sorted(public_texts.parent.glob("seeds/*.txt"))
    assert len(articles) == 2
    for path in articles:
        article = path.read_text(encoding="utf-8")
        parts = [article, *(part for part in article.splitlines() if part.strip())]
        predictions = shipped.predict(parts, all_signals=True)
        assert not any(prediction.violating for prediction in predictions)
        found = {signal.code for prediction in predictions for signal in prediction.signals}
        assert not found & needs_offer
