"""A subject with a key, a mail server, an SMS provider, and a sender to both."""

from collections.abc import AsyncGenerator

import pytest
from aiohttp import ClientSession

from service.kit.database import Pool, transaction
from service.kit.ids import new_id
from service.kit.secrets import KeyRing
from service.messages.flows import Messages
from service.messages.render import Renderer
from service.messages.send import Sender
from service.messages.sms import HttpSmsSender
from service.messages.smtp import SmtpSender
from service.vault.flows import Vault
from tests.messages.people import BASE_URL, PROFILE, Subject
from tests.messages.post import Post
from tests.messages.servers import MailServer, SmsProvider
from tests.support.clock import StoppedClock

KEYS = KeyRing.fresh("k1")


@pytest.fixture
def vault() -> Vault:
    return Vault(keys=KEYS)


@pytest.fixture
async def subject(pool: Pool, vault: Vault, clock: StoppedClock) -> Subject:
    subject_id = new_id(clock.now())
    async with transaction(pool) as connection:
        key = await vault.create(connection, subject_id, at=clock.now())
    return Subject(subject_id, key)


@pytest.fixture
def post(pool: Pool, clock: StoppedClock, subject: Subject) -> Post:
    return Post(pool, clock, subject)


@pytest.fixture
def messages() -> Messages:
    return Messages(base_url=BASE_URL)


@pytest.fixture
async def mail_server() -> AsyncGenerator[MailServer]:
    async with MailServer().listen() as server:
        yield server


@pytest.fixture
def sms_provider() -> SmsProvider:
    return SmsProvider()


@pytest.fixture
def smtp(mail_server: MailServer) -> SmtpSender:
    url = f"smtp://127.0.0.1:{mail_server.port}"
    return SmtpSender.make(url, "no-reply@mail.example")


@pytest.fixture
async def sms(sms_provider: SmsProvider) -> AsyncGenerator[HttpSmsSender]:
    async with sms_provider.server() as server, ClientSession() as session:
        url = str(server.make_url("/messages"))
        yield HttpSmsSender(session=session, url=url, token="sms-token")


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture
def sender(
    *,
    pool: Pool,
    clock: StoppedClock,
    vault: Vault,
    renderer: Renderer,
    smtp: SmtpSender,
    sms: HttpSmsSender,
) -> Sender:
    return Sender(
        pool=pool,
        clock=clock,
        vault=vault,
        profiles={PROFILE.app: PROFILE},
        renderer=renderer,
        email=smtp,
        sms=sms,
        chance=lambda: 0.0,
    )
