"""A buyer as a test speaks for him.

Invariants: each message has its own client_id; what is said is printed, so that pytest shows the transcript of
a test that fails; ``heard`` and ``awaiting`` are about what was answered last.
"""

from __future__ import annotations

import io
import random
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image

Json = dict[str, Any]
_numbers = count(1)


class Buyer:
    def __init__(self, http: httpx.Client, name: str, opened: Json) -> None:
        self._http = http
        self.name = name
        self.conversation_id: str = opened["conversation_id"]
        self._headers = {"Authorization": f"Bearer {opened['session_token']}"}
        self.answers: list[Json] = []
        self.seen = 0
        self.take(opened["messages"])
        self.greeting = list(self.answers)

    # -- speaking --

    def say(self, text: str) -> str:
        """Type something; gives what was answered, as one text."""
        print(f"{self.name}> {text}")
        self.take(self.post({"text": text}).json()["messages"])
        return self.heard

    def press(self, title: str) -> str:
        """Press the quick reply whose title holds ``title``."""
        return self.press_action(self.action(title), title)

    def press_action(self, action: str, title: str = "") -> str:
        print(f"{self.name}> [{title or action}]")
        self.take(self.post({"action": action}).json()["messages"])
        return self.heard

    def action(self, title: str) -> str:
        """The opaque value of a quick reply of the last answer."""
        offered = {reply["title"]: str(reply["action"]) for m in self.answers for reply in m["quick_replies"]}
        found = [action for name, action in offered.items() if title in name]
        assert found, f"没有“{title}”这个按钮：{list(offered)}"
        return found[0]

    def confirm(self) -> str:
        """Say yes to the summary; it is an error to be asked for anything else."""
        assert self.awaiting == "confirm", f"这里应当在等确认，实际在等 {self.awaiting}"
        return self.press("确认")

    def decline(self) -> str:
        assert self.awaiting == "confirm", f"这里应当在等确认，实际在等 {self.awaiting}"
        return self.press("先不")

    def upload(self, kind: str | None = None, *, text: str | None = None, data: bytes | None = None) -> Json:
        """Send a small picture, never the same one twice; gives its attachment."""
        print(f"{self.name}> [图片 {kind or ''}] {text or ''}")
        form = {
            "client_id": str(uuid4()),
            **({"kind": kind} if kind else {}),
            **({"text": text} if text else {}),
        }
        answer = self.send_file(form, data or picture())
        assert answer.status_code == 200, f"{answer.status_code} {answer.text[:500]}"
        self.take(answer.json()["messages"])
        return dict(answer.json()["attachment"])

    def send_file(self, form: Json, data: bytes, name: str = "shot.png") -> httpx.Response:
        url = f"/api/v1/conversations/{self.conversation_id}/attachments"
        return self._http.post(
            url, headers=self._headers, data=form, files={"file": (name, data, "image/png")}
        )

    def post(self, body: Json, *, client_id: str | None = None, ok: bool = True) -> httpx.Response:
        """One call of the messages door, as it is."""
        url = f"/api/v1/conversations/{self.conversation_id}/messages"
        answer = self._http.post(
            url, headers=self._headers, json={"client_id": client_id or str(uuid4()), **body}
        )
        assert not ok or answer.status_code == 200, f"{answer.status_code} {answer.text[:500]}"
        return answer

    # -- hearing --

    @property
    def last(self) -> Json:
        assert self.answers, "没有任何回复"
        return self.answers[-1]

    @property
    def heard(self) -> str:
        return "\n".join(str(m["text"]) for m in self.answers)

    @property
    def awaiting(self) -> str | None:
        waited: str | None = self.last["awaiting"]
        return waited

    @property
    def buttons(self) -> list[str]:
        return [str(reply["title"]) for m in self.answers for reply in m["quick_replies"]]

    def history(self, after: int = 0) -> list[Json]:
        """Everything said in the conversation, by all speakers."""
        url = f"/api/v1/conversations/{self.conversation_id}/messages"
        answer = self._http.get(url, headers=self._headers, params={"after": after})
        assert answer.status_code == 200, answer.text[:500]
        return list(answer.json()["messages"])

    def texts(self) -> str:
        """What was said to the buyer so far, in one text."""
        return "\n".join(str(m["text"]) for m in self.history() if m["role"] != "buyer")

    def own_words(self) -> str:
        return "\n".join(str(m["text"]) for m in self.history() if m["role"] == "buyer")

    def news(self) -> str:
        """What came without being asked, since the last look; its buttons can be pressed."""
        fresh = [m for m in self.history(self.seen) if m["role"] != "buyer"]
        assert fresh, "没有新的通知"
        self.take(fresh)
        return self.heard

    def take(self, messages: list[Json]) -> None:
        """Remember what was answered last, and print it."""
        self.answers = messages
        for message in messages:
            told = str(message["text"]).replace("\n", "\n      ")
            asked = f" ?{message['awaiting']}" if message["awaiting"] else ""
            replies = "".join(f" [{reply['title']}]" for reply in message["quick_replies"])
            print(f"  {message['role']}{asked}: {told}{replies}")
        self.seen = max([self.seen, *(int(m["seq"]) for m in messages)])


def picture() -> bytes:
    """A small picture like no other."""
    shade = random.Random(next(_numbers))
    image = Image.new("RGB", (48, 64))
    image.putdata(
        [(shade.randrange(256), shade.randrange(256), shade.randrange(256)) for _ in range(48 * 64)]
    )
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
