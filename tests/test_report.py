"""The report of scored posts: what it shows, hides, and never says."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.errors import InputError, OutputExistsError
from adclassifier.provisions import load_law
from adclassifier.report import ReportCollector
from adclassifier.report.wording import inert
from adclassifier.taxonomy import load_taxonomy

GOLDEN = Path(__file__).parent / "golden" / "report.html"
LABELS = load_taxonomy().label_codes
COLUMNS = {role: role for role in ("id", "platform", "account", "url", "posted_at")}
MADE_AT = dt.datetime(2026, 11, 26, 2, 15, tzinfo=dt.UTC)

TEXT = "Viên khớp gia truyền, chữa dứt điểm thoái hóa. Gọi 0912.345.678"
HOSTILE = (
    "</mark></blockquote><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<!-- --><style>*{display:none}</style>",
    "{{ 7 * 7 }} {% raw %}",
    "&lt;b&gt; &amp;#x202e;",
    "\u202ekhông\u2069 đảo\x00 chữ \x1b[31m",
    "\ud83d lẻ nửa",
)


def row(text: str = TEXT, **changes: Any) -> dict[str, Any]:
    """Make a scored row, flagged as a supplement that claims to cure."""
    start = text.find("chữa dứt điểm")
    start = max(start, 0)
    end = min(len(text), start + 13)
    span = {"start": start, "end": end, "text": text[start:end]}
    return {
        "id": "p1",
        "text": text,
        "platform": "facebook",
        "account": "Cô Ba Đông Y",
        "url": "https://fb.example/1",
        "posted_at": "2026-05-20T08:00:00+07:00",
        "outcome": "flag",
        "p_violating": 0.93,
        **{f"p_{label}": 0.02 for label in LABELS},
        "p_supplement": 0.91,
        "labels": ["supplement"],
        "subcodes": ["supplement.disease_claim"],
        "severity": "S2",
        "signals": [{"code": "disease_claim", **span}],
        "provisions": ["ND87_D50.5c", "LQC_D8.9"],
        "evidence": [{"label": "supplement", "contribution": 1.234, **span}],
    } | changes


def quiet_row(outcome: str, **changes: Any) -> dict[str, Any]:
    """Make a scored row of a post that shows no sign."""
    empty: dict[str, Any] = {"labels": [], "subcodes": [], "provisions": [], "evidence": []}
    nothing = {"outcome": outcome, "p_violating": 0.1, "severity": None, "signals": []}
    return row("Trà sen nhà làm, 90k một gói") | empty | nothing | changes


def page(*rows: Mapping[str, Any], **options: Any) -> str:
    options = {"columns": COLUMNS, "generated_at": MADE_AT, "source": "posts.csv"} | options
    collector = ReportCollector("default@0123456789ab", LABELS, **options)
    collector.add(pd.DataFrame(list(rows), dtype=object))  # pandas' own strings refuse surrogates
    return collector.page()


class Reader(HTMLParser):
    """Reads a page as a browser would: tags, attributes, and the text of posts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.posts: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "blockquote":
            self.posts.append("")
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "blockquote" in self.open:
            self.posts[-1] += data
        if "style" not in self.open:
            self.text += data


def test_page_is_the_golden_file() -> None:
    html = page(
        row(),
        row(id="p2", account="Cô Ba 0987654321", posted_at="2026-05-21"),
        quiet_row("review", id="p3", platform="tiktok", p_violating=0.41),
        quiet_row("clear", id="p4", posted_at=None),
        quiet_row("unreadable", id="p5", p_violating=None, platform=None),
    )
    body = html[html.index("<body>") :]
    if os.environ.get("ADCLASSIFIER_GOLDEN") == "write":
        GOLDEN.write_text(body, "utf-8")
    assert body == GOLDEN.read_text("utf-8")


def several_rows() -> list[dict[str, Any]]:
    return [row(f"{TEXT} {i}", p_violating=i / 100) for i in range(50)]


def test_page_gives_the_same_bytes_in_another_process() -> None:
    # strings have other hashes there, so that sets have another order
    code = (
        "import sys, test_report as t; sys.stdout.buffer.write(t.page(*t.several_rows()).encode())"
    )
    own = os.environ.get("PYTHONHASHSEED")
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "2" if own == "1" else "1"},
        cwd=Path(__file__).parent,
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == page(*several_rows())


def test_page_gives_the_same_for_one_chunk_and_many() -> None:
    rows = [row(f"{TEXT} {i}", p_violating=i % 7 / 10) for i in range(20)]
    collector = ReportCollector(
        "default@0123456789ab",
        LABELS,
        columns=COLUMNS,
        generated_at=MADE_AT,
        source="posts.csv",
    )
    for each in rows:
        collector.add(pd.DataFrame([each]))
    assert collector.page() == page(*rows)


