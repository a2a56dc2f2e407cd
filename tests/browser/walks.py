"""Every page there is, in every state, on the ways that people take to it."""

from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Final

from service.age_assurance.providers import Outcome
from service.domain.consent import MATCH_CODE_TRIES
from service.pages.words import Language
from tests.browser.account_walks import getting_back, protecting, signing_in
from tests.browser.form_walks import signing_by_hand
from tests.browser.guardian_walks import ways_of_a_guardian
from tests.browser.people import People, Person
from tests.browser.steps import (
    ADA,
    CHILD,
    FATHER,
    GROWN_UP,
    MOTHER,
    PHONE_OF_ADA,
    answer_age,
    ask_guardian,
    code_on_screen,
    confirm,
    grow_up_waiting,
    name_guardian,
    prove,
    reply,
    sign_up,
)
from tests.pages.journeys import with_profile
from tests.support.service import PASSWORD, SANDBOX
from tests.support.verifying import operator

Form = dict[str, str | float | bool]
Seen = AsyncGenerator[tuple[str, Person]]


async def an_adult(people: People, language: Language) -> Seen:
    adult = await people.arrive(language=language)
    await adult.open("/sign-up/terra-maestro")
    yield "question", adult
    await adult.press("age.go_on")
    yield "question, nothing answered", adult
    await answer_age(adult, "terra-maestro", GROWN_UP)
    yield "form", adult
    await adult.fill(username="a", email="nowhere", phone="1")
    await adult.press("form.sign_up")
    yield "form, mistakes", adult
    await adult.fill(profile__name="Ada", email=ADA, phone=PHONE_OF_ADA)
    await sign_up(adult, username="ada.l")
    yield "codes", adult
    await adult.fill(email_code="000000")
    await adult.press("confirm_contact.confirm")
    yield "codes, a wrong one", adult
    await adult.press("confirm_contact.another_email")
    yield "codes, another one sent", adult
    await adult.open("/sign-up/terra-maestro")
    yield "question, a sign-up unfinished", adult
    await adult.open("/registration/give-up")
    yield "giving up", adult
    await adult.open("/registration")
    await confirm(adult, ADA)
    yield "codes, one confirmed", adult
    await confirm(adult, PHONE_OF_ADA, "phone")
    yield "account ready", adult


async def a_family(people: People, language: Language) -> Seen:
    child, app = await people.arrive(language=language), "terra-maestro"
    await answer_age(child, app, CHILD)
    yield "form of a child", child
    await sign_up(child, username="blue.fox")
    yield "whom to ask", child
    await child.fill(guardian_email="nowhere")
    await child.press("ask_guardian.ask")
    yield "whom to ask, a mistake", child
    code = await name_guardian(child)
    yield "waiting for the guardian", child
    for _ in range(2):
        await child.press("awaiting_guardian.remind")
    yield "waiting, written to as often as we may", child

    guardian = await people.arrive(language=language)
    link = await people.site.link_for(MOTHER)
    await guardian.open(link)
    yield "guardian", guardian
    await guardian.press("guardian.send")
    yield "guardian, nothing answered", guardian
    await guardian.tab.check("input[value=give]")
    await guardian.press("guardian.send")
    yield "guardian, gives without a code", guardian
    await guardian.tab.check("input[value=refuse]")
    await guardian.press("guardian.send")
    yield "guardian, refuses without the number", guardian
    wrong = "111111" if code == "000000" else "000000"
    await reply(guardian, "give", wrong)
    yield "guardian, a wrong code", guardian
    await reply(guardian, "give", code)
    yield "guardian, consent given", guardian
    await guardian.open(link)
    yield "guardian, answered before", guardian
    await child.open("/registration")
    yield "account of a child ready", child


