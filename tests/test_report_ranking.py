"""Which posts a report keeps."""

from __future__ import annotations

from adclassifier.report.ranking import TopPosts
from adclassifier.report.scored_posts import ScoredPost


def post(
    text: str, chance: float, severity: str = "S2", provisions: tuple[str, ...] = ()
) -> ScoredPost:
    return ScoredPost(
        text=text,
        origin={"id": text},
        posted_on=None,
        outcome="flag",
        p_violating=chance,
        probabilities={},
        labels=("medicine",),
        subcodes=(),
        severity=severity,
        signals=(),
        provisions=provisions,
        evidence=(),
    )


def keep(most: int, posts: list[ScoredPost]) -> TopPosts[str]:
    kept = TopPosts(most, lambda each: each.text, lambda each: each.origin["id"])
    for each in posts:
        kept.offer(each)
    return kept


def test_ranked_puts_severity_before_probability() -> None:
    posts = [post("a", 0.9, "S3"), post("b", 0.6, "S1"), post("c", 0.8, "S1")]
    assert [kept.view for kept in keep(5, posts).ranked()] == ["c", "b", "a"]


def test_ranked_keeps_the_order_of_arrival_between_equals() -> None:
    posts = [post(text, 0.9) for text in "xay"]
    assert [kept.view for kept in keep(5, posts).ranked()] == ["x", "a", "y"]


def test_ranked_gives_the_most_urgent_of_many() -> None:
    posts = [post(f"{i:04d}", (i * 37 % 1000) / 1000) for i in range(1000)]
    chances = [-kept.rank[1] for kept in keep(7, posts).ranked()]
    assert chances == [i / 1000 for i in range(999, 992, -1)]


def test_offer_makes_no_view_of_posts_that_cannot_be_shown() -> None:
    made: list[str] = []

    def view(each: ScoredPost) -> str:
        made.append(each.text)
        return each.text

    kept = TopPosts(5, view, lambda each: each.text)
    for i in range(1000):
        kept.offer(post(f"{i}", 1.0 - i / 1000))
    assert len(made) <= 2 * 5


def test_offer_counts_the_same_text_as_a_copy() -> None:
    [kept] = keep(5, [post("a", 0.9)] * 30).ranked()
    assert kept.n_copies == 29
    assert len(kept.copies) == 20


def test_offer_keeps_the_same_text_apart_under_another_law() -> None:
    posts = [post("a", 0.9, provisions=("ND87_D50.5c",)), post("a", 0.9, provisions=("ND38_2021",))]
    assert len(keep(5, posts).ranked()) == 2
