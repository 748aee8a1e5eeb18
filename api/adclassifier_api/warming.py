"""Do what a first request would wait for, before anybody sends one."""

from __future__ import annotations

import gc
import json

from starlette.types import ASGIApp, Message

from adclassifier import AdClassifier
from adclassifier_api.examples import EXAMPLE_REQUEST

_SERVED = 200

#: What the example has not: the tables of numbers, prices and addresses are read for these, and
#: those of each way to spell around a filter.
_TEXTS = (
    "Nhận làm bằng lái xe giá 500k, zalo 0912345678, stk 19034567 vcb, https://example.com, a@b.vn",
    "Bán iPhone 15 chính hãng giá 100k, túi Gucci 50k, ship toàn quốc",
    "Ban thuoc giam can gia re, khong can don, giao hang tan noi",
    "Bán th.uốc g-i-ả-m c â n, kem trộn trắng d4, giảm c@n cấp tốc rẻẻẻẻ, thuốk zá rẻ",
    "basn thuoosc giarm caan, thuốcgiảmcân #khachsannhatrang #giamcantoanthan",
    "Bán 💊 giảm cân 🅱️án 𝗵𝗮̀𝗻𝗴 ｇｉả, tһuốс, o9l2 345 678, không chín một hai ba bốn năm sáu bảy",
    "Thuốc giảm cân 🅱️án rẻ, không cần đơn",
)


def warm_up(classifier: AdClassifier) -> None:
    """Judge a few made-up posts, with everything that a request may ask for.

    Compiles the kernels, reads the usual words, and loads underthesea's words and the tables of
    spellings, of signals and of the law.

    Parameters
    ----------
    classifier : AdClassifier
    """
    classifier.warm()
    texts = [*_TEXTS, *(post["text"] for post in EXAMPLE_REQUEST["posts"])]
    dates = ["2026-10-05"] * len(texts)
    classifier.predict(texts, posted_at=dates, all_signals=True)
    # the words are loaded for a model that flags no example, too
    classifier.log_odds(texts[0], "violating")


def settle() -> None:
    """Take all that there is now out of garbage collection, for as long as the process lives.

    A collection looks at a quarter of a million objects of the model and its tables, and every
    request waits for it (0.13 s when this was written); in a worker it also writes to what would
    be shared in memory otherwise.
    """
    gc.collect()
    gc.freeze()


async def rehearse(app: ASGIApp) -> None:
    """Send the example through the application: its threads and validators start, too.

    Parameters
    ----------
    app : ASGI application

    Raises
    ------
    RuntimeError
        If it does not answer as it should; the log says why. Nothing that fails so is ready.
    """
    body = json.dumps(EXAMPLE_REQUEST).encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/predict",
        "raw_path": b"/v1/predict",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"x-request-id", b"warm-up")],
        "client": None,
        "server": None,
        "state": {},
    }
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    if statuses != [_SERVED]:
        raise RuntimeError(f"the example was answered with {statuses}; expected {_SERVED}")
