"""The published half of what this service signs by."""

from dataclasses import dataclass
from datetime import datetime

from service.kit.database import Connection
from service.kit.signing import Claims, PublicKey, Signatures, key_id_of
from service.vault import signing_keys_store as store


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeys:
    """Knows every key that has ever signed, in and out of the keys file."""

    signatures: Signatures

    async def note(self, connection: Connection, *, now: datetime) -> None:
        """Keep the key that signs, and note which have left the keys file.

        Every process does so before it signs anything.
        """
        known = {one["kid"]: one for one in self.signatures.published}
        await store.add(connection, known[self.signatures.primary], now=now)
        await store.retire(connection, known.keys(), now=now)

    async def retired(self, connection: Connection) -> list[PublicKey]:
        """Return the keys that have signed and left the keys file."""
        return await store.find_retired(connection, self.signatures.keys.keys())

    async def verify_record(
        self, connection: Connection, token: str, *, typ: str
    ) -> Claims:
        """Return the claims of a record that is kept for years, by any key of ours.

        Never for what lets somebody in: a key may have left because it was stolen.
        Raises SignatureWrongError.
        """
        known = key_id_of(token, typ=typ) in self.signatures.keys
        retired = [] if known else await self.retired(connection)
        return self.signatures.verify(token, typ=typ, retired=retired)