async def two_guardians(people: People, language: Language) -> Seen:
    child, app = await people.arrive(language=language), "terra-maestro"
    code = await ask_guardian(child, app)
    guardian = await people.arrive(language=language)
    await guardian.open(await people.site.link_for(MOTHER))
    await reply(guardian, "give", code)
    await guardian.open(await people.site.link_for(MOTHER))
    yield "consent that was given", guardian
    await guardian.fill(guardian_email="nowhere")
    await type_number(guardian, "invite-code")
    await guardian.press("second.invite")
    yield "another guardian, mistakes", guardian
    await guardian.fill(guardian_email=FATHER)
    await guardian.tab.check("input[value=parent]")
    await type_number(guardian, "invite-code")
    await guardian.press("second.invite")
    yield "another guardian, invited", guardian
    code = await code_on_screen(guardian)
    other = await people.arrive(language=language)
    await other.open(await people.site.link_for(FATHER))
    yield "the other guardian", other
    await reply(other, "give", "000001" if code == "000000" else "000000")
    forwarded = await people.arrive(language=language)
    await forwarded.open(await people.site.link_for(FATHER))
    yield "a link in use elsewhere", forwarded
    await type_number(forwarded, "again")
    await forwarded.press("fresh.send")
    yield "a fresh link sent", forwarded
    await other.open(await people.site.link_for(FATHER))
    await reply(other, "give", code)
    await other.open(await people.site.link_for(FATHER))
    await type_number(other, "dispute-code")
    await other.press("second.disagree")
    yield "guardians who disagree", other


async def a_guardian_verified(people: People, language: Language) -> Seen:
    profile, app = operator(), "terra-maestro"
    with_profile(
        people.site.parts.given,
        app,
        purposes=profile.purposes,
        consent=profile.consent,
        age_proof_provider=SANDBOX,
    )
    child = await people.arrive(language=language)
    code = await ask_guardian(child, app)
    guardian = await people.arrive(language=language)
    await guardian.open(await people.site.link_for(MOTHER))
    yield "guardian, of an operator who verifies", guardian
    await reply(guardian, "give", code)
    yield "ways to be verified", guardian
    await guardian.press("consent_ways.go_on")
    yield "ways to be verified, none chosen", guardian
    await guardian.tab.check("input[value=card]")
    await guardian.press("consent_ways.go_on")
    yield "on to another site", guardian
    await guardian.open("/guardian/verified")
    yield "waiting for the outcome", guardian
    for outcome in (Outcome.INCONCLUSIVE, Outcome.OVER):
        await guardian.open("/guardian")
        yield "guardian, being verified", guardian
        await reply(guardian, "give", code)
        await guardian.tab.check("input[value=document]")
        await guardian.press("consent_ways.go_on")
        await guardian.tab.click(f"button[value={outcome}]")
        yield f"back from the provider, {outcome}", guardian


async def a_guardian_signed_in(people: People, language: Language) -> Seen:
    child, app = await people.arrive(language=language), "terra-maestro"
    code = await ask_guardian(child, app)
    guardian = await people.arrive(language=language)
    await guardian.open(await people.site.link_for(MOTHER))
    await reply(guardian, "give", code)
    await guardian.open(f"/guardian/sign-in/{app}")
    yield "signing in as a guardian", guardian
    await guardian.fill(guardian_email="nowhere")
    await guardian.press("entry.begin")
    yield "signing in, a mistake", guardian
    await guardian.fill(guardian_email=MOTHER)
    await guardian.press("entry.begin")
    yield "signing in, a link sent", guardian
    code = await code_on_screen(guardian)
    await people.site.parts.guardian_sign_ins.step()
    await guardian.open(await people.site.link_for(MOTHER))
    yield "signing in, where the code is typed", guardian
    await guardian.fill(code="1")
    await guardian.press("entry.enter")
    yield "signing in, no code", guardian
    await guardian.fill(code=code)
    await guardian.press("entry.enter")
    yield "a guardian's children", guardian
    await guardian.follow(guardian.tab.locator("main ul a").first)
    yield "a guardian's child", guardian
    await guardian.press("child.erase")
    yield "a guardian's child, a mistake", guardian
    await guardian.tab.check("#use-everything")
    await guardian.press("granted.withdraw")
    yield "a guardian's child, suspended", guardian
    await guardian.tab.check("#sure")
    await guardian.press("child.erase")
    yield "a guardian's child, erased", guardian


