-- The whole schema, as the migrations lead to it. Generated: change a
-- migration, then run the test with AGEGATE_TEST_WRITE_SCHEMA=1.

CREATE FUNCTION public.granted_now(of_account uuid) RETURNS TABLE(purposes text[], states text[], ends timestamp with time zone[])
    LANGUAGE sql STABLE
    AS $$
    SELECT
        array_agg(consent_grant.purpose) AS purposes,
        array_agg(consent_grant.state) AS states,
        array_agg(consent_grant.ends_at) AS ends
    FROM consent_grant
    WHERE
        consent_grant.account_id = of_account
        AND consent_grant.state IN ('provisional', 'active')
$$;

CREATE FUNCTION public.outbox_add_partition(suffix text, app text, first_id uuid, end_id uuid) RETURNS boolean
    LANGUAGE plpgsql
    SET lock_timeout TO '500ms'
    AS $_$
DECLARE
    parent text;
    made text;
    words text := format('app %s from %s to %s', app, first_id, end_id);
BEGIN
    IF to_regclass(quote_ident('outbox_event_' || suffix)) IS NOT NULL THEN
        RETURN false;
    END IF;
    FOREACH parent IN ARRAY ARRAY['outbox_event', 'outbox_delivered'] LOOP
        made := parent || '_' || suffix;
        EXECUTE format('LOCK TABLE ONLY %I IN SHARE ROW EXCLUSIVE MODE', parent);
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS)', made, parent);
        EXECUTE format(
            'WITH moved AS (DELETE FROM %I WHERE app = $1 AND event_id >= $2'
            ' AND event_id < $3 RETURNING *) INSERT INTO %I SELECT * FROM moved',
            parent || '_default', made
        ) USING app, first_id, end_id;
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L, %L) TO (%L, %L)',
            parent, made, app, first_id, app, end_id
        );
        EXECUTE format('COMMENT ON TABLE %I IS %L', made, words);
    END LOOP;
    RETURN true;
END;
$_$;

CREATE FUNCTION public.outbox_drop_partition(suffix text) RETURNS void
    LANGUAGE plpgsql
    SET lock_timeout TO '500ms'
    AS $$
BEGIN
    EXECUTE format('DROP TABLE %I', 'outbox_event_' || suffix);
    EXECUTE format('DROP TABLE %I', 'outbox_delivered_' || suffix);
END;
$$;

CREATE FUNCTION public.refuse_write(place integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '%', place;
END
$$;

CREATE TABLE public.account (
    account_id uuid NOT NULL,
    app text NOT NULL,
    state text NOT NULL,
    age_decision_id uuid NOT NULL,
    age_band text NOT NULL,
    country text,
    language text NOT NULL,
    email bytea,
    phone bytea,
    username bytea,
    extras bytea NOT NULL,
    password_hash bytea NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    credentials_epoch bigint DEFAULT 0 NOT NULL,
    locked_at timestamp with time zone,
    password_short boolean DEFAULT false NOT NULL,
    suspended_for text,
    suspended_at timestamp with time zone,
    resumes text,
    own_word_due boolean DEFAULT false NOT NULL,
    CONSTRAINT account_age_band_check CHECK ((age_band = ANY (ARRAY['not_asked'::text, 'child'::text, 'minor'::text, 'adult'::text]))),
    CONSTRAINT account_resumes_check CHECK ((resumes = ANY (ARRAY['active'::text, 'restricted'::text]))),
    CONSTRAINT account_state_check CHECK ((state = ANY (ARRAY['active'::text, 'restricted'::text, 'suspended'::text, 'closing'::text]))),
    CONSTRAINT account_suspended_check CHECK ((((state = 'suspended'::text) = (suspended_for IS NOT NULL)) AND ((state = 'suspended'::text) = (suspended_at IS NOT NULL)) AND ((state = 'suspended'::text) = (resumes IS NOT NULL)))),
    CONSTRAINT account_suspended_for_check CHECK ((suspended_for = ANY (ARRAY['consent'::text, 'age_review'::text])))
);

CREATE TABLE public.account_move (
    account_id uuid NOT NULL,
    country text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL
);

CREATE TABLE public.age_appeal (
    appeal_id uuid NOT NULL,
    account_id uuid NOT NULL,
    state text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT age_appeal_state_check CHECK ((state = ANY (ARRAY['open'::text, 'upheld'::text, 'rejected'::text])))
);

CREATE TABLE public.age_decision (
    decision_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    app text NOT NULL,
    decision text NOT NULL,
    age_band text NOT NULL,
    method text NOT NULL,
    reason jsonb NOT NULL,
    crosses_on bytea,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT age_decision_age_band_check CHECK ((age_band = ANY (ARRAY['not_asked'::text, 'child'::text, 'minor'::text, 'adult'::text]))),
    CONSTRAINT age_decision_decision_check CHECK ((decision = ANY (ARRAY['admit'::text, 'ask_guardian'::text, 'ask_proof'::text]))),
    CONSTRAINT age_decision_method_check CHECK ((method = ANY (ARRAY['not_asked'::text, 'declared'::text, 'document'::text, 'card'::text, 'wallet'::text, 'birthday'::text])))
);

CREATE TABLE public.age_judgement (
    account_id uuid NOT NULL,
    outcome text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    CONSTRAINT age_judgement_outcome_check CHECK ((outcome = ANY (ARRAY['admit'::text, 'ask_guardian'::text, 'turn_away'::text])))
);

CREATE TABLE public.age_proof (
    proof_id uuid NOT NULL,
    registration_id uuid NOT NULL,
    method text NOT NULL,
    provider text NOT NULL,
    threshold smallint NOT NULL,
    state text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    CONSTRAINT age_proof_method_check CHECK ((method = ANY (ARRAY['document'::text, 'card'::text, 'wallet'::text]))),
    CONSTRAINT age_proof_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'inconclusive'::text])))
);

CREATE TABLE public.age_proof_digest (
    digest_hash bytea NOT NULL,
    replays integer DEFAULT 0 NOT NULL,
    used_at timestamp with time zone NOT NULL
);

CREATE TABLE public.age_proof_result (
    proof_id uuid NOT NULL,
    role text NOT NULL,
    subject_id uuid,
    outcome text NOT NULL,
    concluded_at timestamp with time zone NOT NULL,
    CONSTRAINT age_proof_result_outcome_check CHECK ((outcome = ANY (ARRAY['over'::text, 'under'::text, 'inconclusive'::text, 'revoked'::text]))),
    CONSTRAINT age_proof_result_role_check CHECK ((role = ANY (ARRAY['applicant'::text, 'guardian'::text, 'holder'::text])))
);

CREATE TABLE public.age_watch (
    account_id uuid NOT NULL,
    watch_from timestamp with time zone NOT NULL
);

