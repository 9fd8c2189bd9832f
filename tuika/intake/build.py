"""Puts the flows together. Called by ``tuika.bootstrap`` alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tuika.clock import Clock
from tuika.conversations.model import Say
from tuika.conversations.ports import Units
from tuika.conversations.service import Conversations
from tuika.intake.answering import Answers
from tuika.intake.cases import CaseDesk
from tuika.intake.casework import AppealFlow, CaseFlow, WithdrawFlow
from tuika.intake.endings import CaseEndings
from tuika.intake.last_asked import AnswersInWords
from tuika.intake.lookups import Lookups
from tuika.intake.protest import Protests
from tuika.intake.questions import Questions
from tuika.intake.refund import RefundFlow
from tuika.intake.refund_asks import RefundAsks
from tuika.intake.refund_filing import RefundFiling
from tuika.intake.scam import ContactCheck, SafetyDesk, ScamFlow
from tuika.intake.scam_guard import ScamGuard
from tuika.intake.scam_words import Alarm
from tuika.intake.scene import Scene
from tuika.intake.service import Flow, Reception
from tuika.intake.sight import Reader
from tuika.intake.talk import Talk
from tuika.intake.tickets import Desk, Handoffs
from tuika.intake.unclear import Unclear
from tuika.intake.uploads import Uploads
from tuika.policy.schema import Pack
from tuika.refunds.service import Refunds
from tuika.settings import Settings

IN_WORDS = frozenset({"affirm", "deny", "inform", "nlu_fallback", "express_anger", "thank", "out_of_scope"})


class _Form:
    """A flow with its questions and its ending under one name."""

    def __init__(
        self, flow: Any, *, ask: Callable[[Scene, str], Say], finish: Callable[[Scene], list[Say]]
    ) -> None:
        self.form: str = flow.form
        self.slots: tuple[str, ...] = flow.slots
        self.absorb: Callable[[Scene], bool] = flow.absorb
        self.next: Callable[[Scene], str | None] = flow.next
        self.ask = ask
        self.finish = finish


def build_reception(
    *,
    clock: Clock,
    uow: Units,
    conversations: Conversations,
    reader: Reader,
    refunds: Refunds,
    handoffs: Handoffs,
    safety: SafetyDesk,
    packs: Mapping[str, Pack],
    settings: Settings,
    notify_link: Callable[[str], str] | None = None,
) -> Reception:
    """All flows and answers over one set of services; ``packs`` by platform.

    ``notify_link``: the signed form where a conversation's notices are agreed, where there are ways to send any.
    """
    cases, desk = CaseDesk(refunds, packs), Desk(handoffs)
    questions = Questions(packs, settings)
    protests = Protests(desk)
    unclear = Unclear(desk, protests.contested, protests.ways)
    talk = Talk(desk, cases, protests.protest, unclear.outside)
    uploads = Uploads(cases, protests.contested, notify_link=notify_link)
    check, alarm = ContactCheck(safety, questions), Alarm(questions)
    words = AnswersInWords(cases)
    flows = _flows(
        cases, desk, ScamFlow(safety, desk, alarm), protests, words, offers_notices=notify_link is not None
    )
    handlers: dict[str, Callable[[Scene], list[Say]]] = {
        **{name: _single(answer) for name, answer in questions.handlers.items()},
        **{name: _single(answer) for name, answer in talk.handlers.items()},
        "verify_official_contact": _single(check.answer),
        "ask_contact_channels": _contact(check, questions.handlers["ask_contact_channels"]),
        "inform": _contact(check, talk.handlers["inform"]),
        **{
            name: _remaining(protests, questions.handlers[name])
            for name in ("ask_how_to_refund", "ask_card_key_usage")
        },
        "nlu_fallback": _single(unclear.outside),
        "upload": _single(uploads.upload),
        "choose": uploads.choose,
    }
    return Reception(
        clock=clock,
        uow=uow,
        conversations=conversations,
        reader=reader,
        flows=flows,
        answers=Answers(
            handlers={name: _after(words, answer) for name, answer in handlers.items()},
            asides=_aside(flows, cases, talk, unclear),
            fallback=_after(words, _single(unclear.outside)),
            clarify=_single(unclear.clarify),
            reminder=words.reminder,
        ),
        guard=ScamGuard(safety, alarm),
        first=words.at_start,
    )


def _single(answer: Callable[[Scene], Say]) -> Callable[[Scene], list[Say]]:
    return lambda scene: [answer(scene)]


def _after(words: AnswersInWords, answer: Callable[[Scene], list[Say]]) -> Callable[[Scene], list[Say]]:
    """An offer or a payout that was just asked about hears the words first."""

    def step(scene: Scene) -> list[Say]:
        said = words.without_evidence(scene)
        if said is None and scene.intent in IN_WORDS:
            said = words.answer(scene)
        return [said] if said is not None else answer(scene)

    return step


def _remaining(protests: Protests, otherwise: Callable[[Scene], Say]) -> Callable[[Scene], list[Say]]:
    """Who was just refused and asks what to do now hears what remains, not how things are done."""
    return lambda scene: [protests.ways(scene) or otherwise(scene)]


def _contact(check: ContactCheck, otherwise: Callable[[Scene], Say]) -> Callable[[Scene], list[Say]]:
    """A message that names a contact is answered about that contact."""
    return lambda scene: [check.answer(scene) if check.named(scene) else otherwise(scene)]


def _flows(
    cases: CaseDesk,
    desk: Desk,
    scam: ScamFlow,
    protests: Protests,
    words: AnswersInWords,
    *,
    offers_notices: bool,
) -> dict[str, Flow]:
    refund = RefundFlow(cases)
    lookup = CaseFlow("lookup_form", cases)
    withdraw, appeal = WithdrawFlow("withdraw_form", cases), AppealFlow("appeal_form", cases)
    endings = CaseEndings(withdraw, appeal, cases, desk, protests.protest)
    filing = RefundFiling(refund, cases, cases, desk, words, offers_notices=offers_notices)
    return {
        "refund_form": _Form(refund, ask=RefundAsks(refund, cases).ask, finish=filing.finish),
        "lookup_form": _Form(
            lookup, ask=lookup.ask, finish=Lookups(lookup, cases, desk, protests.protest).finish
        ),
        "withdraw_form": _Form(withdraw, ask=withdraw.ask, finish=endings.finish_withdraw),
        "appeal_form": _Form(appeal, ask=appeal.ask, finish=endings.finish_appeal),
        "scam_form": scam,
    }


def _aside(
    flows: Mapping[str, Flow], cases: CaseDesk, talk: Talk, unclear: Unclear
) -> dict[str, Callable[[Scene], list[Say]]]:
    """What may be said in passing while a form is open: the form's draft stays as it is."""

    def look(scene: Scene) -> list[Say]:
        if scene.intent == "submit_evidence" and scene.memory.asked in ("evidence", "payment"):
            return [talk.how_to_upload(scene)]
        flow, apart = flows["lookup_form"], _apart(scene)
        flow.absorb(apart)
        if flow.next(apart) is None:
            return flow.finish(apart)
        case = cases.latest_open(apart)
        return [cases.progress(apart, case)] if case else [Say("这个我稍后帮您查，先把手上这一步办完。")]

    lookups = (
        "ask_refund_progress",
        "ask_order_status",
        "report_refund_not_received",
        "request_platform_intervention",
        "submit_evidence",
        "file_complaint",
    )
    answers = ("affirm", "deny", "inform", "choose", "upload", "nlu_fallback", "cancel_refund")
    return {
        **dict.fromkeys(lookups, look),
        **dict.fromkeys(answers, _single(unclear.in_form)),
        "express_anger": _single(talk.anger_aside),
        "goodbye": _single(talk.goodbye_aside),
    }


def _apart(scene: Scene) -> Scene:
    """The same scene with a draft of its own; effects and staged things are shared, the form is not."""
    memory = scene.memory.model_copy(deep=True)
    memory.begin("lookup_form", scene.intent)
    return Scene(
        turn=scene.turn,
        conversation=scene.conversation,
        memory=memory,
        understood=scene.understood,
        sight=scene.sight,
        now=scene.now,
        uow=scene.uow,
        staged={},
    )
