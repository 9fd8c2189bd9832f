"""A Telegram bot's parts: its address or its polling, its doorman, its owner's desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuika.bootstrap.channel_kinds import Opened
from tuika.channels.ports import Channel
from tuika.channels.runner import Chore
from tuika.channels.telegram.channel import TelegramChannel
from tuika.channels.telegram.door import TelegramDoor
from tuika.channels.telegram.groups import GroupDoorman
from tuika.channels.telegram.owner import OwnerDesk
from tuika.channels.telegram.owner_steps import OwnerSteps

if TYPE_CHECKING:
    from tuika.bootstrap.channels import ChannelServices


def open_telegram(services: ChannelServices, channel: Channel) -> Opened:
    """Where there is no ``public_url`` the bot polls, and its address refuses everything."""
    assert isinstance(channel, TelegramChannel)
    owner = owner_desk(services, channel) if channel.settings.owner_desk else None
    door = door_of(services, channel, owner)
    chores: list[Chore] = [] if channel.settings.public_url else [door.poll]
    if owner is not None:
        chores.append(owner.watch)
    return Opened(door.router(), tuple(chores))


def door_of(services: ChannelServices, channel: Channel, owner: OwnerDesk | None = None) -> TelegramDoor:
    assert isinstance(channel, TelegramChannel)
    platform = services.settings.platforms[channel.platform]
    groups = GroupDoorman(
        channel.name,
        channel.bot,
        official=[platform.name, *platform.official_contacts.telegram],
        units=services.uow,
        values=services.channel_values,
        wall=services.wall,
    )
    return TelegramDoor(
        channel,
        gateway=services.gateway_of_channels,
        units=services.uow,
        values=services.channel_values,
        wall=services.wall,
        ids=services.ids,
        groups=groups,
        owner=owner,
    )


def owner_desk(services: ChannelServices, channel: TelegramChannel) -> OwnerDesk:
    steps = OwnerSteps(
        units=services.uow,
        handoffs=services.handoffs,
        refunds=services.refunds,
        run_due=services.due_runner.run_due,
        desk=channel.name,
        name=channel.settings.owner_name,
        platform=channel.platform,
        wall=services.wall,
    )
    return OwnerDesk(
        channel.name,
        channel.platform,
        bot=channel.bot,
        steps=steps,
        binding=services.binding,
        units=services.uow,
        values=services.channel_values,
        wall=services.wall,
        clock=services.clock,
        ids=services.ids,
    )
