# ruff: noqa: RUF001 -- Chinese has punctuation of its own
"""The sentences that explain a decision, in English and Simplified Chinese.

What an applicant reads never names the limit; what is on record always does.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from service.domain.decisions import Rule

Words: TypeAlias = Mapping[str, str]
"""One text in each language; the first is for whoever reads none of them."""

_MAY: Final = {
    "en": "You can create an account here.",
    "zh": "您可以在此创建账户。",
}
_PROVE: Final = {
    "en": "Please prove your age to go on.",
    "zh": "请先证明您的年龄，然后再继续。",
}
_ASK: Final = {
    "en": "We need to ask your parent or guardian before you can have an account.",
    "zh": "在您拥有账户之前，我们需要征得您的父母或其他监护人的同意。",
}
_SORRY: Final = {
    "en": "Sorry, you can't create an account here.",
    "zh": "抱歉，您无法在此创建账户。",
}
_NOT_KEPT: Final = {
    "en": "Nothing you told us was kept.",
    "zh": "您告诉我们的内容均未被保留。",
}
_NOT_ASKED: Final = {
    "en": "Your age is not asked here.",
    "zh": "此处不询问您的年龄。",
}
_DATE_NOT_KEPT: Final = {
    "en": "Your date of birth is used for this check alone; at most the next birthday"
    " that matters here is kept.",
    "zh": "您的出生日期仅用于本次检查；最多只保留对此处有意义的下一个生日。",
}
_PROOF_NOT_KEPT: Final = {
    "en": "Of your proof only the outcome and its time are kept.",
    "zh": "关于您的证明，我们只保留结果和时间。",
}
_OPEN: Final = {
    "en": "This proof does not settle it. Please use another way.",
    "zh": "该证明尚不足以作出判断，请使用其他方式。",
}
_GUARDIAN_SAYS: Final = {
    "en": "If they refuse or don't answer, everything you told us is deleted.",
    "zh": "如果他们拒绝或未答复，您告诉我们的一切都将被删除。",
}
_EARLIER: Final = {
    "en": "This rests on an answer that was given here shortly before.",
    "zh": "这是根据此前不久在此给出的回答作出的决定。",
}
_APPEAL: Final = {
    "en": "If you think this is wrong, a person will look at it again: {appeals}",
    "zh": "如果您认为有误，可要求人工复核：{appeals}",
}

TO_APPLICANT: Final[Mapping[Rule, tuple[Words, ...]]] = {
    Rule.NO_AGE_ASKED: (_MAY, _NOT_ASKED),
    Rule.OLD_ENOUGH: (_MAY, _DATE_NOT_KEPT),
    Rule.PROVEN_OLD_ENOUGH: (_MAY, _PROOF_NOT_KEPT),
    Rule.PROOF_REQUIRED: (_PROVE, _PROOF_NOT_KEPT),
    Rule.PROOF_INCONCLUSIVE: (_PROVE, _OPEN, _PROOF_NOT_KEPT, _APPEAL),
    Rule.APPEALED: (_PROVE, _PROOF_NOT_KEPT, _APPEAL),
    Rule.GUARDIAN_BELOW: (_ASK, _GUARDIAN_SAYS, _APPEAL),
    Rule.LAW_SELF_CONSENT: (_ASK, _GUARDIAN_SAYS, _APPEAL),
    Rule.EARLIER_ASK_GUARDIAN: (_ASK, _EARLIER, _GUARDIAN_SAYS, _APPEAL),
    Rule.MINIMUM_AGE: (_SORRY, _NOT_KEPT, _APPEAL),
    Rule.PROVEN_TOO_YOUNG: (_SORRY, _NOT_KEPT, _APPEAL),
    Rule.EARLIER_TURN_AWAY: (_SORRY, _NOT_KEPT, _APPEAL),
}

ON_RECORD: Final[Mapping[Rule, Words]] = {
    Rule.NO_AGE_ASKED: {
        "en": "No age was asked.",
        "zh": "未询问年龄。",
    },
    Rule.OLD_ENOUGH: {
        "en": "The date of birth given means {threshold} years or more: admitted.",
        "zh": "所填出生日期表明已满 {threshold} 岁：准许注册。",
    },
    Rule.PROVEN_OLD_ENOUGH: {
        "en": "A proof shows {threshold} years or more: admitted.",
        "zh": "证明显示已满 {threshold} 岁：准许注册。",
    },
    Rule.PROOF_REQUIRED: {
        "en": "It must be proven that the person is {threshold} years old or more.",
        "zh": "须证明本人已满 {threshold} 岁。",
    },
    Rule.PROOF_INCONCLUSIVE: {
        "en": "The proof does not show on which side of {threshold} years it is.",
        "zh": "该证明无法表明是否已满 {threshold} 岁。",
    },
    Rule.APPEALED: {
        "en": "Was turned away, and appealed: {threshold} years must be proven.",
        "zh": "此前被拒绝并已申诉：须证明已满 {threshold} 岁。",
    },
    Rule.GUARDIAN_BELOW: {
        "en": "Below {threshold} years the operator's policy asks a guardian first.",
        "zh": "未满 {threshold} 岁，运营者的政策要求先征得监护人同意。",
    },
    Rule.LAW_SELF_CONSENT: {
        "en": "Below {threshold} years the law asks for a guardian's consent.",
        "zh": "未满 {threshold} 岁，法律要求监护人同意。",
    },
    Rule.EARLIER_ASK_GUARDIAN: {
        "en": "A younger age was answered shortly before: a guardian is asked.",
        "zh": "此前不久填写过更小的年龄：须征得监护人同意。",
    },
    Rule.MINIMUM_AGE: {
        "en": "Below {threshold} years nobody can register: turned away.",
        "zh": "未满 {threshold} 岁者不得注册：已拒绝。",
    },
    Rule.PROVEN_TOO_YOUNG: {
        "en": "A proof shows less than {threshold} years: turned away.",
        "zh": "证明显示未满 {threshold} 岁：已拒绝。",
    },
    Rule.EARLIER_TURN_AWAY: {
        "en": "A younger age was answered shortly before: turned away.",
        "zh": "此前不久填写过更小的年龄：已拒绝。",
    },
}

CLAUSE: Final = {"en": "Policy: {clause}", "zh": "政策条款：{clause}"}
LAW: Final = {"en": "Law: {law}", "zh": "法律依据：{law}"}
PLACE: Final = {"en": "Place: {jurisdiction}", "zh": "地区：{jurisdiction}"}
SOURCE: Final = {
    "en": "Rule {rule} of {profile}, policy version {policy_version}.",
    "zh": "{profile} 的规则 {rule}，政策版本 {policy_version}。",
}
