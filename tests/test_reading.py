"""The compiled normaliser writes what `normalize` writes, whichever way a text goes."""

from __future__ import annotations

import json
import random
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.corpus import read_corpus
from adclassifier.features.reading import facts, memo
from adclassifier.features.reading.reader import Reader, string_buffers
from adclassifier.text.accents import strip_accents
from adclassifier.text.language import is_readable
from adclassifier.text.normalize import normalize, retrace

HERE = Path(__file__).parent
FRAGMENTS: dict[str, list[str]] = json.loads((HERE / "data/reading_fragments.json").read_text())
GAPS = [" "] * 12 + FRAGMENTS["gaps"]
ALL = [each for name, group in FRAGMENTS.items() for each in group if name != "gaps"]
#: Blocks that the first stage knows something of: letters, marks, Thai, Khmer, styled letters,
#: enclosed letters and flags, emoji, planes beyond the tables.
BLOCKS = (
    (0x00, 0x250),
    (0x300, 0x370),
    (0x370, 0x530),
    (0xE00, 0xE80),
    (0x1780, 0x1800),
    (0x1E00, 0x1F00),
    (0x2000, 0x2100),
    (0x2460, 0x2500),
    (0xAC00, 0xAC40),
    (0xFE00, 0xFFF0),
    (0x1D400, 0x1D800),
    (0x1F100, 0x1F200),
    (0x1F300, 0x1FB00),
    (0x1FFF0, 0x20010),
    (0xE0000, 0xE0100),
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def read(reader: Reader, texts: Any) -> list[str]:
    batch = reader.read(texts)
    return [batch.text(row) for row in range(len(texts))]


def canonical(texts: list[str]) -> list[str]:
    return [normalize(text).text for text in texts]


def assert_same(reader: Reader, texts: list[str]) -> None:
    found = read(reader, pa.array(texts, pa.large_string()))
    different = [
        each for each in zip(texts, found, canonical(texts), strict=True) if each[1] != each[2]
    ]
    assert not different, different[:3]


def authored(step: int) -> list[str]:
    return [record.text for record in read_corpus(HERE.parent / "data/corpus")][::step]


def tricks() -> list[str]:
    rows = [
        line.split("\t")[:2]
        for path in sorted((HERE / "data").glob("tricks_*.tsv"))
        for line in path.read_text().splitlines()[1:]
    ]
    return [text for row in rows for text in row]


def samples() -> list[str]:
    """Lines as they are stored, names and signs of JSON and all."""
    return (HERE.parent / "data/samples/posts.jsonl").read_text().split("\n")


@pytest.mark.parametrize("way", ["as_written", "NFD", "bare", "capitals"])
def test_read_writes_authored_texts_as_normalize(reader: Reader, way: str) -> None:
    write = {
        "as_written": str,
        "NFD": lambda text: unicodedata.normalize("NFD", text),
        "bare": strip_accents,
        "capitals": str.upper,
    }[way]
    assert_same(reader, [write(text) for text in authored(10 if way == "as_written" else 40)])


def test_read_writes_samples_as_normalize(reader: Reader) -> None:
    assert_same(reader, samples())


def test_read_writes_tricks_as_normalize(reader: Reader) -> None:
    assert_same(reader, tricks())


def test_read_writes_naughty_strings_as_normalize(reader: Reader) -> None:
    assert_same(reader, (HERE / "naughty_strings.txt").read_text().split("\n"))


def test_read_takes_the_compiled_way_for_most_authored_texts(reader: Reader) -> None:
    texts = [
        text
        for text in authored(7)
        if not normalize(text).tricks and "⟨" not in normalize(text).text
    ]
    assert reader.read(pa.array(texts)).plain.mean() <= 0.05


@pytest.mark.parametrize("group", ["words", "cuts", "puns", "contacts", "signs"])
def test_read_writes_every_fragment_by_itself_as_normalize(reader: Reader, group: str) -> None:
    frames = ["{}", "bán {} thuốc giảm cân", "{}{}", "a {}.", "mua {}, không {} được", "\n{} "]
    assert_same(reader, [f.format(x, x) for f, x in product(frames, FRAGMENTS[group])])


def test_read_writes_every_short_form_beside_others_as_normalize(reader: Reader) -> None:
    forms = sorted(facts.form_numbers())
    chance = random.Random(5)  # noqa: S311 - no secret
    signs = ["", "", "", ",", ".", "-", "/", "!", ":", "'", "_", "@", "#", "%", "2", "k"]
    beside = [*forms, *"aáạđ1", "size", "vitamin", "50", "không", "thuốc", "hàng", "ngày"]
    texts = [
        f"{chance.choice(beside)} {form}{chance.choice(signs)} {chance.choice(beside)}"
        for form in forms
        for _ in range(8)
    ]
    assert_same(reader, texts)


@pytest.mark.parametrize("seed", range(4))
def test_read_writes_rows_of_fragments_as_normalize(reader: Reader, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    words = [*FRAGMENTS["words"], *FRAGMENTS["cuts"], *FRAGMENTS["puns"]]
    rows = [" ".join(chance.choices(words, k=chance.randint(2, 14))) for _ in range(400)]
    assert_same(reader, [*rows, *map(strip_accents, rows)])


@pytest.mark.parametrize("seed", range(4))
def test_read_writes_authored_texts_with_slips_as_normalize(reader: Reader, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    texts = []
    for text in authored(16):
        letters = list(text)
        for _ in range(chance.randint(1, 5)):
            place = chance.randrange(len(letters))
            slip = chance.choice([chance.choice(ALL), chance.choice(GAPS), "", letters[place] * 4])
            letters[place] = slip if chance.random() < 0.5 else letters[place] + slip
        texts.append("".join(letters))
    assert_same(reader, texts)


@settings(max_examples=150, deadline=None)
@given(parts=st.lists(st.tuples(st.sampled_from(ALL), st.sampled_from(GAPS)), max_size=12))
def test_read_writes_joined_fragments_as_normalize(
    reader: Reader, parts: list[tuple[str, str]]
) -> None:
    text = "".join(fragment + gap for fragment, gap in parts)
    assert_same(reader, [text, text.upper(), unicodedata.normalize("NFD", text)])


@settings(max_examples=150, deadline=None)
@given(
    texts=st.lists(
        st.text(
            st.one_of(
                *(
                    st.characters(min_codepoint=first, max_codepoint=last - 1)
                    for first, last in BLOCKS
                ),
                st.characters(exclude_categories=["Cs"]),
            )
        ),
        max_size=8,
    )
)
def test_read_writes_any_characters_as_normalize(reader: Reader, texts: list[str]) -> None:
    assert_same(reader, texts)


@pytest.mark.parametrize("times", [10, 300, 3000])
def test_read_writes_long_texts_as_normalize(reader: Reader, times: int) -> None:
    texts = ["bán thuốc giảm cân ko cần đơn, ", "thuoc giam can ", "a", "a ", "🇻🇳", "đ.", "é\u0323"]
    assert_same(reader, [text * times for text in texts])


@pytest.mark.parametrize("n_chars", [3_000, 10_000, 30_000])
def test_read_writes_long_authored_texts_as_normalize(reader: Reader, n_chars: int) -> None:
    whole = "\n".join(authored(7))
    starts = range(0, min(len(whole) - n_chars, 40 * n_chars), n_chars)
    assert_same(reader, [whole[start : start + n_chars] for start in starts][:40])


def test_read_takes_the_compiled_way_for_long_texts() -> None:
    reader = Reader()  # that no longer text has given room
    for times in (10, 700):
        assert not reader.read(pa.array(["thuốc gia truyền bán ở chợ. " * times])).plain.any()


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=str)
def test_read_takes_slices_nulls_and_both_kinds_of_strings(reader: Reader, kind: Any) -> None:
    texts = ["bỏ", "Bán ko", None, "", "th.uốc", None, "THUỐC", "bỏ"]
    part = pa.array(texts, kind).slice(1, 6)
    assert read(reader, part) == ["bán không", "", "", "thuốc", "", "thuốc"]


def test_read_reads_what_lies_below_a_null_as_nothing(reader: Reader) -> None:
    whole = pa.array(["mua", "thuốc", "bán"])
    _, offsets, data = whole.buffers()
    valid = pa.py_buffer(bytes([0b101]))
    texts = pa.StringArray.from_buffers(3, offsets, data, valid)
    assert read(reader, texts) == ["mua", "", "bán"]


@pytest.mark.parametrize("texts", [[], [None], [""], ["", None, " "]])
def test_read_takes_batches_without_a_letter(reader: Reader, texts: list[str | None]) -> None:
    assert read(reader, pa.array(texts, pa.string())) == [""] * len(texts)


def test_string_buffers_gives_offsets_of_a_slice() -> None:
    _, offsets = string_buffers(pa.array(["a", "bc", "def"]).slice(1, 2))
    assert offsets.tolist() == [1, 3, 6]


@pytest.mark.parametrize("way", ["as_written", "bare", "capitals", "several"])
def test_written_names_the_stages_that_lead_to_a_text(reader: Reader, way: str) -> None:
    write = {"bare": strip_accents, "capitals": str.upper}.get(way, str)
    texts = [write(text) for text in [*authored(40), *tricks()]]
    if way == "several":  # what a line lacks, another may have: accents, tricks
        lines = zip(texts, map(strip_accents, texts[7:]), texts[3:], strict=False)
        texts = ["\n".join(rows) for rows in lines]
    batch = reader.read(pa.array(texts))
    for row, text in enumerate(texts):
        whole, part = normalize(text), retrace(text, *batch.written(row))
        assert (whole.text, whole.tricks) == (part.text, part.tricks)
        assert whole.starts.tolist() == part.starts.tolist()
        assert whole.ends.tolist() == part.ends.tolist()


def test_read_writes_the_same_whatever_was_read_before() -> None:
    texts = [*authored(60), *tricks()]
    warm, cold = Reader(), Reader()
    read(warm, pa.array(authored(31)))
    assert read(warm, pa.array(texts)) == read(cold, pa.array(texts)) == canonical(texts)


def test_read_by_several_threads_with_one_memory_writes_what_normalize_writes() -> None:
    memory = memo.Memo()
    parts = [[*authored(50)[k::4], *tricks()] for k in range(4)]
    with ThreadPoolExecutor(4) as threads:
        found = threads.map(lambda part: read(Reader(memory), pa.array(part)), parts)
    assert list(found) == [canonical(part) for part in parts]


def test_memory_lets_nobody_find_a_word_that_his_arrays_do_not_hold() -> None:
    memory = memo.Memo()
    held = []
    for key in range(1, 3000):
        held.append(memory.answers)
        memory.add([(key << 20, 0, "chữ" * (key % 7) + str(key % 1999) if key % 3 else "")])
    for answers in held[::13]:
        numbers = answers.words[(answers.keys != 0) & (answers.words >= 0)]
        assert numbers.max(initial=-1) + 1 < len(answers.starts)
        assert answers.starts[numbers + 1].max(initial=0) <= len(answers.letters)


def test_read_writes_the_same_where_little_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "MOST_KEYS", 300)
    assert_same(Reader(), authored(40))


def test_readable_says_what_is_readable_says(reader: Reader) -> None:
    texts = [*authored(20), *tricks(), *ALL, "don't", "#a'b", "⟨url⟩ x y z", "ยา thuốc", "12 34"]
    batch = reader.read(pa.array(texts))
    assert reader.readable(batch).tolist() == [is_readable(text) for text in canonical(texts)]


def test_answer_refuses_a_kind_of_question_that_is_none() -> None:
    with pytest.raises(KeyError):
        facts.answer(99, "thuốc")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (facts.CHAIN, "th.uốc", (facts.REWRITTEN, "thuốc")),
        (facts.CHAIN, "gi-ảm", (facts.BETWEEN, "")),
        (facts.CHAIN_BETWEEN, "thuốc\tgi-ảm\tcân", (facts.REWRITTEN, "giảm")),
        (facts.CHAIN_BETWEEN, "\tgi-ảm\t", (facts.STAYS, "")),
        (facts.CHAIN, "nam/nữ", (0, "")),
        (facts.ROW, "thuố c", (2, "")),
        (facts.CLUSTER, "bán\tthuố c\ttây", (facts.REWRITTEN, "thuốc")),
        (facts.CLUSTER, "bán\tthuố c gi ảm\ttây", (facts.PLAINLY, "")),
        (facts.LETTERS, "t h u ố c", (1, "")),
        (facts.EXCLAIMED, "tìm\tđồ!\t", (0, "")),
    ],
)
def test_answer_says_what_the_stage_says(kind: int, text: str, expected: tuple[int, str]) -> None:
    assert facts.answer(kind, text) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("0912", 4 << facts.UNITS_SHIFT | facts.ASCII),
        ("٣٤", 2 << facts.UNITS_SHIFT),
        ("thuốk", facts.ALPHABETIC | facts.RESPELT | facts.KNOWN),
        ("0hai", 2 << facts.UNITS_SHIFT | facts.NUMBER_WORD | facts.MIXED | facts.ASCII),
        ("½", facts.ALPHABETIC),
    ],
)
def test_answer_says_what_a_word_is_made_of(word: str, expected: int) -> None:
    assert facts.answer(facts.WORD, word) == (expected, "")


