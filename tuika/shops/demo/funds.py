"""The demo shop's keeping of merchants' money for disputed orders: held, released, or used for the refund.

Invariants: an order's money is held once at a time; each call takes effect once per key (a UNIQUE constraint behind the
check); what is deducted never exceeds what was held. The faults hook fires outside the transaction.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from tuika.errors import Conflict
from tuika.money import Money
from tuika.refunds.gateway import Faults
from tuika.shops.demo.store import DemoStore
from tuika.shops.demo.tables import holds
from tuika.shops.faults import NoFaults

HELD, RELEASED, DEDUCTED = "held", "released", "deducted"


class DemoFunds:
    def __init__(self, store: DemoStore, *, faults: Faults | None = None) -> None:
        self._database = store.database
        self._faults: Faults = faults or NoFaults()

    def hold(self, order_no: str, amount: Money, *, key: str) -> bool:
        """Raises Conflict where the order's money is held for another case."""
        self._faults.before("hold", key)
        with self._database.write() as connection:
            known = connection.execute(select(holds).where(holds.c.key == key)).first()
            if known is None:
                if _held(connection, order_no) is not None:
                    raise Conflict("这笔订单的货款已经冻结")
                values = {"key": key, "order_no": order_no, "amount_fen": amount.fen, "state": HELD}
                connection.execute(insert(holds), values)
        self._faults.after("hold", key)
        return True

    def release(self, order_no: str, *, key: str) -> bool:
        return self._end("release", order_no, RELEASED, 0, key)

    def deduct(self, order_no: str, amount: Money, *, key: str) -> bool:
        return self._end("deduct", order_no, DEDUCTED, amount.fen, key)

    def _end(self, call: str, order_no: str, state: str, fen: int, key: str) -> bool:
        """False where nothing is held. Raises Conflict for more than is held."""
        self._faults.before(call, key)
        with self._database.write() as connection:
            ended = connection.execute(select(holds.c.key).where(holds.c.ended_by == key)).first()
            held = None if ended is not None else _held(connection, order_no)
            if held is not None:
                if fen > held[1]:
                    raise Conflict("扣回的金额超过冻结的货款")
                values = {"state": state, "deducted_fen": fen, "ended_by": key}
                connection.execute(update(holds).where(holds.c.key == held[0]).values(**values))
        self._faults.after(call, key)
        return ended is not None or held is not None


def _held(connection: Connection, order_no: str) -> tuple[str, int] | None:
    """Key and amount of what is held for an order."""
    query = select(holds.c.key, holds.c.amount_fen).where(holds.c.order_no == order_no, holds.c.state == HELD)
    row = connection.execute(query).first()
    return (row.key, row.amount_fen) if row is not None else None
