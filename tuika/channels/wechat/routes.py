"""The address that WeChat calls.

Invariants: nothing is read before its signature was checked; what is stored is answered within five seconds;
the answer goes out in the same breath if it is ready, else as a customer-service message. An account that may
not send those lets WeChat ask three times, and answers the last with what it has.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import timedelta

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from tuika.channels import wxxml
from tuika.channels.gateway import Gateway
from tuika.channels.model import Arrival, Outgoing, Receipt
from tuika.channels.sending import Sender
from tuika.channels.wechat.channel import WeChatChannel
from tuika.channels.wechat.messages import arrival, passive
from tuika.channels.wxcrypt import is_signed
from tuika.clock import Clock
from tuika.errors import Unauthenticated

log = structlog.get_logger(__name__)
IN_TIME = 4.3
TOO_LATE = 5.4
TRIES = 3
FRESH_S = 3600  # WeChat's own time in the query, which is signed; generous, because clocks drift
STEP = 0.35  # how often it is looked whether another node has worked it
WORKING = Outgoing("正在为您查询，需要多一点时间。请过十几秒发送任意一个字，马上把结果发给您。")


class WeChatDoor:
    def __init__(self, channel: WeChatChannel, *, gateway: Gateway, sender: Sender, wall: Clock) -> None:
        self._channel = channel
        self._gateway = gateway
        self._sender = sender
        self._wall = wall
        self._token = channel.settings.token.get_secret_value()
        self._tasks: set[asyncio.Task[float | None]] = set()  # they go on when the request has been answered

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        path = f"/channels/{self._channel.name}"
        router.add_api_route(path, self.verify, methods=["GET"], response_class=PlainTextResponse)
        router.add_api_route(path, self.callback, methods=["POST"])
        return router

    async def verify(self, request: Request) -> Response:
        """WeChat asks whether this address is ours."""
        self._check(request)
        return PlainTextResponse(request.query_params.get("echostr", "")[:100])

    async def callback(self, request: Request) -> Response:
        fields = self._read(request, await request.body())
        came = arrival(fields, channel=self._channel.name, menu=self._channel.menu_keys)
        if came is None:
            return _success()
        began = time.monotonic()
        (receipt,) = await self._gateway.accept([came], passive=self._patience())
        outgoing = await self._answer(came, receipt, began)
        if outgoing is None:
            return _success()
        return self._reply(fields, outgoing)

    # -- proof --

    def _check(self, request: Request) -> None:
        asked = request.query_params
        given, stamp, nonce = asked.get("signature", ""), asked.get("timestamp", ""), asked.get("nonce", "")
        if not is_signed(given, self._token, stamp, nonce):
            raise Unauthenticated("签名不对，请核对公众平台和设置里的 Token")

    def _check_time(self, request: Request) -> None:
        """Rows of old messages are purged after some days; what is older than an hour is no delivery."""
        stamp = request.query_params.get("timestamp", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            raise Unauthenticated("回调缺少 timestamp")
        if abs(self._wall.now().timestamp() - int(stamp)) > FRESH_S:
            raise Unauthenticated("回调的时间与服务器相差超过一小时，请校准服务器时钟")

    def _read(self, request: Request, body: bytes) -> dict[str, str]:
        asked = request.query_params
        crypt = self._channel.crypt
        self._check_time(request)
        if crypt is None:
            self._check(request)
            return wxxml.read(body)
        plain = crypt.open(
            wxxml.read(body).get("Encrypt", ""),
            msg_signature=asked.get("msg_signature", ""),
            timestamp=asked.get("timestamp", ""),
            nonce=asked.get("nonce", ""),
        )
        return wxxml.read(plain)

    # -- the answer --

    def _patience(self) -> timedelta:
        """How long deliveries wait for being said in the same breath."""
        return timedelta(seconds=IN_TIME + 0.5 if self._channel.limits.push else TOO_LATE * TRIES)

    async def _answer(self, came: Arrival, receipt: Receipt, began: float) -> Outgoing | None:
        outgoing = await self._ready(came, receipt, began + IN_TIME)
        if outgoing is not None or self._channel.limits.push or receipt.state == "done":
            return outgoing
        if receipt.tries < TRIES:  # no answer in time makes WeChat ask again
            await asyncio.sleep(max(0.0, began + TOO_LATE - time.monotonic()))
            return None
        return WORKING

    async def _ready(self, came: Arrival, receipt: Receipt, until: float) -> Outgoing | None:
        """Wait for what is said to this message; None when it takes too long or there is nothing."""
        worked = self._gateway.expect(receipt.id)
        if receipt.state == "done":
            worked.set()
        while (left := until - time.monotonic()) > 0:
            if not worked.is_set() and not self._tasks_of(came):
                self._work(came)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(worked.wait(), min(STEP, left))
            link = await asyncio.to_thread(self._gateway.done, receipt.id, came)
            if link is not None:
                return await self._sender.passive(link, receipt.id)
        return None

    def _tasks_of(self, came: Arrival) -> bool:
        return any(task.get_name() == came.peer for task in self._tasks)

    def _work(self, came: Arrival) -> None:
        task = asyncio.create_task(self._gateway.work(came.channel, came.peer), name=came.peer)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[float | None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("wechat.work_failed", error=type(task.exception()).__name__)

    def _reply(self, fields: dict[str, str], outgoing: Outgoing) -> Response:
        now = int(self._wall.now().timestamp())
        document = passive(fields, outgoing, at=now)
        crypt = self._channel.crypt
        if crypt is not None:
            nonce = str(now % 10**9)
            encrypted, signed = crypt.seal(document, timestamp=str(now), nonce=nonce)
            document = wxxml.write(
                {"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": now, "Nonce": nonce}
            )
        return Response(document, media_type="application/xml")


def _success() -> Response:
    return PlainTextResponse("success")
