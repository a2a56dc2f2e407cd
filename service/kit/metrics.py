"""The one registry of Prometheus metrics. Labels never hold personal data."""

from typing import Final

from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY: Final = CollectorRegistry()

REQUEST_SECONDS: Final = Histogram(
    "agegate_http_request_seconds",
    "How long requests took, by route and method.",
    ("route", "method"),
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
