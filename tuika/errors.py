"""Every error that Tuika raises on purpose.

    TuikaError                    code, status, a Chinese detail fit to be shown
    ├── InputError       422      what came in is malformed; names field, line or file
    │   ├── FixtureError          a fixture document, with key and line
    │   ├── PackError             a policy pack, with clause and field
    │   └── SettingsError         settings, a list of all that is wrong
    ├── Unauthenticated  401      no, bad or expired token
    ├── NotFound         404      does not exist or is not yours: never told apart
    ├── Conflict         409      the state does not allow it, or the same id came with another body
    │   ├── StaleTurn             the turn is closed or its epoch is old: nothing was written
    │   └── OpenCaseExists        one open case per order
    ├── TooLarge         413      upload or body
    ├── Unsupported      415      media type
    ├── TooMany          429      rate limit or lock-out, with retry_after seconds
    └── Unavailable      503      a neighbour is down
        ├── ShopUnavailable
        └── EngineUnavailable

The core raises; the edges (HTTP, chat, CLI) translate. ``detail`` tells the person what to do next.
"""

from __future__ import annotations


class TuikaError(Exception):
    """Base of all. ``detail`` is Chinese and shown to people; ``data`` is for programs."""

    status = 500
    title = "内部错误"

    def __init__(self, detail: str = "", **data: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.data = data

    @property
    def code(self) -> str:
        return type(self).__name__


class InputError(TuikaError):
    status = 422
    title = "输入有误"


class FixtureError(InputError):
    title = "演示数据有误"


class PackError(InputError):
    title = "规则包有误"


class SettingsError(InputError):
    title = "设置有误"


class Unauthenticated(TuikaError):
    status = 401
    title = "身份凭证无效或已过期，请重新登录后再试"


class NotFound(TuikaError):
    status = 404
    title = "没有找到"


class Conflict(TuikaError):
    status = 409
    title = "当前状态不允许这一步"


class StaleTurn(Conflict):
    title = "这一轮对话已经结束"


class OpenCaseExists(Conflict):
    title = "这笔订单已有处理中的退款申请"


class TooLarge(TuikaError):
    status = 413
    title = "内容过大"


class Unsupported(TuikaError):
    status = 415
    title = "不支持的文件类型"


class TooMany(TuikaError):
    status = 429
    title = "操作太频繁，请稍后再试"

    def __init__(self, detail: str = "", *, retry_after: int, **data: object) -> None:
        super().__init__(detail, retry_after=retry_after, **data)
        self.retry_after = retry_after


class Unavailable(TuikaError):
    status = 503
    title = "服务暂时不可用，请稍后再试"


class ShopUnavailable(Unavailable):
    title = "店铺系统暂时查不到，请稍后再试"


class EngineUnavailable(Unavailable):
    title = "对话引擎暂时不可用"
