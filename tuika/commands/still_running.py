"""Whether the product runs, for commands that must not work beside it."""

from __future__ import annotations

from tuika.backup.model import RestoreRefused
from tuika.settings import Settings


def refuse_running(settings: Settings) -> None:
    """Raises RestoreRefused while a process beats or a hub answers where the settings say."""
    from tuika.backup.place import Place
    from tuika.supervisor.engine import answers
    from tuika.supervisor.product import base_url

    alive = Place.of(settings).alive()
    if alive:
        listed = "、".join(f"{each.kind}（{each.host} 进程 {each.pid}）" for each in alive)
        raise RestoreRefused(f"退卡还在运行：{listed}。先停掉再来（刚被强行结束的，等 40 秒）")
    base = base_url(settings)
    if answers(base + "/healthz"):
        raise RestoreRefused(f"{base} 上还有退卡在运行。先停掉再来")
