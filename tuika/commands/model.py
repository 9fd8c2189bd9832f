"""``train``: the model of the present inputs, made only when it is missing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command()(train)


def train(
    force: Annotated[
        bool, typer.Option("--force", help="Train even if the model of these inputs exists.")
    ] = False,
) -> None:
    """Train the model if its inputs changed.

    Inputs: config.yml, domain.yml, data/ and engine/. The model is named after the content of its inputs and kept in models/ (or TUIKA_MODELS).

    Example: tuika train
    """
    print(f"model: {bring_model(force=force)}", flush=True)


def bring_model(*, force: bool = False) -> Path:
    """The model's path, trained now if need be, with progress on standard output. Raises TrainingFailed."""
    from tuika.supervisor.rasa_training import train_with_rasa
    from tuika.training import ensure_model

    def tell(text: str) -> None:
        print(f"[train] {text}", flush=True)

    return ensure_model(os.environ, tell, train_with_rasa, force=force)
