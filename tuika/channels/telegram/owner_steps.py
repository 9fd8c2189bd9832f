"""What an owner may do from Telegram: take over, answer, close, approve, reject.

Invariants: each step is one transaction through the same services as the desk's, with the same rules and audit
events; a refund is approved only after a second press that names the amount; a refused step is told in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tuika.channels.model import MenuItem
from tuika.channels.ports import Units
from tuika.clock import Clock
from tuika.desks.mirrors import Mirror
from tuika.errors import TuikaError
from tuika.handoff.model import Agent, Handoff
from tuika.handoff.service import Handoffs
from tuika.money import Money
from tuika.refunds.model import Actor
from tuika.refunds.service import Refunds


@dataclass(frozen=True, slots=True)
class Told:
    """What the owner hears. ``answers``: what replying to it means (``ho:…``, ``no:…``)."""

    text: str
    buttons: tuple[MenuItem, ...] = ()
    answers: str = ""


class OwnerSteps:
    def __init__(
        self,
        *,
        units: Units,
        handoffs: Handoffs,
        refunds: Refunds,
        run_due: Callable[[], object],
        desk: str,
        name: str,
        platform: str,
        wall: Clock,
    ) -> None:
        self._desk = desk
        self._wall = wall
        self._units = units
        self._handoffs = handoffs
        self._refunds = refunds
        self._run_due = run_due
        self._agent = Agent(name, lead=True)
        self._platform = platform

    @property
    def name(self) -> str:
        return self._agent.name

    def press(self, data: str) -> Told:
        """A button: ``o:<step>:<id>[:<fen>]``."""
        parts = data.split(":")
        steps = {"claim": self.claim, "close": self.close, "ok": self.ask, "no": self.ask_why}
        if len(parts) == 3 and parts[0] == "o" and parts[1] in steps:
            return self._guarded(lambda: steps[parts[1]](parts[2]))
        if len(parts) == 4 and parts[:2] == ["o", "yes"] and parts[3].isdigit():
            return self._guarded(lambda: self.approve(parts[2], int(parts[3])))
        return Told("这个按钮已经失效了。")

    def reply(self, answers: str, text: str) -> Told:
        """A reply to a message that meant something."""
        kind, _, number = answers.partition(":")
        if kind == "ho":
            return self._guarded(lambda: self.answer(number, text))
        if kind == "no":
            return self._guarded(lambda: self.reject(number, text))
        return Told("这条消息不能回复。")

    # -- handoffs --

    def claim(self, handoff_id: str) -> Told:
        with self._units() as uow:
            handoff = self._handoffs.claim(uow, handoff_id, self._agent)
            self._follow(uow, handoff)
        return Told(
            f"已接手，机器人不再说话。\n\n{handoff.brief[:1500]}\n\n请“回复”这条消息，内容会直接发给买家。",
            (MenuItem("✅ 结束，交还机器人", f"o:close:{handoff_id}"),),
            answers=f"ho:{handoff_id}",
        )

    def _follow(self, uow: Any, handoff: Handoff) -> None:
        """From here on what the buyer writes is passed on."""
        if handoff.conversation_id is None:
            return
        last = uow.messages.last(handoff.conversation_id, 1)
        seq = last[-1].seq if last else 0
        known: Mirror | None = uow.mirrors.get(self._desk, handoff.id)
        if known is not None:
            uow.mirrors.save(replace(known, relayed_seq=seq))
            return
        now = self._wall.now()
        uow.mirrors.add(Mirror(self._desk, handoff.id, handoff.conversation_id, "", seq, "open", now))

    def answer(self, handoff_id: str, text: str) -> Told:
        with self._units() as uow:
            self._handoffs.reply(uow, handoff_id, text, self._agent)
        return Told("已发给买家。", answers=f"ho:{handoff_id}")

    def close(self, handoff_id: str) -> Told:
        with self._units() as uow:
            self._handoffs.close(uow, handoff_id, self._agent)
        return Told("已结束，接下来由机器人继续服务买家。")

    # -- refunds --

    def ask(self, case_no: str) -> Told:
        """Approving takes a second press, with the amount in it."""
        with self._units.reading() as uow:
            case = self._own(uow, case_no)
        fen = case.pending.amount.fen if case.pending else case.amount.fen
        return Told(
            f"确认同意 {case_no}，退款 {Money(fen)} 给买家？确认后会立即打款。",
            (
                MenuItem(f"确认退款 {Money(fen)}", f"o:yes:{case_no}:{fen}"),
                MenuItem("先不", f"o:keep:{case_no}"),
            ),
        )

    def approve(self, case_no: str, fen: int) -> Told:
        with self._units() as uow:
            self._own(uow, case_no)
            case = self._refunds.approve(
                uow, case_no, amount=Money(fen), note="Telegram", actor=Actor.agent(self.name)
            )
        self._run_due()
        if case.pending is not None:
            return Told(f"{case_no} 已记下您的同意；这一笔要由另一位同事再确认一次。")
        return Told(f"{case_no} 已同意退款 {case.due_amount}，正在打款，买家已收到通知。")

    def ask_why(self, case_no: str) -> Told:
        with self._units.reading() as uow:
            self._own(uow, case_no)
        return Told(f"请“回复”这条消息写明驳回 {case_no} 的原因，买家会看到。", answers=f"no:{case_no}")

    def reject(self, case_no: str, reason: str) -> Told:
        with self._units() as uow:
            self._own(uow, case_no)
            self._refunds.reject(uow, case_no, reason=reason, actor=Actor.agent(self.name))
        self._run_due()
        return Told(f"{case_no} 已驳回，原因已告诉买家。")

    def _own(self, uow: Any, case_no: str) -> Any:
        """The case, if it is of the owner's platform. Raises NotFound."""
        case = self._refunds.get(uow, case_no)
        if case.platform != self._platform:
            return self._refunds.get(uow, "")  # raises: as if there were none
        return case

    def _guarded(self, step: Callable[[], Told]) -> Told:
        try:
            return step()
        except TuikaError as error:
            return Told(f"没有办成：{error.detail}")
