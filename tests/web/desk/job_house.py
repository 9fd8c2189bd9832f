"""A whole product with one platform whose orders come from tables, and who works at its desk."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from fastapi.testclient import TestClient

from tuika.bootstrap import Services, build
from tuika.desks.model import DeskRole
from tuika.jobs.model import Job, JobKind
from tuika.policy.model import Claim, Reason
from tuika.refunds.model import Requester
from tuika.settings import SECRET_NAMES, load_settings
from tuika.storage.tables import metadata
from tuika.web.app import create_app

from .pages import Html

PASSWORD = "a-long-password-for-tests"
POLICIES = Path(__file__).parents[3] / "policies"
MAPPING = "columns: {order_no: 订单号, product: 商品, amount: 实付, status: 状态, contact: 手机}\nstatus: {已付款: paid}\n"
TABLE = "订单号,商品,实付,状态,手机\nKM1,Q币 100,98,已付款,13800000001\nKM2,点卡,50,已付款,13800000002\n"
LATE = (
    "then: {outcome: merchant_review, amount: share, proved: true, decide_again: true, finding: undelivered}"
)


def multipart(fields: dict[str, Any], file: tuple[str, bytes] | None) -> dict[str, Any]:
    """A form as browsers send it: a file that was not chosen is there with an empty name."""
    name, data = file or ("", b"")
    parts = []
    for field, given in fields.items():
        for each in given if isinstance(given, list) else [given]:
            parts.append(f'name="{field}"\r\n\r\n{each}'.encode())
    parts.append(f'name="file"; filename="{name}"\r\nContent-Type: x/y\r\n\r\n'.encode() + data)
    body = b"".join(b"--edge\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    return {
        "content": body + b"--edge--\r\n",
        "headers": {"Content-Type": "multipart/form-data; boundary=edge"},
    }


class House:
    """One platform whose orders come from tables; its operator, supervisor and agent."""

    def __init__(self, folder: Path) -> None:
        platform = {"pack": "generic", "jwt_secret": secrets.token_urlsafe(32), "shop": {"kind": "csv"}}
        written: dict[str, Any] = {name: secrets.token_urlsafe(32) for name in SECRET_NAMES}
        file = folder / "tuika.yml"
        data = folder / "data"
        file.write_text(
            yaml.safe_dump({**written, "data": str(data), "platforms": {"mine": platform}}), "utf-8"
        )
        data.mkdir()
        self.services: Services = build(load_settings({"TUIKA_SETTINGS": str(file)}))
        metadata.create_all(self.services.database.engine)
        self.app = create_app(self.services)
        self.agents: dict[str, TestClient] = {}
        for role in DeskRole:
            self.services.desk.create_user(role.value, PASSWORD, role)
            self.agents[role.value] = self._log_in(role.value)

    def _log_in(self, name: str) -> TestClient:
        client = TestClient(
            self.app, base_url="https://127.0.0.1", raise_server_exceptions=False, follow_redirects=False
        )
        answer = client.post("/api/v1/desk/login", json={"username": name, "password": PASSWORD})
        assert answer.status_code == 204, answer.text
        return client

    def get(self, path: str, who: str = "operator") -> httpx.Response:
        return self.agents[who].get(path)

    def page(self, path: str) -> Html:
        shown = Html(self.get(path))
        assert shown.status == 200
        shown.nothing_inline()
        return shown

    def send(
        self, what: str, *, file: Any = None, who: str = "operator", csrf: str | None = None, **fields: Any
    ) -> httpx.Response:
        """The form as a browser without script sends it."""
        client = self.agents[who]
        value = client.cookies["tuika_csrf"] if csrf is None else csrf
        return client.post(f"/desk/jobs/{what}", **multipart({"tuika_csrf": value, **fields}, file))

    def table(self, text: str | bytes = TABLE, *, name: str = "订单.csv", **more: Any) -> httpx.Response:
        given: dict[str, Any] = {"platform": "mine", "mapping": MAPPING, "how": "import", **more}
        data = text.encode() if isinstance(text, str) else text
        return self.send("import", file=(name, data), **given)

    def backtest(self, document: str, **more: Any) -> httpx.Response:
        return self.send("backtest", **{"pack": "generic", "document": document, **more})

    def worked(self, answer: httpx.Response) -> Html:
        """What the page says once a worker has been there."""
        assert answer.status_code == 303, answer.text[:800]
        where = answer.headers["location"]
        assert "已经收下" in self.page(where).text
        assert "等待中" in self.page(where).text
        assert self.services.jobs.work_due() == 1
        return self.page(where)

    def jobs(self) -> list[Job]:
        with self.services.uow.reading() as uow:
            return [job for kind in JobKind for job in uow.jobs.newest(kind)]

    def files(self, *numbers: str) -> None:
        """Cases of undelivered orders."""
        for number in numbers:
            order = self.services.shops["mine"].find(number)
            assert order is not None
            with self.services.uow() as uow:
                talk = self.services.conversations.open(uow, platform="mine", channel="widget", buyer=None)
                self.services.refunds.file(
                    uow,
                    order=order,
                    claim=Claim(Reason.NO_DELIVERY),
                    requester=Requester(None, talk.id),
                    evidence=(),
                )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house"))
    yield made
    made.services.database.engine.dispose()


@pytest.fixture
def house(built: House) -> House:
    """Nothing was asked, nothing was brought in."""
    built.services.imported_shop("mine").clear()
    with built.services.uow() as uow:
        uow.connection.exec_driver_sql("DELETE FROM jobs")
    return built


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[House]:
    """A house of its own, for cases and for changed settings."""
    made = House(tmp_path)
    yield made
    made.services.database.engine.dispose()


def changed_pack() -> str:
    text = (POLICIES / "generic.yml").read_text("utf-8")
    assert text.count(LATE) == 1
    return text.replace(LATE, LATE.replace("merchant_review", "platform_review")).replace('"1.0"', '"1.1"')
