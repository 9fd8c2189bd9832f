"""An action server that answers at once and does nothing: ``python bare_actions.py PORT``.

A form is told that it has everything; whatever speaks says one fixed sentence with a card and three buttons.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

SLOTS = ("order", "proof", "claim")
SAID = {
    "text": "订单 KM202611200001（Q币 100，98.00 元）：已发货。",
    "card": {"type": "order", "data": {"order_no": "KM202611200001", "amount_fen": 9800, "lead": "已经发货"}},
    "quick_replies": [{"title": "卡密用不了", "kind": "wish", "data": {"intent": "report_invalid_card_key"}}]
    * 3,
    "awaiting": None,
}


def answer(call: dict[str, Any]) -> dict[str, Any]:
    name = str(call["next_action"])
    if not name.startswith("validate_"):
        return {"events": [], "responses": [{"custom": {"say": SAID}}]}
    prefix = name.split("_")[1]
    filled = [{"event": "slot", "name": f"{prefix}_{slot}", "value": "done"} for slot in SLOTS]
    return {
        "events": [*filled, {"event": "slot", "name": "requested_slot", "value": None}],
        "responses": [],
    }


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = next((line for line in head.splitlines() if line.startswith("content-length:")), ":0")
            body = await reader.readexactly(int(length.partition(":")[2]))
            said = json.dumps(answer(json.loads(body)) if body else {}).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(said)
                + said
            )
    except asyncio.IncompleteReadError:
        writer.close()


async def main(port: int) -> None:
    async with await asyncio.start_server(serve, "127.0.0.1", port) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
