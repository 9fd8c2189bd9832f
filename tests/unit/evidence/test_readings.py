"""The worker's reading: sealed before it is stored, painted over, given up in time, told once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from tuika.clock import FixedClock
from tuika.conversations.model import Attachment, Buyer, Role
from tuika.conversations.service import Conversations
from tuika.errors import ShopUnavailable
from tuika.evidence.fingerprint import fingerprint
from tuika.evidence.ocr import Line
from tuika.evidence.readings import Readings, ReadingState
from tuika.evidence.service import EvidenceService
from tuika.evidence.store import FileBlobStore, check_picture
from tuika.handoff.hours import SupportHours
from tuika.handoff.service import Handoffs
from tuika.ids import SequentialIds
from tuika.intake.opening import Opening
from tuika.money import Money
from tuika.orders.model import Merchant, Order, OrderStatus, Product, ProductType
from tuika.policy.model import EvidenceKind
from tuika.safety.official import OfficialContacts
from tuika.safety.outgoing import Outgoing, looks_like_reference
from tuika.safety.pictures import PictureSealer
from tuika.safety.redaction import redact
from tuika.safety.vault import Vault, VaultKeys
from tuika.storage.uow import UnitOfWorkFactory

KEY = "ABCD-1234-EFGH-5678"
NO = "KM202611230001"
SERIAL = "2026112322001400000000010001"
BILL = ["账单详情", "-19.60", "交易成功", "创建时间2026-11-23 09:27:33", f"订单号{SERIAL}"]
ORDER = Order(
    order_no=NO,
    platform="generic",
    buyer_id="b1",
    merchant=Merchant("m1", "闪充小店"),
    product=Product("网易一卡通 200点", ProductType.CARD_KEY),
    amount=Money(1960),
    status=OrderStatus.PAID,
    paid_at=datetime(2026, 11, 23, 1, 27, tzinfo=UTC),
)


class Shop:
    """Knows one order by its number and serial; can be away."""

    def __init__(self) -> None:
        self.away = False

    def find(self, reference: str, *, buyer_id: str | None = None) -> Order | None:
        if self.away:
            raise ShopUnavailable
        return ORDER if reference in (NO, SERIAL) else None

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Order | None:
        return None


class World(SimpleNamespace):
    def upload(self, lines: list[str], *, buyer: str | None = "b1", opens: bool = True) -> str:
        """A picture that holds these lines; gives its evidence id."""
        out = io.BytesIO()
        Image.new("RGB", (400, 60 * max(1, len(lines))), "white").save(out, format="PNG")
        self.lines = [Line(text, (10, 60 * n, 300, 60 * n + 40)) for n, text in enumerate(lines)]
        with self.units() as uow:
            who = Buyer(buyer, "小林") if buyer else None
            self.talk = self.conversations.open(uow, platform="generic", channel="widget", buyer=who).id
        kept = self.evidence.accept(
            self.units,
            conversation_id=self.talk,
            client_id="c1",
            data=out.getvalue(),
            kind=EvidenceKind.OTHER,
        )
        with self.units() as uow:
            attachment = Attachment(kept.id, kept.media_type, kept.sha256, kept.kind)
            self.conversations.hear(uow, self.talk, "［图片］", turn_id="tn_1", attachments=(attachment,))
            if opens:
                assert uow.readings.opens(kept.id, 1)
        return str(kept.id)

    def read(self, _data: bytes) -> list[Line]:
        if self.broken:
            raise RuntimeError("the engine fell over")
        return list(self.lines)

    def said(self) -> list[str]:
        with self.units.reading() as uow:
            return [m.text for m in uow.messages.after(self.talk, 0) if m.role is Role.BOT]

    def reading(self, evidence_id: str) -> Any:
        with self.units.reading() as uow:
            return uow.readings.get(evidence_id)

    def tickets(self) -> list[Any]:
        with self.units.reading() as uow:
            return list(uow.handoffs.list())


@pytest.fixture
def world(clock: FixedClock, units: UnitOfWorkFactory, tmp_path: Path) -> Iterator[World]:
    ids, store = SequentialIds(), FileBlobStore(tmp_path / "blobs")
    outgoing = Outgoing(OfficialContacts({}))
    conversations = Conversations(clock, ids, outgoing)
    vault = Vault(clock=clock, ids=ids, keys=VaultKeys(("v" * 24,)))
    handoffs = Handoffs(
        clock=clock,
        ids=ids,
        conversations=conversations,
        hours=SupportHours.from_settings("09:00", "21:00"),
        outgoing=outgoing,
    )
    shop = Shop()
    made = World(
        clock=clock,
        units=units,
        store=store,
        conversations=conversations,
        vault=vault,
        shop=shop,
        broken=False,
    )
    made.evidence = EvidenceService(
        clock=clock, store=store, check=check_picture, per_case=9, look=fingerprint, reads=True
    )
    made.readings = Readings(
        clock=clock,
        units=units,
        store=store,
        ocr=made.read,
        sealer=PictureSealer(
            take=lambda text, _conversation: redact(text, known=looks_like_reference),
            vault=vault,
            units=units,
        ),
        opener=Opening(
            units=units,
            shops={"generic": shop},  # type: ignore[arg-type]  # a shop of one order
            conversations=conversations,
            handoffs=handoffs,
            wake=lambda _conversation: None,
        ),
    )
    yield made


def test_a_secret_in_a_picture_is_sealed_and_painted_over(world: World) -> None:
    evidence_id = world.upload(["兑换中心", f"卡密 {KEY}", "兑换失败：已被使用"], opens=False)
    assert world.readings.read_due() == 1
    reading = world.reading(evidence_id)
    assert reading.state is ReadingState.DONE and "〔卡密1〕" in reading.text
    assert KEY not in reading.text and KEY not in str(reading.found)
    with world.units.reading() as uow:
        assert world.vault.open(uow, reading.secrets["〔卡密1〕"]) == KEY
        (item,) = uow.evidence.of_conversation(world.talk)
    with Image.open(io.BytesIO(world.store.read(reading.covered_sha256))) as cover:
        assert max(cover.getpixel((150, 80))) < 80, "the line of the key is dark"
        assert min(cover.getpixel((150, 20))) > 200, "the others are as they were"
    assert reading.covered_sha256 != item.sha256
    assert world.readings.read_due() == 0


def test_his_own_bill_opens_the_conversation(world: World) -> None:
    world.upload(BILL)
    world.readings.read_due()
    (text,) = world.said()
    assert NO in text and "19.60" in text
    assert world.tickets() == []


@pytest.mark.parametrize("buyer", [None, "b2"])
def test_whose_it_is_not_gets_a_person_and_hears_nothing_of_the_order(
    world: World, buyer: str | None
) -> None:
    world.upload(BILL, buyer=buyer)
    world.readings.read_due()
    (text,) = world.said()
    assert SERIAL in text and "工作人员" in text and NO not in text and "网易" not in text
    (ticket,) = world.tickets()
    assert NO in ticket.brief and ticket.kind.value == "ticket"


def test_known_and_unknown_payments_sound_the_same(world: World) -> None:
    world.upload(BILL, buyer=None)
    world.readings.read_due()
    known = world.said()[0]
    other = [line.replace("0010001", "0099999") for line in BILL]
    world.upload(other, buyer=None)
    world.readings.read_due()
    assert world.said()[0].replace("0099999", "0010001") == known


def test_a_picture_without_a_payment_says_nothing_more(world: World) -> None:
    world.upload(["今天天气真好"])
    world.readings.read_due()
    assert world.said() == [] and world.tickets() == []


def test_nothing_is_said_once_the_buyer_has_gone_on(world: World) -> None:
    world.upload(BILL)
    with world.units() as uow:
        world.conversations.hear(uow, world.talk, "算了，我自己说", turn_id="tn_2")
    world.readings.read_due()
    assert world.said() == []


def test_a_shop_that_is_away_is_asked_again(world: World) -> None:
    evidence_id = world.upload(BILL)
    world.shop.away = True
    world.readings.read_due()
    assert world.reading(evidence_id).state is ReadingState.WAITING and world.said() == []
    world.shop.away = False
    world.clock.advance(timedelta(minutes=1))
    world.readings.read_due()
    assert NO in world.said()[0]


def test_a_picture_that_breaks_the_engine_is_given_up(world: World) -> None:
    evidence_id = world.upload(BILL)
    world.broken = True
    for _ in range(5):
        world.readings.read_due()
        world.clock.advance(timedelta(minutes=3))
    assert world.reading(evidence_id).state is ReadingState.FAILED
    assert world.readings.read_due() == 0


def test_two_workers_never_hold_one_picture(world: World) -> None:
    world.upload(BILL)
    wall, lease = datetime.now(UTC), timedelta(minutes=2)
    with world.units() as uow:
        assert uow.readings.claim(until=world.clock.now(), wall=wall, lease_for=lease)
    with world.units() as uow:
        assert uow.readings.claim(until=world.clock.now(), wall=wall, lease_for=lease) is None
        late = wall + timedelta(minutes=3)
        assert uow.readings.claim(until=world.clock.now(), wall=late, lease_for=lease)


@pytest.mark.parametrize("when", ["before", "while"])
def test_a_worker_that_was_quicker_than_the_turn_still_tells(world: World, when: str) -> None:
    evidence_id = world.upload(BILL, opens=False)

    def mark() -> None:
        with world.units() as uow:
            assert uow.readings.opens(evidence_id, 1)

    if when == "while":
        world.marked = False
        slow = world.readings._ocr

        def interrupted(data: bytes) -> list[Line]:
            if not world.marked:
                world.marked = True
                mark()
            return slow(data)

        world.readings._ocr = interrupted
    world.readings.read_due(limit=1)
    assert world.said() == []
    if when == "before":
        mark()
    world.readings.read_due()
    assert len(world.said()) == 1 and NO in world.said()[0]
    assert world.reading(evidence_id).state is ReadingState.DONE