CREATE TABLE public.appeal_proof (
    proof_id uuid NOT NULL,
    appeal_id uuid NOT NULL,
    method text NOT NULL,
    provider text NOT NULL,
    threshold smallint NOT NULL,
    state text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    CONSTRAINT appeal_proof_method_check CHECK ((method = ANY (ARRAY['document'::text, 'card'::text, 'wallet'::text]))),
    CONSTRAINT appeal_proof_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'inconclusive'::text])))
);

CREATE TABLE public.audit_entry (
    entry_id uuid NOT NULL,
    app text NOT NULL,
    subject_id uuid NOT NULL,
    actor text NOT NULL,
    actor_ref uuid,
    action text NOT NULL,
    detail jsonb NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.consent_dispute (
    dispute_id uuid NOT NULL,
    app text NOT NULL,
    account_id uuid NOT NULL,
    opened_by uuid NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    proposed text,
    proposed_by text,
    resolved_at timestamp with time zone,
    CONSTRAINT consent_dispute_check CHECK (((proposed IS NULL) = (proposed_by IS NULL))),
    CONSTRAINT consent_dispute_proposed_check CHECK ((proposed = ANY (ARRAY['stand'::text, 'restore'::text])))
);

CREATE TABLE public.consent_form (
    form_id uuid NOT NULL,
    consent_request_id uuid NOT NULL,
    verification smallint NOT NULL,
    app text NOT NULL,
    kind text NOT NULL,
    size integer NOT NULL,
    sha256 text NOT NULL,
    reference text NOT NULL,
    picture bytea NOT NULL,
    uploaded_at timestamp with time zone NOT NULL,
    tell_at timestamp with time zone NOT NULL,
    approved_by text,
    CONSTRAINT consent_form_kind_check CHECK ((kind = ANY (ARRAY['jpeg'::text, 'png'::text, 'pdf'::text])))
);

CREATE TABLE public.consent_grant (
    grant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    purpose text NOT NULL,
    given_by text NOT NULL,
    giver_id uuid NOT NULL,
    state text NOT NULL,
    method text NOT NULL,
    strength smallint NOT NULL,
    policy_version text NOT NULL,
    given_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    ended_at timestamp with time zone,
    evidence_sha256 text,
    CONSTRAINT consent_grant_given_by_check CHECK ((given_by = ANY (ARRAY['holder'::text, 'guardian'::text]))),
    CONSTRAINT consent_grant_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'provisional'::text, 'active'::text, 'withdrawn'::text, 'expired'::text, 'lapsed'::text, 'handed_over'::text, 'invalidated'::text, 'superseded'::text])))
);

CREATE TABLE public.consent_link (
    link_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.consent_link_end (
    link_hash bytea NOT NULL,
    answered boolean NOT NULL,
    ended_at timestamp with time zone NOT NULL
);

CREATE TABLE public.consent_objection (
    account_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    purpose text NOT NULL,
    since timestamp with time zone NOT NULL
);

CREATE TABLE public.consent_receipt (
    receipt_id uuid NOT NULL,
    app text NOT NULL,
    account_id uuid NOT NULL,
    number integer NOT NULL,
    jws text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    account_ended_at timestamp with time zone
);

CREATE TABLE public.consent_request (
    consent_request_id uuid NOT NULL,
    registration_id uuid,
    app text NOT NULL,
    state text NOT NULL,
    guardian_email bytea,
    relation text NOT NULL,
    language text NOT NULL,
    link_hash bytea NOT NULL,
    link_expires_at timestamp with time zone NOT NULL,
    match_code bytea NOT NULL,
    tries_left smallint NOT NULL,
    sends smallint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    account_id uuid,
    guardian_id uuid,
    policy_version text,
    purposes text[],
    invited_by uuid,
    message_id uuid,
    browser_hash bytea,
    browser_alert boolean DEFAULT false NOT NULL,
    corrections smallint DEFAULT 0 NOT NULL,
    method text,
    verifications smallint DEFAULT 0 NOT NULL,
    guardian_phone bytea,
    CONSTRAINT consent_request_about_check CHECK (((num_nonnulls(registration_id, account_id) = 1) AND (num_nonnulls(guardian_email, guardian_phone, guardian_id) = 1) AND ((account_id IS NULL) = (policy_version IS NULL)) AND ((state = ANY (ARRAY['verifying'::text, 'confirm_pending'::text])) = (purposes IS NOT NULL)) AND ((purposes IS NULL) = (method IS NULL)))),
    CONSTRAINT consent_request_state_check CHECK ((state = ANY (ARRAY['sent'::text, 'opened'::text, 'bounced'::text, 'verifying'::text, 'confirm_pending'::text]))),
    CONSTRAINT consent_request_tries_left_check CHECK ((tries_left >= 0))
);

CREATE TABLE public.consent_timer (
    timer_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    giver_id uuid,
    kind text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    about timestamp with time zone NOT NULL,
    message_id uuid,
    CONSTRAINT consent_timer_kind_check CHECK ((kind = ANY (ARRAY['second_contact'::text, 'confirm'::text, 'notice'::text, 'expire'::text, 'erase'::text])))
);

CREATE TABLE public.contact_change (
    change_id uuid NOT NULL,
    account_id uuid NOT NULL,
    kind text NOT NULL,
    before bytea,
    undo_hash bytea,
    changed_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    CONSTRAINT contact_change_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'phone'::text])))
);

CREATE TABLE public.contact_code (
    registration_id uuid NOT NULL,
    channel text NOT NULL,
    code_hash bytea NOT NULL,
    tries_left smallint NOT NULL,
    sends smallint NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT contact_code_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'phone'::text]))),
    CONSTRAINT contact_code_tries_left_check CHECK ((tries_left >= 0))
);

CREATE TABLE public.failed_tries (
    subject_id uuid NOT NULL,
    proof text NOT NULL,
    in_window smallint NOT NULL,
    window_began_at timestamp with time zone NOT NULL,
    in_a_row integer NOT NULL,
    told_at timestamp with time zone,
    reset_proposed_by text,
    CONSTRAINT failed_tries_in_a_row_check CHECK ((in_a_row >= 0)),
    CONSTRAINT failed_tries_in_window_check CHECK ((in_window >= 0)),
    CONSTRAINT failed_tries_proof_check CHECK ((proof = ANY (ARRAY['password'::text, 'second_factor'::text])))
);

CREATE TABLE public.gate_lock (
    app text NOT NULL,
    lock_index bytea NOT NULL,
    locked_until timestamp with time zone NOT NULL,
    appeals smallint DEFAULT 0 NOT NULL
);

CREATE TABLE public.gate_ticket_use (
    ticket_id uuid NOT NULL,
    until timestamp with time zone NOT NULL
);

CREATE TABLE public.guardian (
    guardian_id uuid NOT NULL,
    app text NOT NULL,
    blind_index bytea NOT NULL,
    email bytea,
    language text NOT NULL,
    since timestamp with time zone NOT NULL,
    barred_at timestamp with time zone,
    phone bytea,
    recovered_at timestamp with time zone,
    CONSTRAINT guardian_contact_check CHECK ((num_nonnulls(email, phone) = 1))
);