async def type_number(person: Person, field: str) -> None:
    """Type the number that stands beside a field."""
    number = await person.tab.inner_text(f"#{field}-hint strong")
    await person.control(field).fill(number)


async def families(people: People, language: Language) -> Seen:
    """Go the other ways that asking a guardian can end."""
    child, app = await people.arrive(language=language), "terra-maestro"
    await ask_guardian(child, app)
    guardian = await people.arrive(language=language)
    await guardian.open(await people.site.link_for(MOTHER))
    await use_up_tries(guardian)
    yield "guardian, too many wrong codes", guardian
    await reply(guardian, "refuse")
    yield "guardian, refused", guardian
    await child.open("/registration")
    yield "sign-up ended", child
    await ask_guardian(child, app)
    link = await people.site.link_for(MOTHER)
    people.site.clock.advance(people.site.parts.given.profiles[app].timers.consent_link)
    await guardian.open(link)
    yield "guardian, a link too old", guardian
    await reply(guardian, "not_my_child")
    yield "guardian, not my child", guardian
    await grow_up_waiting(child, app)
    yield "old enough in the meantime", child


async def use_up_tries(guardian: Person) -> None:
    """Type wrong codes, as often as the site lets one."""
    form: Form = {"answer": "give", "adult": "yes", "code": "000000"}
    for _ in range(MATCH_CODE_TRIES):
        await guardian.context.request.post(f"{guardian.tab.url}/answer", form=form)
    await guardian.open("/guardian")


async def proofs(people: People, language: Language) -> Seen:
    adult = await people.arrive(language=language)
    await answer_age(adult, "platform", GROWN_UP)
    yield "form with optional fields", adult
    await sign_up(adult, email=ADA)
    await confirm(adult, ADA)
    yield "proof", adult
    await adult.press("ask_proof.go_on")
    yield "proof, no way chosen", adult
    await prove(adult, "card")
    yield "proof, on to another site", adult
    await adult.open("/registration")
    yield "waiting for the proof", adult
    await prove(adult, "document")
    yield "proof, the provider's page", adult
    await adult.follow(adult.tab.get_by_role("button", name="Inconclusive"))
    yield "proof, once more", adult
    young = await people.arrive(language=language)
    await answer_age(young, "platform", CHILD)
    yield "turned away", young


async def the_rest(people: People, language: Language) -> Seen:
    reader = await people.arrive(language=language)
    for path in (
        "/sign-up/plain",
        "/sign-up/terran-studio",
        "/sign-up/terraquanta",
        "/policies/terra-maestro",
        "/policies/terraquanta/2021-09-26",
        "/policies/terraquanta/1",
        "/report/terra-maestro",
        "/registration",
        "/guardian",
    ):
        await reader.open(path)
        yield path, reader
    await answer_age(reader, "plain", GROWN_UP)
    await reader.context.clear_cookies()
    await reader.fill(email=ADA, password=PASSWORD)
    await reader.press("form.sign_up")
    yield "question, to be answered again", reader
    await reader.open("/sign-up/terran-studio")
    await sign_up(reader, username="ada.l")
    yield "account without a question", reader


Walk = Callable[[People, Language], Seen]

WALKS: Final[Mapping[str, Walk]] = {
    "an adult": an_adult,
    "a family": a_family,
    "families": families,
    "signing by hand": signing_by_hand,
    "two guardians": two_guardians,
    "a guardian verified": a_guardian_verified,
    "a guardian signed in": a_guardian_signed_in,
    "ways of a guardian": ways_of_a_guardian,
    "proofs": proofs,
    "the rest": the_rest,
    "signing in": signing_in,
    "protecting": protecting,
    "getting back": getting_back,
}
