"""Children who named a guardian, and the guardians' answers."""

from dataclasses import dataclass

from aiohttp import ClientResponse

from tests.support.service import Applicant, Json, Service

BORN = "2015-08-19"
GUARDIAN = "mum@example.org"


@dataclass(frozen=True)
class Family:
    """A child that waits, and what its guardian was sent."""

    service: Service
    child: Applicant
    guardian: str
    match_code: str
    link: str

    async def open(self) -> ClientResponse:
        return await self.service.post(
            "/v1/consent-requests/open", {"link_token": self.link}
        )

    async def answer(self, answer: str, **changes: Json) -> ClientResponse:
        """Answer as the guardian, an adult who sits beside the child."""
        body = {
            "link_token": self.link,
            "answer": answer,
            "match_code": self.match_code,
            "adult": True,
            "purposes": [],
            **changes,
        }
        return await self.service.post("/v1/consent-requests/answer", body)


async def a_child(
    service: Service,
    app: str = "terra-maestro",
    username: str = "little-kim",
    **form: Json,
) -> Applicant:
    """Return a child that has signed up, and whose guardian is to be asked."""
    filled = {"date_of_birth": BORN, "username": username, **form}
    return await service.register(app, **filled)


async def a_family(
    service: Service,
    app: str = "terra-maestro",
    username: str = "little-kim",
    guardian: str = GUARDIAN,
    **form: Json,
) -> Family:
    """Return a child and the guardian it named, who has been written to."""
    child = await a_child(service, app, username, **form)
    asked = await child.ask_guardian(guardian)
    mailbox = await service.send_messages()
    return Family(
        service, child, guardian, asked["match_code"], mailbox.link_for(guardian)
    )
