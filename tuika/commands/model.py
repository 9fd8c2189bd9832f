"""``train`` and ``model``: the model of the present inputs, made only when it is missing, shipped and taken."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from tuika.settings import ROOT


def register(app: typer.Typer) -> None:
    from tuika.commands.reloading import register_under

    app.command()(train)
    group = typer.Typer(no_args_is_help=True, help="The trained model: where it is, packing and taking it.")
    group.command("show")(show)
    group.command("pack")(pack_model)
    group.command("take")(take_model)
    register_under(group)
    app.add_typer(group, name="model")


def train(
    force: Annotated[
        bool, typer.Option("--force", help="Train even if the model of these inputs exists.")
    ] = False,
) -> None:
    """Train the model if its inputs changed.

    Inputs: config.yml, domain.yml, data/ and engine/. The model is named after the content of its inputs and kept in models/ (or TUIKA_MODELS).
    A model that came with the release (shipped/) is taken instead when it is of the same inputs.

    Example: tuika train
    """
    print(f"model: {bring_model(force=force)}", flush=True)


def show() -> None:
    """Say which model the present inputs need, and whether it is here.

    Exit code 1 when it would have to be trained.

    Example: tuika model show
    """
    from tuika.shipping import FOLDER
    from tuika.training import model_path

    path = model_path(os.environ)
    shipped = ROOT / FOLDER / path.name
    print(f"model of the present inputs: {path.name.removesuffix('.tar.gz')}")
    print(f"  trained: {path if path.is_file() else 'no'}")
    print(f"  shipped: {shipped if shipped.is_file() else 'no'}")
    if not path.is_file() and not shipped.is_file():
        print("  -> tuika train, or tuika model take FILE")
        raise typer.Exit(1)


def pack_model(
    to: Annotated[Path, typer.Option("--to", help="Folder to put it into.")] = ROOT / "shipped",
) -> None:
    """Put the model and its digest into a folder.

    To go with a release or to another machine. Trains it first if it is missing. Whoever starts Tuika over the same inputs with this folder as shipped/ does not train.

    Example: tuika model pack --to /media/usb
    """
    from tuika.shipping import digest_file, pack

    packed = pack(bring_model(), to)
    print(f"packed: {packed} ({packed.stat().st_size / 1e6:.1f} MB) and {digest_file(packed).name}")


def take_model(
    file: Annotated[Path, typer.Argument(help="NAME.tar.gz with NAME.tar.gz.sha256 beside it.")],
) -> None:
    """Take a model that was packed elsewhere.

    Refused where it was trained on other inputs than the present ones, or where its digest does not agree.

    Example: tuika model take /media/usb/0123456789abcdef.tar.gz
    """
    from tuika.commands.common import CommandError
    from tuika.shipping import take
    from tuika.training import model_path

    if not file.is_file():
        raise CommandError(f"There is no file {file}.")
    path = model_path(os.environ)
    take(file, path)
    print(f"model: {path}")


def bring_model(*, force: bool = False) -> Path:
    """The model's path, trained now if need be, with progress on standard output. Raises TrainingFailed."""
    from tuika.supervisor.rasa_training import train_with_rasa
    from tuika.training import ensure_model

    def tell(text: str) -> None:
        print(f"[train] {text}", flush=True)

    return ensure_model(os.environ, tell, train_with_rasa, force=force)
