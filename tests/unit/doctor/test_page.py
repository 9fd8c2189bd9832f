"""The page: everything is told, whatever happens to one section, and no secret with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from tuika.doctor.model import Finding, Section, fail, note, ok, warn
from tuika.doctor.page import looked_into, page, sections
from tuika.errors import SettingsError
from tuika.settings import Settings, load_settings


def told(*found: Section, patience_s: float = 5.0) -> list[str]:
    return page(list(looked_into(list(found), patience_s=patience_s)))


def test_sections_are_told_in_order_with_what_to_do() -> None:
    lines = told(
        Section("一", lambda: [ok("好"), warn("快了", "做这个")]),
        Section("二", lambda: [fail("坏了\n细节", "先做\n再做"), note("顺便")]),
    )
    assert lines == [
        "一",
        "  ok   好",
        "  WARN 快了",
        "       -> 做这个",
        "二",
        "  FAIL 坏了",
        "       细节",
        "       -> 先做",
        "       -> 再做",
        "  note 顺便",
        "1 处要修，1 处要留意。",
    ]


def test_the_brief_page_has_only_problems() -> None:
    found = list(
        looked_into([Section("一", lambda: [ok("好")]), Section("二", lambda: [warn("快了", "做")])])
    )
    assert page(found, only_problems=True) == ["二", "  WARN 快了", "       -> 做", "1 处要留意。"]
    assert page(found[:1], only_problems=True) == ["一切正常。"]


def test_a_section_that_breaks_or_hangs_keeps_nobody_waiting() -> None:
    ending = threading.Event()

    def breaks() -> Iterator[Finding]:
        yield ok("before")
        raise RuntimeError("boom")

    def hangs() -> Iterator[Finding]:
        ending.wait(30)
        yield ok("late")

    try:
        lines = told(
            Section("坏", breaks), Section("慢", hangs), Section("好", lambda: [ok("在")]), patience_s=0.2
        )
    finally:
        ending.set()
    assert lines[:3] == ["坏", "  ok   before", "  FAIL 没能查完（RuntimeError: boom）"]
    assert any("秒内没有查完" in line for line in lines)
    assert "  ok   在" in lines


def test_settings_that_do_not_load_leave_the_machine_and_say_why() -> None:
    def load() -> Settings:
        raise SettingsError("设置有误：\n  - port: 应是整数")

    lines = page(list(looked_into([each for each in sections(load, {}) if each.title == "设置"])))
    assert lines[1:3] == ["  FAIL 设置", "       -> 设置有误："]
    assert any("port" in line for line in lines)
    assert any("tuika init" in line for line in lines)


def test_every_area_has_its_section(tmp_path) -> None:
    settings = load_settings(
        {
            "TUIKA_DEMO": "true",
            "TUIKA_DATA": str(tmp_path),
            "TUIKA_SMTP": '{"host": "127.0.0.1", "port": 9, "sender": "a@b.cn"}',
            "TUIKA_CHANNELS": '{"app": {"kind": "webhook", "platform": "generic", "secret": "%s",'
            ' "deliver_url": "http://127.0.0.1:9/x"}}' % ("s3cr3t" * 5),
        }
    )
    titles = [each.title for each in sections(lambda: settings, {})]
    assert titles == ["机器", "设置", "节假日", "数据库", "备份", "模型", "进程", "店铺", "渠道", "邮件"]
    assert list(tmp_path.iterdir()) == [tmp_path / "secrets.json"]
