"""The loop of ``tuika chat``: a line in, what was said to it out.

Invariants: a refusal or a hub that went away is a line on the screen and not the end; the follower thread
ends with the loop.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx

from tuika.terminal.client import BuyerClient, NotRunning, Refused
from tuika.terminal.screen import Screen

HELP = """\
直接打字就是和客服说话；回复编号（如 2）等于按下那个选项。
  /upload 路径 [种类]   上传截图；种类：key_error order_page listing received unused_proof payment_record chat other
  /help                 这段说明
  /quit                 离开（对话保留，下次用 --resume 接着聊）"""
AGAIN_S = 2.0


def converse(client: BuyerClient, screen: Screen, lines: Iterable[str], *, follow: bool) -> None:
    """Work through ``lines`` until they end or one says /quit; then show what came meanwhile."""
    done = threading.Event()
    follower = threading.Thread(target=_follow, args=(client, screen, done), name="events", daemon=True)
    if follow:
        follower.start()
    try:
        for line in lines:
            if not handle(client, screen, line.strip()):
                break
        else:
            _catch_up(client, screen)
    finally:
        done.set()


def handle(client: BuyerClient, screen: Screen, line: str) -> bool:
    """One line; whether to go on."""
    command, *rest = line.split(maxsplit=1) if line else [""]
    if command == "":
        return True
    if command == "/quit":
        return False
    if command == "/help":
        screen.note(HELP)
    elif command == "/upload":
        _guarded(screen, lambda: _upload(client, screen, rest[0] if rest else ""))
    elif line.isdecimal() and (reply := screen.reply(int(line))) is not None:
        screen.note(f"按下：{reply.title}")
        _guarded(screen, lambda: screen.show(client.press(reply.action)))
    else:
        _guarded(screen, lambda: screen.show(client.say(line)))
    return True


def _upload(client: BuyerClient, screen: Screen, argument: str) -> None:
    """``PATH [KIND]``; a path with spaces may stand in quotes."""
    argument = argument.strip()
    if argument[:1] in ("'", '"') and argument.count(argument[0]) >= 2:
        quote = argument[0]
        path, _, kind = argument[1:].partition(quote)
    elif Path(argument).expanduser().is_file():
        path, kind = argument, ""
    else:
        path, _, kind = argument.partition(" ")
    if not path:
        screen.tell("用法：/upload 路径 [种类]")
        return
    screen.show(client.upload(Path(path).expanduser(), kind.strip() or None))


def _guarded(screen: Screen, work: Callable[[], None]) -> None:
    try:
        work()
    except (NotRunning, Refused) as error:
        screen.tell(error.detail)
    except httpx.TimeoutException:
        screen.tell("这一句还没有等到回复；回复来了会显示在这里。")
    except OSError as error:
        screen.tell(f"读不了这个文件：{error.strerror or error}")


def _catch_up(client: BuyerClient, screen: Screen) -> None:
    _guarded(screen, lambda: screen.show(client.since(screen.last_seq)))


def _follow(client: BuyerClient, screen: Screen, done: threading.Event) -> None:
    """Show messages as they come; come back when the stream breaks."""
    while not done.is_set():
        try:
            for message in client.events(screen.last_seq):
                if done.is_set():
                    return
                screen.show((message,))
        except (httpx.HTTPError, ValueError, KeyError):
            pass  # the hub went away for a while; what was said meanwhile is replayed
        done.wait(AGAIN_S)