CREATE TABLE public.guardian_asked (
    guardian_index bytea NOT NULL,
    registration_id uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL
);

CREATE TABLE public.guardian_bar (
    app text NOT NULL,
    guardian_index bytea NOT NULL,
    barred_at timestamp with time zone NOT NULL
);

CREATE TABLE public.guardian_passkey (
    passkey_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    credential_index bytea NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    name bytea NOT NULL,
    sign_count bigint NOT NULL,
    backup_eligible boolean NOT NULL,
    backed_up boolean NOT NULL,
    transports text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);

CREATE TABLE public.guardian_passkey_challenge (
    challenge_hash bytea NOT NULL,
    purpose text NOT NULL,
    app text NOT NULL,
    guardian_id uuid,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT guardian_passkey_challenge_check CHECK (((purpose = 'sign_in'::text) = (guardian_id IS NULL))),
    CONSTRAINT guardian_passkey_challenge_purpose_check CHECK ((purpose = ANY (ARRAY['add'::text, 'prove'::text, 'sign_in'::text])))
);

CREATE TABLE public.guardian_passkey_holder (
    guardian_id uuid NOT NULL,
    user_handle bytea NOT NULL
);

CREATE TABLE public.guardian_password (
    guardian_id uuid NOT NULL,
    password_hash bytea NOT NULL,
    set_at timestamp with time zone NOT NULL
);

CREATE TABLE public.guardian_proof (
    proof_id uuid NOT NULL,
    consent_request_id uuid NOT NULL,
    method text NOT NULL,
    provider text NOT NULL,
    threshold smallint NOT NULL,
    state text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    CONSTRAINT guardian_proof_method_check CHECK ((method = ANY (ARRAY['document'::text, 'card'::text, 'wallet'::text]))),
    CONSTRAINT guardian_proof_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'inconclusive'::text])))
);

CREATE TABLE public.guardian_recovery (
    guardian_id uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL
);

CREATE TABLE public.guardian_security_link (
    link_hash bytea NOT NULL,
    guardian_id uuid NOT NULL,
    account_id uuid,
    cause text NOT NULL,
    caused_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    reported_at timestamp with time zone
);

CREATE TABLE public.guardian_session (
    session_hash bytea NOT NULL,
    guardian_id uuid NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    methods text[] DEFAULT '{email_link}'::text[] NOT NULL,
    proven_at timestamp with time zone NOT NULL
);

CREATE TABLE public.guardian_sign_in (
    sign_in_id uuid NOT NULL,
    app text NOT NULL,
    blind_index bytea NOT NULL,
    code_hash bytea NOT NULL,
    language text NOT NULL,
    guardian_id uuid,
    link_hash bytea,
    tries_left smallint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT guardian_sign_in_check CHECK (((guardian_id IS NULL) = (link_hash IS NULL))),
    CONSTRAINT guardian_sign_in_tries_left_check CHECK ((tries_left >= 0))
);

CREATE TABLE public.guardian_suppression (
    app text NOT NULL,
    guardian_index bytea NOT NULL,
    suppressed_at timestamp with time zone NOT NULL
);

CREATE TABLE public.guardian_totp (
    totp_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    name bytea NOT NULL,
    secret bytea NOT NULL,
    last_step bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    confirmed_at timestamp with time zone,
    last_used_at timestamp with time zone,
    CONSTRAINT guardian_totp_check CHECK (((confirmed_at IS NULL) <> (expires_at IS NULL)))
);

CREATE TABLE public.guardianship (
    account_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    relation text NOT NULL,
    since timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);

CREATE TABLE public.idempotency (
    key_hash bytea NOT NULL,
    body_hash bytea NOT NULL,
    subject_id uuid NOT NULL,
    answer jsonb NOT NULL,
    repeats integer DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.identifier (
    app text NOT NULL,
    blind_index bytea NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    held_until timestamp with time zone,
    CONSTRAINT identifier_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'phone'::text, 'username'::text])))
);

CREATE TABLE public.message (
    message_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    app text NOT NULL,
    channel text NOT NULL,
    template text NOT NULL,
    language text NOT NULL,
    recipient bytea,
    content bytea,
    state text DEFAULT 'queued'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    failure_taken boolean DEFAULT false NOT NULL,
    CONSTRAINT message_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
    CONSTRAINT message_check CHECK (((state = 'queued'::text) = (recipient IS NOT NULL))),
    CONSTRAINT message_check1 CHECK (((state = 'queued'::text) = (content IS NOT NULL))),
    CONSTRAINT message_check2 CHECK (((state = 'queued'::text) = (finished_at IS NULL))),
    CONSTRAINT message_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text])))
);

CREATE TABLE public.minor_report (
    report_id uuid NOT NULL,
    app text NOT NULL,
    blind_index bytea NOT NULL,
    reported_at timestamp with time zone NOT NULL
);

CREATE TABLE public.new_contact (
    account_id uuid NOT NULL,
    kind text NOT NULL,
    contact bytea NOT NULL,
    code_hash bytea NOT NULL,
    tries_left smallint NOT NULL,
    credentials_epoch bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT new_contact_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'phone'::text]))),
    CONSTRAINT new_contact_tries_left_check CHECK ((tries_left >= 0))
);

CREATE TABLE public.outbox_acknowledgement (
    event_id uuid NOT NULL,
    subscriber text NOT NULL,
    acknowledged_at timestamp with time zone,
    means text,
    CONSTRAINT outbox_acknowledgement_check CHECK (((acknowledged_at IS NULL) = (means IS NULL))),
    CONSTRAINT outbox_acknowledgement_means_check CHECK ((means = ANY (ARRAY['delivery'::text, 'request'::text, 'release'::text])))
);

CREATE TABLE public.outbox_delivered (
    event_id uuid NOT NULL,
    subscriber text NOT NULL,
    app text NOT NULL,
    attempts integer NOT NULL,
    last_status integer,
    delivered_at timestamp with time zone NOT NULL
)
PARTITION BY RANGE (app, event_id);

CREATE TABLE public.outbox_delivered_default (
    event_id uuid CONSTRAINT outbox_delivered_event_id_not_null NOT NULL,
    subscriber text CONSTRAINT outbox_delivered_subscriber_not_null NOT NULL,
    app text CONSTRAINT outbox_delivered_app_not_null NOT NULL,
    attempts integer CONSTRAINT outbox_delivered_attempts_not_null NOT NULL,
    last_status integer,
    delivered_at timestamp with time zone CONSTRAINT outbox_delivered_delivered_at_not_null NOT NULL
);

CREATE TABLE public.outbox_delivery (
    event_id uuid NOT NULL,
    subscriber text NOT NULL,
    subject_id uuid NOT NULL,
    sequence bigint NOT NULL,
    app text NOT NULL,
    event_type text NOT NULL,
    data jsonb NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    first_attempt_at timestamp with time zone,
    last_status integer,
    CONSTRAINT outbox_delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'dead'::text])))
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_analyze_scale_factor='0.05');