def test_page_is_readable_markup_without_script_or_foreign_asset() -> None:
    reader = Reader(page(row(), quiet_row("review")))
    assert not {"script", "img", "link", "iframe", "object", "form"} & set(reader.tags)
    assert not [each for each in reader.attributes if each[1] in ("src", "style", "srcset")]
    assert not [each for each in reader.attributes if each[1].startswith("on")]


def test_page_is_in_vietnamese_for_screen_readers_too() -> None:
    assert ("html", "lang", "vi") in Reader(page(row())).attributes


def test_page_never_calls_a_post_a_violation() -> None:
    rows = [
        row(
            labels=[subcode.label],
            subcodes=[subcode.code],
            provisions=[],
            signals=[{"code": s.code, "start": 0, "end": 4} for s in load_taxonomy().signals],
            text=f"{TEXT} {subcode.code}",
        )
        for subcode in load_taxonomy().subcodes
    ]
    said = Reader(page(*rows, quiet_row("review"))).text.casefold()
    assert "dấu hiệu vi phạm" in said
    assert not re.findall(r"(?<!dấu hiệu )vi phạm", said)


@pytest.mark.parametrize("text", HOSTILE)
def test_page_shows_a_hostile_text_as_text(text: str) -> None:
    reader = Reader(page(row(text)))
    assert reader.posts == [inert(text)]


hostile_parts = st.one_of(
    st.sampled_from(
        ["<", ">", "&", "</mark>", "<script>", "-->", "&lt;", '"', "'", "{{", "\u202e"]
    ),
    st.text(st.characters(codec=None), max_size=8),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(hostile_parts, min_size=1, max_size=8).map("".join), st.data())
def test_page_shows_any_text_with_any_evidence_as_text(text: str, data: st.DataObject) -> None:
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    evidence = [
        {"start": start, "end": end, "text": "", "label": label, "contribution": 1.0}
        for start, end in data.draw(st.lists(places, max_size=4))
        for label in data.draw(st.sets(st.sampled_from(LABELS), min_size=1, max_size=3))
    ]
    reader = Reader(page(row(text, evidence=evidence, signals=[]), show_contacts=True))
    assert reader.posts == [inert(text)]
    assert not {"script", "img", "style"} & set(reader.tags[reader.tags.index("body") :])


@pytest.mark.parametrize("role", ["id", "platform", "account", "url", "posted_at"])
@pytest.mark.parametrize("value", HOSTILE[:3])
def test_page_shows_a_hostile_origin_as_text(role: str, value: str) -> None:
    reader = Reader(page(row(**{role: value}), row(**{role: value})))
    assert "script" not in reader.tags
    assert "img" not in reader.tags
    assert not [each for each in reader.attributes if each[1].startswith("on")]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "https://fb.example/1 onclick=alert(1)",
        "//fb.example/1",
        "\x01https://fb.example/1",
    ],
)
def test_page_links_to_web_addresses_only(url: str) -> None:
    links = [value for tag, name, value in Reader(page(row(url=url))).attributes if name == "href"]
    assert not [link for link in links if "alert" in link or "example" in link]


def test_page_links_to_the_post() -> None:
    assert ("a", "href", "https://fb.example/1") in Reader(page(row())).attributes


@pytest.mark.parametrize("value", ["=HYPERLINK(1)", "@SUM(A1)"])
def test_page_keeps_formulas_from_running_in_a_spreadsheet(value: str) -> None:
    reader = Reader(page(row(value, id=value), show_contacts=True))
    assert reader.posts == [f"'{value}"]
    assert f"Mã bài'{value}" in reader.text


def test_page_highlights_the_evidence_with_its_contribution() -> None:
    title = "Thực phẩm bảo vệ sức khỏe sai phạm: +1,23; Dấu hiệu: Khẳng định chữa bệnh"
    assert f'<mark class="hue-3 sign" title="{title}">chữa dứt điểm</mark>' in page(row())


def test_page_masks_contacts_wherever_they_stand() -> None:
    start = TEXT.index("Gọi")
    span = {"start": start, "end": start + 9, "text": TEXT[start : start + 9]}
    html = page(
        row(
            account="Cô Ba 0987654321",
            url="https://zalo.example/0912345678",
            signals=[{"code": "contact_obfuscation", **span}],
            evidence=[{"label": "supplement", "contribution": 0.5, **span}],
        ),
        row(account="0387654321"),
    )
    assert not re.search(r"0912|345\.678|0987654|0387654", html)


def test_page_shows_contacts_when_told() -> None:
    assert "0912.345.678" in page(row(), show_contacts=True)


def test_page_keeps_the_id_of_a_post_whole() -> None:
    assert "122542728654190" in page(row(id="122542728654190"))


def test_page_shows_the_law_with_mark_fine_status_and_day() -> None:
    law = load_law()
    html = Reader(page(row())).text
    provision = law.get("ND87_D50.5c")
    for part in (
        provision.instrument,
        provision.article,
        provision.says,
        provision.fine,
        "cần kiểm tra lại",
        f"còn hiệu lực (đến {law.as_of:%d/%m/%Y})",
        "Nêu căn cứ theo ngày đăng 20/05/2026",
    ):
        assert part in html


