"""How a profile is written: each section of the TOML file, and the type it becomes."""

from marshmallow import fields

from service.domain.authenticators import Action
from service.domain.consent_methods import Method
from service.domain.consent_rules import ConsentRules, MeanWhile, MinorFound
from service.domain.forms import FieldRule, FieldRules, PasswordRules
from service.domain.periods import Retention, Timers
from service.domain.profiles import (
    AgeMode,
    AgeRules,
    Contact,
    ContactKind,
    Identifier,
    LegalGround,
    Need,
    PolicyProfile,
    PolicyVersion,
    ProofMethod,
    Purpose,
    Question,
    Quorum,
)
from service.kit.fields import (
    Day,
    Duration,
    Flag,
    PerLanguage,
    Text,
    Whole,
    WholeText,
)
from service.kit.toml_files import Section


class ContactSection(Section[Contact]):
    """``[contact]``."""

    makes = Contact

    email = Text(required=True)
    appeals = Text(required=True)
    url = Text()
    phone = Text()
    dpo_email = Text()
    authority = Text()


class AgeSection(Section[AgeRules]):
    """``[age]``."""

    makes = AgeRules

    mode = fields.Enum(AgeMode, by_value=Text, required=True)
    clause = Text(required=True)
    guardian_below = Whole()
    minimum = Whole()
    proof = fields.List(fields.Enum(ProofMethod, by_value=Text))
    law_applies = Flag()
    ask_country = Flag()
    default_country = Text()
    question = fields.Enum(Question, by_value=Text)
    quorum = fields.Enum(Quorum, by_value=Text)


class FieldRulesSection(Section[FieldRules]):
    """``rules`` of one field."""

    makes = FieldRules

    min_length = Whole()
    max_length = Whole()
    pattern = Text()
    choices = fields.List(Text())


class FieldSection(Section[FieldRule]):
    """``[[fields]]``: one field of the form."""

    makes = FieldRule

    name = Text(required=True)
    label = PerLanguage(required=True)
    for_adults = fields.Enum(Need, by_value=Text, required=True)
    for_children = fields.Enum(Need, by_value=Text)
    rules = fields.Nested(FieldRulesSection)
    locked = Flag()


class PurposeSection(Section[Purpose]):
    """``[[purposes]]``: one purpose."""

    makes = Purpose

    id = Text(required=True)
    title = PerLanguage(required=True)
    description = PerLanguage(required=True)
    legal_ground = fields.Enum(LegalGround, by_value=Text, required=True)
    essential = Flag()
    discloses_to_third_parties = Flag()
    min_consent_strength = Whole()
    consent_methods = fields.List(fields.Enum(Method, by_value=Text))
    quorum = fields.Enum(Quorum, by_value=Text)


class PolicyVersionSection(Section[PolicyVersion]):
    """``[[policy_versions]]``: one text of the policy.

    Instead of ``text`` a file beside the profile may be named by ``text_file``; the
    reader has put its content in place before.
    """

    makes = PolicyVersion

    version = Text(required=True)
    published_date = Day(required=True)
    effective_date = Day(required=True)
    text_sha256 = Text(required=True)
    url = Text(required=True)
    title = PerLanguage(required=True)
    changes = PerLanguage(required=True)
    significant = Flag()
    narrows_rights = Flag()
    text = WholeText()


class ConsentSection(Section[ConsentRules]):
    """``[consent]``."""

    makes = ConsentRules

    methods = fields.List(fields.Enum(Method, by_value=Text))
    opens_on_provisional = Flag()
    on_change = fields.Enum(MeanWhile, by_value=Text)
    minor_found = fields.Enum(MinorFound, by_value=Text)
    two_person_review = Flag()


class TimersSection(Section[Timers]):
    """``[timers]``."""

    makes = Timers

    gate_ticket = Duration()
    gate_lock = Duration()
    contact_code = Duration()
    confirm_contact = Duration()
    consent_link = Duration()
    awaiting_guardian = Duration()
    awaiting_proof = Duration()
    second_contact_after = Duration()
    second_contact_before = Duration()
    consent_validity = Duration()
    renewal_notices = fields.List(Duration())
    suspended = Duration()
    erasure_grace = Duration()
    country_cool_down = Duration()
    session_browser = Duration()
    session_mobile = Duration()
    session_idle = Duration()


class RetentionSection(Section[Retention]):
    """``[retention]``."""

    makes = Retention

    action_log = Duration()
    decisions = Duration()
    receipts = Duration()
    ended_registrations = Duration()
    messages = Duration()
    events = Duration()
    exports = Duration()
    sessions = Duration()


class PasswordSection(Section[PasswordRules]):
    """``[password]``."""

    makes = PasswordRules

    min_length = Whole()
    max_length = Whole()
    min_length_with_second_factor = Whole()


class ProfileSection(Section[PolicyProfile]):
    """The file as a whole."""

    makes = PolicyProfile

    app = Text(required=True)
    name = Text(required=True)
    operator = Text(required=True)
    region = Text(required=True)
    languages = fields.List(Text(), required=True)
    identifiers = fields.List(fields.Enum(Identifier, by_value=Text), required=True)
    confirms = fields.List(fields.Enum(ContactKind, by_value=Text))
    allowed_origins = fields.List(Text())
    audiences = fields.List(Text())
    step_up = fields.List(fields.Enum(Action, by_value=Text))
    notice_period = Duration()
    continued_use_accepts = Flag()
    welcome_url = Text()
    age_proof_provider = Text()
    contact = fields.Nested(ContactSection, required=True)
    age = fields.Nested(AgeSection, required=True)
    fields_ = fields.List(
        fields.Nested(FieldSection),
        required=True,
        data_key="fields",
        attribute="fields",
    )
    purposes = fields.List(fields.Nested(PurposeSection), required=True)
    policy_versions = fields.List(fields.Nested(PolicyVersionSection), required=True)
    consent = fields.Nested(ConsentSection)
    timers = fields.Nested(TimersSection)
    retention = fields.Nested(RetentionSection)
    password = fields.Nested(PasswordSection)
