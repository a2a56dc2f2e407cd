"""Refusals of proofs of age."""

from service.domain.refusals.refusal import Refusal


class ProofMethodUnknown(Refusal):
    """Age can't be proven here with this method."""

    code = "proof_method_unknown"


class ProofUnavailable(Refusal):
    """Proof of age can't be taken at the moment. Please try again later."""

    code = "proof_unavailable"


class ProofsUsedUp(Refusal):
    """It was tried to be proven as often as we allow."""

    code = "proofs_used_up"


class ProofUnknown(Refusal):
    """There is no such proof under way."""

    code = "proof_unknown"


class ProofConcluded(Refusal):
    """Something else was said of this proof before."""

    code = "proof_concluded"


class AppealRefused(Refusal):
    """There is nothing to appeal against, or it was tried as often as we allow."""

    code = "appeal_refused"


class AppealUnavailable(Refusal):
    """There is no proof to appeal by here. Please write to us."""

    code = "appeal_unavailable"


class ProofReplayed(Refusal):
    """This proof was used before; each counts once."""

    code = "proof_replayed"
