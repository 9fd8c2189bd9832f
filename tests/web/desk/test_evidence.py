"""Evidence at the desk: what is known of it, links that die, originals only with a reason."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tuika.evidence.covering import covered
from tuika.evidence.reading import find, found_json
from tuika.evidence.readings import ReadingState
from tuika.policy.model import EvidenceKind

PREFIX = "/api/v1/desk"
PICTURE = (Path(__file__).parents[2] / "pictures" / "key_used.png").read_bytes()


def uploaded(desk: Any, *, filed: bool = True, data: bytes = PICTURE) -> str:
    """A picture of a buyer, read by the worker; ``filed``: attached to a case."""
    case = desk.case() if filed else None
    talk = case.conversation_id if case else desk.conversation().id
    kept = desk.services.evidence.accept(
        desk.services.uow, conversation_id=talk, client_id="c1", data=data, kind=EvidenceKind.ORDER_PAGE
    )
    text = "订单号 KM202611239999\n卡密〔卡密1〕\n兑换失败"
    with desk.services.uow() as uow:
        if case is not None:
            uow.evidence.attach((kept.id,), case.case_no)
        secret_id = desk.services.vault.seal(uow, "ABCD-1234", kind="card_key", conversation_id=talk)
        stored = uow.readings.get(kept.id)
        cover = covered(desk.services.evidence.bytes_of(kept.sha256), [(0, 200, 540, 260)])
        desk.services.evidence._store.put(cover)
        uow.readings.save(
            replace(
                stored,
                state=ReadingState.DONE,
                text=text,
                found=found_json(find(text)),
                secrets={"〔卡密1〕": secret_id},
                covered_sha256=cover.sha256,
            )
        )
    return str(kept.id)


def test_flags_reading_and_links_of_a_filed_picture(desk: Any) -> None:
    body = desk.client("ann").get(f"{PREFIX}/evidence/{uploaded(desk)}").json()
    assert body["compared"] and [flag["kind"] for flag in body["flags"]] == ["other_order"]
    assert body["secrets"][0]["placeholder"] == "〔卡密1〕" and body["covered"]
    assert "ABCD-1234" not in str(body)


def test_what_a_link_shows_is_painted_over_and_sandboxed(desk: Any) -> None:
    ann, evidence_id = desk.client("ann"), uploaded(desk)
    link = ann.get(f"{PREFIX}/evidence/{evidence_id}").json()["links"]["view"]
    answer = ann.get(link)
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/jpeg"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src 'none'" in answer.headers["content-security-policy"]
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert max(shown.getpixel((100, 230))) < 90
    assert desk.client("bob").get(link).status_code == 404, "it was made for ann"
    assert desk.client().get(link).status_code == 401
    desk.wall.advance(timedelta(minutes=6))
    assert ann.get(link).status_code == 404


def test_the_original_needs_a_reason_that_is_written_down(desk: Any) -> None:
    ann, evidence_id = desk.client("ann"), uploaded(desk)
    path = f"{PREFIX}/evidence/{evidence_id}/original"
    assert ann.post(path, json={"reason": " "}).status_code == 422
    url = ann.post(path, json={"reason": "看不清报错时间"}).json()["url"]
    with Image.open(io.BytesIO(ann.get(url).content)) as shown:
        assert min(shown.convert("RGB").getpixel((500, 230))) > 200
    with desk.services.uow.reading() as uow:
        (event,) = [e for e in uow.audit.list() if e.type == "evidence.original.seen"]
    assert event.actor == "agent:ann" and event.subject == f"evidence:{evidence_id}"


def test_unfiled_evidence_is_for_who_serves_the_conversation(desk: Any) -> None:
    evidence_id = uploaded(desk, filed=False)
    assert desk.client("ann").get(f"{PREFIX}/evidence/{evidence_id}").status_code == 404
    assert desk.client("sue").get(f"{PREFIX}/evidence/{evidence_id}").status_code == 200
    assert desk.client("ann").get(f"{PREFIX}/evidence/ev_none").status_code == 404


def test_the_page_element_shows_flags_and_asks_for_reasons(desk: Any) -> None:
    page = desk.client("ann").get(f"{PREFIX}/evidence/{uploaded(desk)}/panel")
    assert page.headers["content-type"].startswith("text/html")
    assert "不是这笔订单" in page.text and "查看原因" in page.text and "ABCD-1234" not in page.text


@pytest.mark.parametrize("header", [{}, {"HX-Request": "true"}])
def test_a_value_from_a_picture_is_revealed_like_any_other(desk: Any, header: dict[str, str]) -> None:
    sue, evidence_id = desk.client("sue"), uploaded(desk)
    secret_id = sue.get(f"{PREFIX}/evidence/{evidence_id}").json()["secrets"][0]["secret_id"]
    answer = sue.post(f"{PREFIX}/secrets/{secret_id}/reveal", json={"reason": "核对卡密状态"}, headers=header)
    assert "ABCD-1234" in answer.text
    assert answer.headers["content-type"].startswith("text/html" if header else "application/json")


def test_the_same_screenshot_of_another_case_is_named(desk: Any) -> None:
    first = uploaded(desk)
    talk = desk.conversation().id
    kept = desk.services.evidence.accept(
        desk.services.uow, conversation_id=talk, client_id="c2", data=PICTURE, kind=EvidenceKind.OTHER
    )
    body = desk.client("sue").get(f"{PREFIX}/evidence/{kept.id}").json()
    assert [twin["id"] for twin in body["twins"]] == [first]
    assert "seen_elsewhere" in [flag["kind"] for flag in body["flags"]]