def test_page_marks_a_provision_whose_words_were_read() -> None:
    assert "đã đọc bản chép" in Reader(page(row(provisions=["LQC_D8.9"]))).text.split("Cần xác")[0]


def test_page_says_which_law_it_took_for_a_post_without_date() -> None:
    said = "Không rõ ngày đăng: nêu căn cứ theo pháp luật tính đến"
    assert f"{said} {load_law().as_of:%d/%m/%Y}" in page(row(posted_at=None))


@pytest.mark.parametrize(("authority", "shown"), [(True, True), (False, False)])
def test_page_gives_hints_of_the_penal_code_to_authorities_only(
    authority: bool, shown: bool
) -> None:
    html = page(row(provisions=["ND87_D50.5c", "BLHS_D193"]), authority=authority)
    assert (load_law().get("BLHS_D193").article in Reader(html).text) is shown


def test_page_says_that_the_basis_must_be_looked_up() -> None:
    html = page(
        row(
            labels=["banned_goods"],
            subcodes=["banned_goods.counterfeit_money"],
            provisions=[],
        )
    )
    assert "Tiền giả: chưa xác định căn cứ, cần tra cứu" in html


def test_page_names_the_agencies_to_send_it_to() -> None:
    assert re.search(r"<b>Chuyển tới:</b> Sở Y tế; ", page(row()))


def test_page_names_the_nearest_label_of_a_post_to_look_at_again() -> None:
    html = page(quiet_row("review"))
    assert "Nhóm gần nhất: Thực phẩm bảo vệ sức khỏe sai phạm, 91%" in html


def test_page_counts_a_post_posted_twice_and_shows_it_once() -> None:
    reader = Reader(page(row(), row(id="p2"), row(id="p3")))
    assert len(reader.posts) == 1
    assert "Cùng nội dung này còn 2 bài khác" in reader.text


def test_page_says_how_many_posts_it_left_out() -> None:
    rows = [row(f"{TEXT} {i}") for i in range(7)]
    reader = Reader(page(*rows, most_flagged=3))
    assert len(reader.posts) == 3
    assert "4 bài còn lại ở trong tệp kết quả" in reader.text


def test_page_of_no_posts_says_so() -> None:
    collector = ReportCollector("default@0123456789ab", LABELS)
    assert Reader(collector.page()).text.count("Không có bài nào.") == 2


def test_page_reads_rows_without_evidence_and_with_missing_cells() -> None:
    scored = row(account=float("nan"), platform=pd.NA, posted_at=None)
    del scored["evidence"]
    assert "Cô Ba" not in page(scored)


def test_page_shows_a_long_text_around_its_evidence_only() -> None:
    html = page(row("mở đầu " * 2000 + TEXT))
    assert len(html) < 40_000
    assert "lược 13." in html
    assert "chữa dứt điểm</mark>" in html


def test_page_draws_no_plot_of_a_single_day() -> None:
    assert '<div class="columns">' not in page(row(), row(TEXT + "!"))


@pytest.mark.parametrize("days", [1, 90, 400, 40_000])
def test_page_draws_any_length_of_time(days: int) -> None:
    first = dt.date(1950, 1, 1)
    last = first + dt.timedelta(days=days)
    reader = Reader(page(row(posted_at=first.isoformat()), row(posted_at=last.isoformat())))
    assert reader.tags.count("rect") < 1000
    assert f"{last:%m/%Y}" in reader.text


def test_page_counts_days_in_vietnam() -> None:
    assert "21/05/2026" in page(row(posted_at="2026-05-20T18:00:00Z"))


def test_page_draws_at_most_fifteen_platforms_by_name() -> None:
    rows = [quiet_row("clear", platform=f"mạng {i}") for i in range(500)]
    html = page(*rows)
    assert len(set(re.findall(r"mạng \d+", html))) == 15
    assert "khác, không ghi" in html


def test_add_names_the_column_that_is_missing() -> None:
    collector = ReportCollector("default@0123456789ab", LABELS, text="caption")
    with pytest.raises(InputError, match="no column 'caption'"):
        collector.add(pd.DataFrame([row()]))


def test_write_stores_the_page(tmp_path: Path) -> None:
    collector = ReportCollector("default@0123456789ab", LABELS)
    collector.write(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8") == collector.page()


def test_write_replaces_nothing_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("mine", "utf-8")
    with pytest.raises(OutputExistsError):
        ReportCollector("default@0123456789ab", LABELS).write(path)
    assert path.read_text("utf-8") == "mine"
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_write_replaces_when_told(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("mine", "utf-8")
    ReportCollector("default@0123456789ab", LABELS).write(path, overwrite=True)
    assert "Báo cáo dấu hiệu vi phạm" in path.read_text("utf-8")
