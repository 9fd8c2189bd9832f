"""Who is official, what is sealed, what may leave."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import urlsplit

from tuika.bootstrap.foundation import Foundation
from tuika.safety.blocklist import Blocklist
from tuika.safety.official import OfficialContacts
from tuika.safety.outgoing import Outgoing
from tuika.safety.vault import Vault, VaultKeys


class SafetyServices(Foundation):
    """The safety services, for all platforms."""

    @cached_property
    def official(self) -> OfficialContacts:
        return OfficialContacts({n: p.official_contacts for n, p in self.settings.platforms.items()})

    @cached_property
    def blocklist(self) -> Blocklist:
        return Blocklist(self.clock, self.ids, self.official.is_anyones)

    @cached_property
    def vault(self) -> Vault:
        return Vault(clock=self.clock, ids=self.ids, keys=VaultKeys.from_setting(self.settings.vault_key))

    @cached_property
    def outgoing(self) -> Outgoing:
        public = urlsplit(self.settings.base_url).netloc
        own = f"{self.settings.host}:{self.settings.port}"
        return Outgoing(self.official, own_hosts=frozenset({own, f"localhost:{self.settings.port}", public}))