def test_memo_finds_what_was_added_after_it_grew() -> None:
    memory = memo.Memo()
    keys = [(number * 0x9E3779B97F4A7C15 | 1) % 2**64 for number in range(1, 40_000)]
    memory.add((key, key % 97, f"từ{key % 5000}") for key in keys)
    answers = memory.answers
    slots = {int(key): slot for slot, key in enumerate(answers.keys.tolist()) if key}
    words = [int(answers.words[slots[key]]) for key in keys]
    written = [
        answers.letters[answers.starts[word] : answers.starts[word + 1]].tobytes().decode("utf-32")
        for word in words
    ]
    assert written == [f"từ{key % 5000}" for key in keys]


def test_memo_gives_as_news_what_was_added_and_not_what_was_learnt() -> None:
    memory, other = memo.Memo(), memo.Memo()
    memory.add([(3, 1, "thuốc")])
    memory.listen()
    other.listen()
    memory.add([(5, 2, "giảm"), (5, 2, "giảm")])
    memory.add([(5, 2, "giảm")])
    news = memory.take_news()
    other.learn(news)
    assert news == [(5, 2, "giảm")]
    assert memory.take_news() == other.take_news() == []
    assert other.answers.facts[other.answers.keys == 5].tolist() == [2]


def test_memo_has_no_news_unless_somebody_listens() -> None:
    memory = memo.Memo()
    memory.add([(3, 1, "")])
    assert memory.take_news() == []
    memory.add([(5, 1, "")])
    assert memory.take_news() == []


def test_read_asks_little_of_what_another_memory_was_told() -> None:
    texts = [*authored(60), *tricks()]
    told, telling = memo.Memo(), memo.Memo()
    telling.listen()
    expected = read(Reader(telling), pa.array(texts))
    news = telling.take_news()
    told.learn(news)
    told.listen()
    assert read(Reader(told), pa.array(texts)) == expected
    # who knows more goes further in one turn, and may ask what was never asked
    assert len(told.take_news()) < len(news) / 100


@pytest.mark.real
def test_read_takes_the_compiled_way_for_most_real_posts(public_texts: Path) -> None:
    path = public_texts / "real_posts/pool.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text().split("\n")[:-1]]
    assert Reader().read(pa.array(texts)).plain.mean() <= 0.05
