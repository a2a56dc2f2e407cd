"""How proofs of age are doing, for Prometheus."""

from typing import Final

from prometheus_client import Counter

from service.kit.metrics import REGISTRY

REPLAYED: Final = Counter(
    "agegate_age_proofs_replayed",
    "Proofs refused because they were used before",
    ("role",),
    registry=REGISTRY,
)
REVOKED: Final = Counter(
    "agegate_age_proofs_revoked",
    "Proofs that their provider has revoked",
    ("role",),
    registry=REGISTRY,
)
