"""The hub as a process of its own, over the settings of the environment: ``python serve_hub.py``."""

from __future__ import annotations

import uvicorn

from tuika.bootstrap import build
from tuika.settings import load_settings
from tuika.storage.migrate import upgrade
from tuika.web.app import create_app


def main() -> None:
    settings = load_settings()
    upgrade(settings.url)
    services = build(settings)
    services.desk.ensure_demo_users()
    uvicorn.run(
        create_app(services),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