CREATE TABLE public.outbox_event (
    event_id uuid NOT NULL,
    app text NOT NULL,
    subject_id uuid NOT NULL,
    sequence bigint NOT NULL,
    event_type text NOT NULL,
    data jsonb NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    recorded_xid xid8 DEFAULT pg_current_xact_id() NOT NULL
)
PARTITION BY RANGE (app, event_id);

CREATE TABLE public.outbox_event_default (
    event_id uuid CONSTRAINT outbox_event_event_id_not_null NOT NULL,
    app text CONSTRAINT outbox_event_app_not_null NOT NULL,
    subject_id uuid CONSTRAINT outbox_event_subject_id_not_null NOT NULL,
    sequence bigint CONSTRAINT outbox_event_sequence_not_null NOT NULL,
    event_type text CONSTRAINT outbox_event_event_type_not_null NOT NULL,
    data jsonb CONSTRAINT outbox_event_data_not_null NOT NULL,
    occurred_at timestamp with time zone CONSTRAINT outbox_event_occurred_at_not_null NOT NULL,
    recorded_xid xid8 DEFAULT pg_current_xact_id() CONSTRAINT outbox_event_recorded_xid_not_null NOT NULL
);

CREATE TABLE public.outbox_obligation (
    event_id uuid NOT NULL,
    app text NOT NULL,
    subject_id uuid NOT NULL,
    event_type text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    overdue_at timestamp with time zone,
    closed_at timestamp with time zone,
    key_id text,
    signature bytea,
    CONSTRAINT outbox_obligation_check CHECK (((closed_at IS NULL) = (signature IS NULL))),
    CONSTRAINT outbox_obligation_check1 CHECK (((closed_at IS NULL) = (key_id IS NULL)))
);

CREATE TABLE public.outbox_subject (
    subject_id uuid NOT NULL,
    last_sequence bigint NOT NULL
);

CREATE TABLE public.passkey (
    passkey_id uuid NOT NULL,
    account_id uuid NOT NULL,
    credential_index bytea NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    name bytea NOT NULL,
    sign_count bigint NOT NULL,
    backup_eligible boolean NOT NULL,
    backed_up boolean NOT NULL,
    transports text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);

CREATE TABLE public.passkey_challenge (
    challenge_hash bytea NOT NULL,
    purpose text NOT NULL,
    app text NOT NULL,
    account_id uuid,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT passkey_challenge_check CHECK (((purpose = 'sign_in'::text) = (account_id IS NULL))),
    CONSTRAINT passkey_challenge_purpose_check CHECK ((purpose = ANY (ARRAY['add'::text, 'prove'::text, 'sign_in'::text])))
);

CREATE TABLE public.passkey_holder (
    account_id uuid NOT NULL,
    user_handle bytea NOT NULL
);

CREATE TABLE public.password_reset (
    secret_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    contact_index bytea,
    guardian_id uuid,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT password_reset_check CHECK (((contact_index IS NULL) <> (guardian_id IS NULL)))
);

CREATE TABLE public.policy_acceptance (
    account_id uuid NOT NULL,
    policy_version text NOT NULL,
    text_sha256 text NOT NULL,
    accepted_by text NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    CONSTRAINT policy_acceptance_accepted_by_check CHECK ((accepted_by = ANY (ARRAY['holder'::text, 'guardian'::text])))
);

CREATE TABLE public.policy_change_told (
    account_id uuid NOT NULL,
    policy_version text NOT NULL
);

CREATE UNLOGGED TABLE public.rate_limit (
    limit_key bytea NOT NULL,
    arrival_at timestamp with time zone NOT NULL
)
WITH (fillfactor='70');

CREATE TABLE public.recovery_code (
    account_id uuid NOT NULL,
    number smallint NOT NULL,
    code_hash bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT recovery_code_number_check CHECK (((number >= 1) AND (number <= 10)))
);

CREATE TABLE public.refresh_token (
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    successor bytea,
    successor_hash bytea,
    CONSTRAINT refresh_token_check CHECK (((used_at IS NULL) = (successor_hash IS NULL)))
);

CREATE TABLE public.registration (
    registration_id uuid NOT NULL,
    app text NOT NULL,
    state text NOT NULL,
    age_decision_id uuid NOT NULL,
    policy_version text NOT NULL,
    country text,
    language text NOT NULL,
    email bytea,
    email_confirmed_at timestamp with time zone,
    phone bytea,
    phone_confirmed_at timestamp with time zone,
    username bytea,
    guardian_email bytea,
    extras bytea NOT NULL,
    password_hash bytea NOT NULL,
    purposes text[] NOT NULL,
    birthday_near boolean DEFAULT false NOT NULL,
    to_accept boolean DEFAULT false NOT NULL,
    started_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    guardian_phone bytea,
    CONSTRAINT registration_guardian_check CHECK ((num_nonnulls(guardian_email, guardian_phone) <= 1)),
    CONSTRAINT registration_state_check CHECK ((state = ANY (ARRAY['confirm_contact'::text, 'ask_guardian'::text, 'awaiting_guardian'::text, 'ask_proof'::text, 'awaiting_proof'::text, 'ask_acceptance'::text])))
);

CREATE TABLE public.registration_end (
    registration_id uuid NOT NULL,
    app text NOT NULL,
    completed boolean NOT NULL,
    ended_at timestamp with time zone NOT NULL
);

CREATE TABLE public.reset_request (
    request_id uuid NOT NULL,
    app text NOT NULL,
    blind_index bytea NOT NULL,
    asked_at timestamp with time zone NOT NULL
);

CREATE TABLE public.schema_checksums (
    version character varying(128) NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.schema_migrations (
    version character varying(128) NOT NULL
);

CREATE TABLE public.security_link (
    link_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    cause text NOT NULL,
    channel text NOT NULL,
    recipient bytea NOT NULL,
    caused_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    reported_at timestamp with time zone,
    CONSTRAINT security_link_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text])))
);

CREATE TABLE public.session (
    session_id uuid NOT NULL,
    account_id uuid NOT NULL,
    app text NOT NULL,
    kind text NOT NULL,
    aal smallint NOT NULL,
    methods text[] NOT NULL,
    auth_time timestamp with time zone NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    credentials_epoch bigint NOT NULL,
    device bytea,
    token_hash bytea,
    CONSTRAINT session_aal_check CHECK ((aal = ANY (ARRAY[1, 2]))),
    CONSTRAINT session_check CHECK (((token_hash IS NOT NULL) = (kind = 'browser'::text))),
    CONSTRAINT session_kind_check CHECK ((kind = ANY (ARRAY['browser'::text, 'mobile'::text])))
);

