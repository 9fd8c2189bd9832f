"""A small market whose merchants answer and whose money arrives, each in another way."""

from __future__ import annotations

MARKET = """
buyers: [{id: b1, name: 小林}]
merchants:
  - {id: never, answers: never}
  - {id: yes, answers: {approve_after: 2h}}
  - {id: no, answers: {reject_after: 90m}}
  - {id: deal, answers: {settle_after: 1d, amount_fen: 4900}}
  - {id: swift, answers: {approve_after: 0s}}
orders:
  - {order_no: NEVER1, buyer: b1, merchant: never, amount_fen: 9800, status: paid, paid: -3h,
            product: {name: Q币 100, type: card_key}, key: {value: ABCD-1234-EFGH-5678, state: revealed}}
"""
ORDER = """
  - {{order_no: {no}, buyer: b1, merchant: {merchant}, amount_fen: 9800, status: paid, paid: -3h,
     product: {{name: Q币 100, type: card_key}}, pay_channel: {channel}, payout: {payout}}}"""
ORDERS = (
    ("YES1", "yes", "alipay", "null"),
    ("NO1", "no", "alipay", "null"),
    ("DEAL1", "deal", "alipay", "null"),
    ("SWIFT1", "swift", "alipay", "null"),
    ("BANK1", "never", "bank_card", "null"),
    ("SLOW1", "never", "alipay", "{arrives_after: 2h}"),
    ("LOST1", "never", "alipay", "never"),
    ("BANKNOW1", "never", "bank_card", "{arrives_after: 0s}"),
)


def market_text() -> str:
    rows = (ORDER.format(no=no, merchant=m, channel=c, payout=p) for no, m, c, p in ORDERS)
    return MARKET.rstrip() + "".join(rows) + "\n"
