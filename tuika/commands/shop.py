"""``shop``: is the shop that orders come from connected, and what can be told from it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tuika.commands.common import CommandError, settings_for_tools
from tuika.commands.shop_import import import_orders
from tuika.commands.shop_platform import send_test_event, serve_demo_shop, try_conformance

if TYPE_CHECKING:
    from tuika.bootstrap import Services
    from tuika.orders.model import Order
    from tuika.shops.report import Lookup, ShopReport

Platform = Annotated[
    str, typer.Option("--platform", help="The platform; may be left out where there is one.")
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="The shops that orders come from.")
    group.callback()(lambda: None)
    group.command("doctor")(examine_shop)
    group.command("serve")(serve_demo_shop)
    group.command("conformance")(try_conformance)
    group.command("event")(send_test_event)
    group.command("import")(import_orders)
    app.add_typer(group, name="shop")


def examine_shop(platform: Platform = "") -> None:
    """Connect to a platform's shop and say what is there.

    Nothing is written. Exit code 2 when it cannot be read; the line says why.

    Example: tuika shop doctor --platform mine
    """
    from tuika.shops.report import Reports

    services, name = chosen_platform(platform)
    doors = services.shop_doors[name]
    if not isinstance(doors.orders, Reports):
        raise CommandError(
            f"平台 {name} 的店铺（{doors.kind}）没有可以连接检查的：演示店铺用 tuika demo load，表格用 tuika shop import"
        )
    print("\n".join(told(name, doors.kind, doors.orders.report(), pays=doors.pays)))


def chosen_platform(named: str) -> tuple[Services, str]:
    """The services and the platform meant. Raises CommandError, SettingsError."""
    from tuika.bootstrap import build

    settings = settings_for_tools()
    names = list(settings.platforms)
    if not named and len(names) == 1:
        named = names[0]
    if named not in names:
        raise CommandError(f"Say which platform: --platform {' | '.join(names)}")
    settings.data.mkdir(parents=True, exist_ok=True)
    return build(settings), named


def told(name: str, kind: str, report: ShopReport, *, pays: bool) -> list[str]:
    """What is printed: Chinese, since operators read it."""
    total = sum(report.counts.values())
    lines = [f"平台 {name} · {kind} · {report.variant}", f"连接 {report.where}（只读）", f"订单 {total:,} 笔"]
    lines += [f"  {label}：{count:,}" for label, count in sorted(report.counts.items())]
    lines.append("最近的订单（联系方式、密码与卡密不显示）")
    lines += [f"  {shown(order)}" for order in report.newest] or ["  没有"]
    lines += ["查一次号码", *(f"  {_looked_up(each)}" for each in report.lookups)] if report.lookups else []
    lines += ["能知道", *(f"  + {each}" for each in report.knows)]
    lines += ["不能知道", *(f"  - {each}" for each in report.cannot)]
    lines.append(f"退款打款：{'由店铺执行' if pays else '人工打款后在工作台登记流水号'}")
    return lines


def _looked_up(lookup: Lookup) -> str:
    """``按订单号：0.4 毫秒，有索引``."""
    if lookup.ms is None:
        said = f"! 按{lookup.name}：没有查完（{lookup.problem}）"
    else:
        how = lookup.problem or "有索引"
        said = f"{'!' if lookup.problem else '+'} 按{lookup.name}：{lookup.ms:.1f} 毫秒，{how}"
    return f"{said}\n      可以自己加（加完重启退卡）：{lookup.mend}" if lookup.mend else said


def shown(order: Order) -> str:
    """An order in one line, its number masked."""
    from tuika.intake.texts import PRODUCT_TYPES, order_status, when

    number = f"{order.order_no[:2]}…{order.order_no[-4:]}"
    what = f"{order.product.name}（{PRODUCT_TYPES[order.product.type]}）×{order.quantity}"
    return f"{number}  {what}  {order.amount}  {order_status(order)}  付款 {when(order.paid_at)}"