CREATE TABLE public.sign_in_challenge (
    challenge_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    app text NOT NULL,
    kind text NOT NULL,
    methods text[] NOT NULL,
    credentials_epoch bigint NOT NULL,
    tries_left smallint NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT sign_in_challenge_kind_check CHECK ((kind = ANY (ARRAY['browser'::text, 'mobile'::text]))),
    CONSTRAINT sign_in_challenge_tries_left_check CHECK ((tries_left >= 0))
);

CREATE TABLE public.signing_key (
    kid text NOT NULL,
    public_jwk jsonb NOT NULL,
    first_used_at timestamp with time zone NOT NULL,
    retired_at timestamp with time zone
);

CREATE TABLE public.subject_key (
    subject_id uuid NOT NULL,
    key_id text NOT NULL,
    wrapped_key bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.totp (
    totp_id uuid NOT NULL,
    account_id uuid NOT NULL,
    name bytea NOT NULL,
    secret bytea NOT NULL,
    last_step bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    confirmed_at timestamp with time zone,
    last_used_at timestamp with time zone,
    CONSTRAINT totp_check CHECK (((confirmed_at IS NULL) <> (expires_at IS NULL)))
);

ALTER TABLE ONLY public.outbox_delivered ATTACH PARTITION public.outbox_delivered_default DEFAULT;

ALTER TABLE ONLY public.outbox_event ATTACH PARTITION public.outbox_event_default DEFAULT;

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_age_decision_id_key UNIQUE (age_decision_id);

ALTER TABLE ONLY public.account_move
    ADD CONSTRAINT account_move_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.age_appeal
    ADD CONSTRAINT age_appeal_pkey PRIMARY KEY (appeal_id);

ALTER TABLE ONLY public.age_decision
    ADD CONSTRAINT age_decision_pkey PRIMARY KEY (decision_id);

ALTER TABLE ONLY public.age_judgement
    ADD CONSTRAINT age_judgement_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.age_proof_digest
    ADD CONSTRAINT age_proof_digest_pkey PRIMARY KEY (digest_hash);

ALTER TABLE ONLY public.age_proof
    ADD CONSTRAINT age_proof_pkey PRIMARY KEY (proof_id);

ALTER TABLE ONLY public.age_proof_result
    ADD CONSTRAINT age_proof_result_pkey PRIMARY KEY (proof_id);

ALTER TABLE ONLY public.age_watch
    ADD CONSTRAINT age_watch_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.appeal_proof
    ADD CONSTRAINT appeal_proof_pkey PRIMARY KEY (proof_id);

ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT audit_entry_pkey PRIMARY KEY (entry_id);

ALTER TABLE ONLY public.consent_dispute
    ADD CONSTRAINT consent_dispute_pkey PRIMARY KEY (dispute_id);

ALTER TABLE ONLY public.consent_form
    ADD CONSTRAINT consent_form_consent_request_id_verification_key UNIQUE (consent_request_id, verification);

ALTER TABLE ONLY public.consent_form
    ADD CONSTRAINT consent_form_pkey PRIMARY KEY (form_id);

ALTER TABLE ONLY public.consent_grant
    ADD CONSTRAINT consent_grant_pkey PRIMARY KEY (grant_id);

ALTER TABLE ONLY public.consent_link_end
    ADD CONSTRAINT consent_link_end_pkey PRIMARY KEY (link_hash);

ALTER TABLE ONLY public.consent_link
    ADD CONSTRAINT consent_link_pkey PRIMARY KEY (link_hash);

ALTER TABLE ONLY public.consent_objection
    ADD CONSTRAINT consent_objection_pkey PRIMARY KEY (account_id, guardian_id, purpose);

ALTER TABLE ONLY public.consent_receipt
    ADD CONSTRAINT consent_receipt_account_id_number_key UNIQUE (account_id, number);

ALTER TABLE ONLY public.consent_receipt
    ADD CONSTRAINT consent_receipt_pkey PRIMARY KEY (receipt_id);

ALTER TABLE ONLY public.consent_request
    ADD CONSTRAINT consent_request_link_hash_key UNIQUE (link_hash);

ALTER TABLE ONLY public.consent_request
    ADD CONSTRAINT consent_request_pkey PRIMARY KEY (consent_request_id);

ALTER TABLE ONLY public.consent_request
    ADD CONSTRAINT consent_request_registration_id_key UNIQUE (registration_id);

ALTER TABLE ONLY public.consent_timer
    ADD CONSTRAINT consent_timer_pkey PRIMARY KEY (timer_id);

ALTER TABLE ONLY public.contact_change
    ADD CONSTRAINT contact_change_pkey PRIMARY KEY (change_id);

ALTER TABLE ONLY public.contact_change
    ADD CONSTRAINT contact_change_undo_hash_key UNIQUE (undo_hash);

ALTER TABLE ONLY public.contact_code
    ADD CONSTRAINT contact_code_pkey PRIMARY KEY (registration_id, channel);

ALTER TABLE ONLY public.failed_tries
    ADD CONSTRAINT failed_tries_pkey PRIMARY KEY (subject_id, proof);

ALTER TABLE ONLY public.gate_lock
    ADD CONSTRAINT gate_lock_pkey PRIMARY KEY (app, lock_index);

ALTER TABLE ONLY public.gate_ticket_use
    ADD CONSTRAINT gate_ticket_use_pkey PRIMARY KEY (ticket_id);

ALTER TABLE ONLY public.guardian
    ADD CONSTRAINT guardian_app_blind_index_key UNIQUE (app, blind_index);

ALTER TABLE ONLY public.guardian_asked
    ADD CONSTRAINT guardian_asked_pkey PRIMARY KEY (guardian_index, registration_id);

ALTER TABLE ONLY public.guardian_bar
    ADD CONSTRAINT guardian_bar_pkey PRIMARY KEY (app, guardian_index);

ALTER TABLE ONLY public.guardian_passkey_challenge
    ADD CONSTRAINT guardian_passkey_challenge_pkey PRIMARY KEY (challenge_hash);

ALTER TABLE ONLY public.guardian_passkey
    ADD CONSTRAINT guardian_passkey_credential_index_key UNIQUE (credential_index);

ALTER TABLE ONLY public.guardian_passkey_holder
    ADD CONSTRAINT guardian_passkey_holder_pkey PRIMARY KEY (guardian_id);

ALTER TABLE ONLY public.guardian_passkey_holder
    ADD CONSTRAINT guardian_passkey_holder_user_handle_key UNIQUE (user_handle);

ALTER TABLE ONLY public.guardian_passkey
    ADD CONSTRAINT guardian_passkey_pkey PRIMARY KEY (passkey_id);

ALTER TABLE ONLY public.guardian_password
    ADD CONSTRAINT guardian_password_pkey PRIMARY KEY (guardian_id);

ALTER TABLE ONLY public.guardian
    ADD CONSTRAINT guardian_pkey PRIMARY KEY (guardian_id);

ALTER TABLE ONLY public.guardian_proof
    ADD CONSTRAINT guardian_proof_pkey PRIMARY KEY (proof_id);

ALTER TABLE ONLY public.guardian_recovery
    ADD CONSTRAINT guardian_recovery_pkey PRIMARY KEY (guardian_id);

ALTER TABLE ONLY public.guardian_security_link
    ADD CONSTRAINT guardian_security_link_pkey PRIMARY KEY (link_hash);

ALTER TABLE ONLY public.guardian_session
    ADD CONSTRAINT guardian_session_pkey PRIMARY KEY (session_hash);

ALTER TABLE ONLY public.guardian_sign_in
    ADD CONSTRAINT guardian_sign_in_link_hash_key UNIQUE (link_hash);

ALTER TABLE ONLY public.guardian_sign_in
    ADD CONSTRAINT guardian_sign_in_pkey PRIMARY KEY (sign_in_id);

ALTER TABLE ONLY public.guardian_suppression
    ADD CONSTRAINT guardian_suppression_pkey PRIMARY KEY (app, guardian_index);

ALTER TABLE ONLY public.guardian_totp
    ADD CONSTRAINT guardian_totp_pkey PRIMARY KEY (totp_id);

ALTER TABLE ONLY public.guardianship
    ADD CONSTRAINT guardianship_pkey PRIMARY KEY (account_id, guardian_id);

ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (key_hash);

ALTER TABLE ONLY public.identifier
    ADD CONSTRAINT identifier_pkey PRIMARY KEY (app, blind_index);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY public.minor_report
    ADD CONSTRAINT minor_report_pkey PRIMARY KEY (report_id);

ALTER TABLE ONLY public.new_contact
    ADD CONSTRAINT new_contact_pkey PRIMARY KEY (account_id, kind);

ALTER TABLE ONLY public.outbox_acknowledgement
    ADD CONSTRAINT outbox_acknowledgement_pkey PRIMARY KEY (event_id, subscriber);

ALTER TABLE ONLY public.outbox_delivered
    ADD CONSTRAINT outbox_delivered_pkey PRIMARY KEY (event_id, subscriber, app);

ALTER TABLE ONLY public.outbox_delivered_default
    ADD CONSTRAINT outbox_delivered_default_pkey PRIMARY KEY (event_id, subscriber, app);

ALTER TABLE ONLY public.outbox_delivery
    ADD CONSTRAINT outbox_delivery_pkey PRIMARY KEY (event_id, subscriber);

ALTER TABLE ONLY public.outbox_event
    ADD CONSTRAINT outbox_event_pkey PRIMARY KEY (event_id, app);

ALTER TABLE ONLY public.outbox_event_default
    ADD CONSTRAINT outbox_event_default_pkey PRIMARY KEY (event_id, app);

ALTER TABLE ONLY public.outbox_obligation
    ADD CONSTRAINT outbox_obligation_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY public.outbox_subject
    ADD CONSTRAINT outbox_subject_pkey PRIMARY KEY (subject_id);

ALTER TABLE ONLY public.passkey_challenge
    ADD CONSTRAINT passkey_challenge_pkey PRIMARY KEY (challenge_hash);

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_credential_index_key UNIQUE (credential_index);

ALTER TABLE ONLY public.passkey_holder
    ADD CONSTRAINT passkey_holder_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.passkey_holder
    ADD CONSTRAINT passkey_holder_user_handle_key UNIQUE (user_handle);

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_pkey PRIMARY KEY (passkey_id);

ALTER TABLE ONLY public.password_reset
    ADD CONSTRAINT password_reset_pkey PRIMARY KEY (secret_hash);

ALTER TABLE ONLY public.policy_acceptance
    ADD CONSTRAINT policy_acceptance_pkey PRIMARY KEY (account_id, policy_version, accepted_by);

ALTER TABLE ONLY public.policy_change_told
    ADD CONSTRAINT policy_change_told_pkey PRIMARY KEY (account_id, policy_version);

ALTER TABLE ONLY public.rate_limit
    ADD CONSTRAINT rate_limit_pkey PRIMARY KEY (limit_key);

ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT recovery_code_pkey PRIMARY KEY (account_id, number);

ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.registration
    ADD CONSTRAINT registration_age_decision_id_key UNIQUE (age_decision_id);

ALTER TABLE ONLY public.registration_end
    ADD CONSTRAINT registration_end_pkey PRIMARY KEY (registration_id);

ALTER TABLE ONLY public.registration
    ADD CONSTRAINT registration_pkey PRIMARY KEY (registration_id);

ALTER TABLE ONLY public.reset_request
    ADD CONSTRAINT reset_request_pkey PRIMARY KEY (request_id);

ALTER TABLE ONLY public.schema_checksums
    ADD CONSTRAINT schema_checksums_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.security_link
    ADD CONSTRAINT security_link_pkey PRIMARY KEY (link_hash);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (session_id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.sign_in_challenge
    ADD CONSTRAINT sign_in_challenge_pkey PRIMARY KEY (challenge_hash);

ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT signing_key_pkey PRIMARY KEY (kid);

ALTER TABLE ONLY public.subject_key
    ADD CONSTRAINT subject_key_pkey PRIMARY KEY (subject_id);

ALTER TABLE ONLY public.totp
    ADD CONSTRAINT totp_pkey PRIMARY KEY (totp_id);

CREATE INDEX account_move_due_at ON public.account_move USING btree (due_at);

CREATE UNIQUE INDEX age_appeal_account_id ON public.age_appeal USING btree (account_id) WHERE (state <> 'upheld'::text);

CREATE INDEX age_appeal_account_upheld ON public.age_appeal USING btree (account_id) WHERE (state = 'upheld'::text);

CREATE INDEX age_appeal_ends_at ON public.age_appeal USING btree (ends_at) WHERE (state = 'open'::text);

CREATE INDEX age_decision_subject_id ON public.age_decision USING btree (subject_id);

CREATE INDEX age_proof_digest_used_at ON public.age_proof_digest USING btree (used_at);

CREATE UNIQUE INDEX age_proof_pending ON public.age_proof USING btree (registration_id) WHERE (state = 'pending'::text);

CREATE INDEX age_proof_result_concluded_at ON public.age_proof_result USING btree (concluded_at) WHERE (subject_id IS NULL);

CREATE INDEX age_proof_result_subject_id ON public.age_proof_result USING btree (subject_id);

CREATE INDEX age_watch_watch_from ON public.age_watch USING btree (watch_from);

CREATE INDEX appeal_proof_appeal_id ON public.appeal_proof USING btree (appeal_id);

CREATE UNIQUE INDEX appeal_proof_pending ON public.appeal_proof USING btree (appeal_id) WHERE (state = 'pending'::text);

CREATE INDEX audit_entry_app_at ON public.audit_entry USING btree (app, at);

CREATE INDEX audit_entry_subject_id ON public.audit_entry USING btree (subject_id, at);

CREATE UNIQUE INDEX consent_dispute_open ON public.consent_dispute USING btree (account_id) WHERE (resolved_at IS NULL);

CREATE INDEX consent_dispute_opened_at ON public.consent_dispute USING btree (opened_at) WHERE (resolved_at IS NULL);

CREATE INDEX consent_form_tell_at ON public.consent_form USING btree (tell_at);

CREATE INDEX consent_grant_account_id ON public.consent_grant USING btree (account_id);

CREATE UNIQUE INDEX consent_grant_active ON public.consent_grant USING btree (account_id, purpose, giver_id) WHERE (state = 'active'::text);

CREATE INDEX consent_grant_giver_id ON public.consent_grant USING btree (giver_id);

CREATE UNIQUE INDEX consent_grant_provisional ON public.consent_grant USING btree (account_id, purpose, giver_id) WHERE (state = 'provisional'::text);

CREATE INDEX consent_link_account_id ON public.consent_link USING btree (account_id);

CREATE INDEX consent_link_end_ended_at ON public.consent_link_end USING btree (ended_at);

CREATE INDEX consent_link_expires_at ON public.consent_link USING btree (expires_at);

CREATE INDEX consent_link_guardian_id ON public.consent_link USING btree (guardian_id);

CREATE INDEX consent_receipt_account_ended_at ON public.consent_receipt USING btree (app, account_ended_at) WHERE (account_ended_at IS NOT NULL);

CREATE UNIQUE INDEX consent_request_account_id ON public.consent_request USING btree (account_id, guardian_id);

CREATE INDEX consent_request_guardian_id ON public.consent_request USING btree (guardian_id);

CREATE INDEX consent_request_invited_by ON public.consent_request USING btree (invited_by);

CREATE INDEX consent_request_link_expires_at ON public.consent_request USING btree (link_expires_at) WHERE (account_id IS NOT NULL);

CREATE UNIQUE INDEX consent_request_named ON public.consent_request USING btree (account_id) WHERE (guardian_id IS NULL);

CREATE INDEX consent_timer_due_at ON public.consent_timer USING btree (due_at, timer_id);

CREATE INDEX consent_timer_subject_id ON public.consent_timer USING btree (subject_id);

CREATE INDEX contact_change_account_id ON public.contact_change USING btree (account_id, changed_at);

CREATE INDEX contact_change_changed_at ON public.contact_change USING btree (changed_at);

CREATE INDEX failed_tries_untold ON public.failed_tries USING btree (in_window) WHERE (told_at IS NULL);

CREATE INDEX failed_tries_window_began_at ON public.failed_tries USING btree (window_began_at);

CREATE INDEX gate_lock_locked_until ON public.gate_lock USING btree (locked_until);

CREATE INDEX gate_ticket_use_until ON public.gate_ticket_use USING btree (until);

CREATE INDEX guardian_asked_asked_at ON public.guardian_asked USING btree (asked_at);

CREATE INDEX guardian_bar_barred_at ON public.guardian_bar USING btree (barred_at);

CREATE INDEX guardian_passkey_challenge_expires_at ON public.guardian_passkey_challenge USING btree (expires_at);

CREATE INDEX guardian_passkey_challenge_guardian_id ON public.guardian_passkey_challenge USING btree (guardian_id);

CREATE INDEX guardian_passkey_guardian_id ON public.guardian_passkey USING btree (guardian_id);

CREATE UNIQUE INDEX guardian_proof_pending ON public.guardian_proof USING btree (consent_request_id) WHERE (state = 'pending'::text);

CREATE INDEX guardian_proof_request ON public.guardian_proof USING btree (consent_request_id);

CREATE INDEX guardian_recovery_due_at ON public.guardian_recovery USING btree (due_at);

CREATE INDEX guardian_security_link_account_id ON public.guardian_security_link USING btree (account_id);

CREATE INDEX guardian_security_link_expires_at ON public.guardian_security_link USING btree (expires_at);

CREATE INDEX guardian_security_link_guardian_id ON public.guardian_security_link USING btree (guardian_id);

CREATE INDEX guardian_session_expires_at ON public.guardian_session USING btree (expires_at);

CREATE INDEX guardian_session_guardian_id ON public.guardian_session USING btree (guardian_id);

CREATE INDEX guardian_sign_in_expires_at ON public.guardian_sign_in USING btree (expires_at);

CREATE INDEX guardian_sign_in_guardian_id ON public.guardian_sign_in USING btree (guardian_id);

CREATE INDEX guardian_sign_in_waiting ON public.guardian_sign_in USING btree (sign_in_id) WHERE (link_hash IS NULL);

CREATE INDEX guardian_totp_expires_at ON public.guardian_totp USING btree (expires_at) WHERE (expires_at IS NOT NULL);

CREATE INDEX guardian_totp_guardian_id ON public.guardian_totp USING btree (guardian_id);

CREATE UNIQUE INDEX guardian_totp_unconfirmed ON public.guardian_totp USING btree (guardian_id) WHERE (confirmed_at IS NULL);

CREATE INDEX guardianship_guardian_id ON public.guardianship USING btree (guardian_id);

CREATE INDEX idempotency_expires_at ON public.idempotency USING btree (expires_at);

CREATE INDEX idempotency_subject_id ON public.idempotency USING btree (subject_id);

CREATE INDEX identifier_subject_id ON public.identifier USING btree (subject_id);

CREATE INDEX message_due_at ON public.message USING btree (due_at) WHERE (state = 'queued'::text);

CREATE INDEX message_failed ON public.message USING btree (finished_at, message_id) WHERE ((state = 'failed'::text) AND (NOT failure_taken));

CREATE INDEX message_finished_at ON public.message USING btree (app, finished_at) WHERE (state <> 'queued'::text);

CREATE INDEX message_subject_id ON public.message USING btree (subject_id);

CREATE INDEX minor_report_reported_at ON public.minor_report USING btree (reported_at);

CREATE INDEX new_contact_expires_at ON public.new_contact USING btree (expires_at);

CREATE INDEX outbox_acknowledgement_open ON public.outbox_acknowledgement USING btree (subscriber) WHERE (acknowledged_at IS NULL);

CREATE INDEX outbox_delivery_due ON public.outbox_delivery USING btree (subscriber, due_at) WHERE (state = 'pending'::text);

CREATE UNIQUE INDEX outbox_delivery_order ON public.outbox_delivery USING btree (subscriber, subject_id, sequence);

CREATE INDEX outbox_event_recorded ON ONLY public.outbox_event USING btree (recorded_xid, subject_id, sequence);

CREATE INDEX outbox_event_default_recorded_xid_subject_id_sequence_idx ON public.outbox_event_default USING btree (recorded_xid, subject_id, sequence);

CREATE INDEX outbox_event_subject ON ONLY public.outbox_event USING btree (subject_id, sequence);

CREATE INDEX outbox_event_default_subject_id_sequence_idx ON public.outbox_event_default USING btree (subject_id, sequence);

CREATE INDEX outbox_obligation_closed ON public.outbox_obligation USING btree (app, closed_at) WHERE (closed_at IS NOT NULL);

CREATE INDEX outbox_obligation_open ON public.outbox_obligation USING btree (opened_at) WHERE (closed_at IS NULL);

CREATE INDEX outbox_obligation_subject_id ON public.outbox_obligation USING btree (subject_id);

CREATE INDEX passkey_account_id ON public.passkey USING btree (account_id);

CREATE INDEX passkey_challenge_account_id ON public.passkey_challenge USING btree (account_id);

CREATE INDEX passkey_challenge_expires_at ON public.passkey_challenge USING btree (expires_at);

CREATE INDEX password_reset_account_id ON public.password_reset USING btree (account_id);

CREATE INDEX password_reset_expires_at ON public.password_reset USING btree (expires_at);

CREATE INDEX refresh_token_session_id ON public.refresh_token USING btree (session_id);

CREATE UNIQUE INDEX refresh_token_successor ON public.refresh_token USING btree (successor_hash) WHERE (successor IS NOT NULL);

CREATE INDEX refresh_token_used_at ON public.refresh_token USING btree (used_at) WHERE (used_at IS NOT NULL);

CREATE INDEX registration_birthday_near ON public.registration USING btree (registration_id) WHERE birthday_near;

CREATE INDEX registration_end_ended_at ON public.registration_end USING btree (ended_at);

CREATE INDEX registration_expires_at ON public.registration USING btree (expires_at);

CREATE INDEX security_link_account_id ON public.security_link USING btree (account_id);

CREATE INDEX security_link_expires_at ON public.security_link USING btree (expires_at);

CREATE INDEX session_account_id ON public.session USING btree (account_id);

CREATE INDEX session_expires_at ON public.session USING btree (expires_at);

CREATE INDEX sign_in_challenge_account_id ON public.sign_in_challenge USING btree (account_id);

CREATE INDEX sign_in_challenge_expires_at ON public.sign_in_challenge USING btree (expires_at);

CREATE INDEX totp_account_id ON public.totp USING btree (account_id);

CREATE INDEX totp_expires_at ON public.totp USING btree (expires_at) WHERE (expires_at IS NOT NULL);

CREATE UNIQUE INDEX totp_unconfirmed ON public.totp USING btree (account_id) WHERE (confirmed_at IS NULL);

ALTER INDEX public.outbox_delivered_pkey ATTACH PARTITION public.outbox_delivered_default_pkey;

ALTER INDEX public.outbox_event_pkey ATTACH PARTITION public.outbox_event_default_pkey;

ALTER INDEX public.outbox_event_recorded ATTACH PARTITION public.outbox_event_default_recorded_xid_subject_id_sequence_idx;

ALTER INDEX public.outbox_event_subject ATTACH PARTITION public.outbox_event_default_subject_id_sequence_idx;

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.subject_key(subject_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_age_decision_id_fkey FOREIGN KEY (age_decision_id) REFERENCES public.age_decision(decision_id);

ALTER TABLE ONLY public.account_move
    ADD CONSTRAINT account_move_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.age_appeal
    ADD CONSTRAINT age_appeal_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.age_judgement
    ADD CONSTRAINT age_judgement_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.age_proof
    ADD CONSTRAINT age_proof_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES public.registration(registration_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.age_proof_result
    ADD CONSTRAINT age_proof_result_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES public.subject_key(subject_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.age_watch
    ADD CONSTRAINT age_watch_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.appeal_proof
    ADD CONSTRAINT appeal_proof_appeal_id_fkey FOREIGN KEY (appeal_id) REFERENCES public.age_appeal(appeal_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent_dispute
    ADD CONSTRAINT consent_dispute_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent_form
    ADD CONSTRAINT consent_form_consent_request_id_fkey FOREIGN KEY (consent_request_id) REFERENCES public.consent_request(consent_request_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent_grant
    ADD CONSTRAINT consent_grant_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent_link
    ADD CONSTRAINT consent_link_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent_link
    ADD CONSTRAINT consent_link_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent_objection
    ADD CONSTRAINT consent_objection_account_id_guardian_id_fkey FOREIGN KEY (account_id, guardian_id) REFERENCES public.guardianship(account_id, guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent_request
    ADD CONSTRAINT consent_request_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent_request
    ADD CONSTRAINT consent_request_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent_request
    ADD CONSTRAINT consent_request_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES public.guardian(guardian_id) ON DELETE SET NULL;

ALTER TABLE ONLY public.consent_request
    ADD CONSTRAINT consent_request_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES public.registration(registration_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent_timer
    ADD CONSTRAINT consent_timer_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES public.subject_key(subject_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_change
    ADD CONSTRAINT contact_change_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_code
    ADD CONSTRAINT contact_code_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES public.registration(registration_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian
    ADD CONSTRAINT guardian_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.subject_key(subject_id);

ALTER TABLE ONLY public.guardian_passkey_challenge
    ADD CONSTRAINT guardian_passkey_challenge_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian_passkey
    ADD CONSTRAINT guardian_passkey_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian_passkey_holder
    ADD CONSTRAINT guardian_passkey_holder_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian_password
    ADD CONSTRAINT guardian_password_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian_proof
    ADD CONSTRAINT guardian_proof_consent_request_id_fkey FOREIGN KEY (consent_request_id) REFERENCES public.consent_request(consent_request_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian_recovery
    ADD CONSTRAINT guardian_recovery_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian_security_link
    ADD CONSTRAINT guardian_security_link_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian_security_link
    ADD CONSTRAINT guardian_security_link_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian_session
    ADD CONSTRAINT guardian_session_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian_sign_in
    ADD CONSTRAINT guardian_sign_in_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian_totp
    ADD CONSTRAINT guardian_totp_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardianship
    ADD CONSTRAINT guardianship_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardianship
    ADD CONSTRAINT guardianship_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id);

ALTER TABLE ONLY public.identifier
    ADD CONSTRAINT identifier_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES public.subject_key(subject_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES public.subject_key(subject_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.new_contact
    ADD CONSTRAINT new_contact_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.outbox_acknowledgement
    ADD CONSTRAINT outbox_acknowledgement_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.outbox_obligation(event_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkey_challenge
    ADD CONSTRAINT passkey_challenge_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkey_holder
    ADD CONSTRAINT passkey_holder_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.password_reset
    ADD CONSTRAINT password_reset_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.policy_acceptance
    ADD CONSTRAINT policy_acceptance_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.policy_change_told
    ADD CONSTRAINT policy_change_told_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT recovery_code_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.session(session_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.registration
    ADD CONSTRAINT registration_age_decision_id_fkey FOREIGN KEY (age_decision_id) REFERENCES public.age_decision(decision_id);

ALTER TABLE ONLY public.registration
    ADD CONSTRAINT registration_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES public.subject_key(subject_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.security_link
    ADD CONSTRAINT security_link_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sign_in_challenge
    ADD CONSTRAINT sign_in_challenge_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.totp
    ADD CONSTRAINT totp_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;
