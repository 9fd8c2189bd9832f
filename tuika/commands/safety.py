"""``audit verify``, ``vault rotate``, ``privacy export`` and ``privacy erase``: what whoever answers for the data does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tuika.commands.common import CommandError, services_for_tools

Buyer = Annotated[str, typer.Option("--buyer", help="The buyer's id, as the marketplace's tokens name him.")]
Platform = Annotated[str, typer.Option(help="The platform that the buyer belongs to.")]


def register(app: typer.Typer) -> None:
    audit = typer.Typer(no_args_is_help=True, help="The audit log.")
    audit.callback()(lambda: None)  # so that a single command still has its name
    audit.command("verify")(verify)
    vault = typer.Typer(no_args_is_help=True, help="Sealed values.")
    vault.callback()(lambda: None)
    vault.command("rotate")(rotate)
    privacy = typer.Typer(no_args_is_help=True, help="A buyer's rights over his data (docs/privacy.md).")
    privacy.command("export")(export)
    privacy.command("erase")(erase)
    for name, group in (("audit", audit), ("vault", vault), ("privacy", privacy)):
        app.add_typer(group, name=name)


def verify() -> None:
    """Check the chain of the audit log from its first event to its last.

    Exit code 1 when an event was changed, is missing, or the end was cut off.

    Example: tuika audit verify
    """
    services = services_for_tools()
    with services.uow.reading() as uow:
        report = uow.audit.verify()
    if report.ok:
        print(f"The audit log is whole: {report.count} events.")
        return
    print(
        f"The audit log is BROKEN at event {report.broken_at}: {report.why} ({report.count} before it fit)."
    )
    raise typer.Exit(1)


def rotate() -> None:
    """Seal anew with the current vault key what retired keys sealed.

    The setting names the keys, the current one first: TUIKA_VAULT_KEY=new,old.

    When it says that nothing is left under retired keys, take the old key out of the settings.

    Example: tuika vault rotate
    """
    services = services_for_tools()
    total = 0
    while True:
        with services.uow() as uow:
            done, lost = services.vault.rotate(uow)
        total += done
        if not done:
            break
    print(f"{total} values sealed anew; nothing that opens is left under retired keys.")
    if lost:
        print(f"{lost} values open with none of the keys in the settings; they stay until they expire.")


def export(
    buyer: Buyer,
    platform: Platform = "generic",
    to: Annotated[Path | None, typer.Option(help="The ZIP to write; default buyer-<id>.zip here.")] = None,
) -> None:
    """Copy everything kept about a buyer into a ZIP.

    Example: tuika privacy export --buyer b1 --to b1.zip
    """
    services = services_for_tools()
    target = to or Path(f"buyer-{_file_name(buyer)}.zip")
    if target.exists():
        raise CommandError(f"{target} exists already; name another file with --to.")
    counts = services.privacy.export(platform, buyer, target)
    target.chmod(0o600)
    print(f"{target}: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))


def erase(
    buyer: Buyer,
    platform: Platform = "generic",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a buyer's words, pictures, name and sealed values.

    Closed cases stay as transactions, without his words; an open case stands against it.

    Example: tuika privacy erase --buyer b1
    """
    if not yes:
        typer.confirm(f"Erase the data of buyer {buyer} on {platform}? This cannot be undone", abort=True)
    done = services_for_tools().privacy.erase(platform, buyer)
    print(
        f"Erased: {done['conversations']} conversations, {done['files']} files. "
        f"{done['cases_kept']} closed cases stay as transactions, without the buyer's words."
    )


def _file_name(buyer: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in buyer)[:60]
