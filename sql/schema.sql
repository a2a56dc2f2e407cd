-- The whole schema, as the migrations lead to it. Generated: change a
-- migration, then run the test with AGEGATE_TEST_WRITE_SCHEMA=1.

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

CREATE TABLE public.age_watch (
    account_id uuid NOT NULL,
    watch_from timestamp with time zone NOT NULL
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
    CONSTRAINT consent_request_about_check CHECK (((num_nonnulls(registration_id, account_id) = 1) AND (num_nonnulls(guardian_email, guardian_id) = 1) AND ((account_id IS NULL) = (policy_version IS NULL)) AND ((state = 'confirm_pending'::text) = (purposes IS NOT NULL)))),
    CONSTRAINT consent_request_state_check CHECK ((state = ANY (ARRAY['sent'::text, 'opened'::text, 'bounced'::text, 'confirm_pending'::text]))),
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

CREATE TABLE public.gate_lock (
    app text NOT NULL,
    lock_index bytea NOT NULL,
    locked_until timestamp with time zone NOT NULL
);

CREATE TABLE public.gate_ticket_use (
    ticket_id uuid NOT NULL,
    until timestamp with time zone NOT NULL
);

CREATE TABLE public.guardian (
    guardian_id uuid NOT NULL,
    app text NOT NULL,
    blind_index bytea NOT NULL,
    email bytea NOT NULL,
    language text NOT NULL,
    since timestamp with time zone NOT NULL,
    barred_at timestamp with time zone
);

CREATE TABLE public.guardian_asked (
    guardian_index bytea NOT NULL,
    registration_id uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL
);

CREATE TABLE public.guardian_session (
    session_hash bytea NOT NULL,
    guardian_id uuid NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
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

CREATE TABLE public.outbox_delivery (
    event_id uuid NOT NULL,
    subscriber text NOT NULL,
    subject_id uuid NOT NULL,
    sequence bigint NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    first_attempt_at timestamp with time zone,
    last_status integer,
    delivered_at timestamp with time zone,
    CONSTRAINT outbox_delivery_check CHECK (((state = 'delivered'::text) = (delivered_at IS NOT NULL))),
    CONSTRAINT outbox_delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text])))
)
WITH (autovacuum_vacuum_scale_factor='0.02');

CREATE TABLE public.outbox_event (
    event_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    sequence bigint NOT NULL,
    app text NOT NULL,
    event_type text NOT NULL,
    data jsonb NOT NULL,
    occurred_at timestamp with time zone NOT NULL
);

CREATE TABLE public.outbox_subject (
    subject_id uuid NOT NULL,
    last_sequence bigint NOT NULL
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
    CONSTRAINT registration_state_check CHECK ((state = ANY (ARRAY['confirm_contact'::text, 'ask_guardian'::text, 'awaiting_guardian'::text, 'ask_proof'::text, 'awaiting_proof'::text, 'ask_acceptance'::text])))
);

CREATE TABLE public.registration_end (
    registration_id uuid NOT NULL,
    app text NOT NULL,
    completed boolean NOT NULL,
    ended_at timestamp with time zone NOT NULL
);

CREATE TABLE public.schema_checksums (
    version character varying(128) NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.schema_migrations (
    version character varying(128) NOT NULL
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

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_age_decision_id_key UNIQUE (age_decision_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.age_decision
    ADD CONSTRAINT age_decision_pkey PRIMARY KEY (decision_id);

ALTER TABLE ONLY public.age_proof
    ADD CONSTRAINT age_proof_pkey PRIMARY KEY (proof_id);

ALTER TABLE ONLY public.age_watch
    ADD CONSTRAINT age_watch_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT audit_entry_pkey PRIMARY KEY (entry_id);

ALTER TABLE ONLY public.consent_dispute
    ADD CONSTRAINT consent_dispute_pkey PRIMARY KEY (dispute_id);

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

ALTER TABLE ONLY public.contact_code
    ADD CONSTRAINT contact_code_pkey PRIMARY KEY (registration_id, channel);

ALTER TABLE ONLY public.gate_lock
    ADD CONSTRAINT gate_lock_pkey PRIMARY KEY (app, lock_index);

ALTER TABLE ONLY public.gate_ticket_use
    ADD CONSTRAINT gate_ticket_use_pkey PRIMARY KEY (ticket_id);

ALTER TABLE ONLY public.guardian
    ADD CONSTRAINT guardian_app_blind_index_key UNIQUE (app, blind_index);

ALTER TABLE ONLY public.guardian_asked
    ADD CONSTRAINT guardian_asked_pkey PRIMARY KEY (guardian_index, registration_id);

ALTER TABLE ONLY public.guardian
    ADD CONSTRAINT guardian_pkey PRIMARY KEY (guardian_id);

ALTER TABLE ONLY public.guardian_session
    ADD CONSTRAINT guardian_session_pkey PRIMARY KEY (session_hash);

ALTER TABLE ONLY public.guardian_sign_in
    ADD CONSTRAINT guardian_sign_in_link_hash_key UNIQUE (link_hash);

ALTER TABLE ONLY public.guardian_sign_in
    ADD CONSTRAINT guardian_sign_in_pkey PRIMARY KEY (sign_in_id);

ALTER TABLE ONLY public.guardian_suppression
    ADD CONSTRAINT guardian_suppression_pkey PRIMARY KEY (app, guardian_index);

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

ALTER TABLE ONLY public.outbox_delivery
    ADD CONSTRAINT outbox_delivery_pkey PRIMARY KEY (event_id, subscriber);

ALTER TABLE ONLY public.outbox_event
    ADD CONSTRAINT outbox_event_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY public.outbox_event
    ADD CONSTRAINT outbox_event_subject_id_sequence_key UNIQUE (subject_id, sequence);

ALTER TABLE ONLY public.outbox_subject
    ADD CONSTRAINT outbox_subject_pkey PRIMARY KEY (subject_id);

ALTER TABLE ONLY public.policy_acceptance
    ADD CONSTRAINT policy_acceptance_pkey PRIMARY KEY (account_id, policy_version, accepted_by);

ALTER TABLE ONLY public.policy_change_told
    ADD CONSTRAINT policy_change_told_pkey PRIMARY KEY (account_id, policy_version);

ALTER TABLE ONLY public.rate_limit
    ADD CONSTRAINT rate_limit_pkey PRIMARY KEY (limit_key);

ALTER TABLE ONLY public.registration
    ADD CONSTRAINT registration_age_decision_id_key UNIQUE (age_decision_id);

ALTER TABLE ONLY public.registration_end
    ADD CONSTRAINT registration_end_pkey PRIMARY KEY (registration_id);

ALTER TABLE ONLY public.registration
    ADD CONSTRAINT registration_pkey PRIMARY KEY (registration_id);

ALTER TABLE ONLY public.schema_checksums
    ADD CONSTRAINT schema_checksums_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT signing_key_pkey PRIMARY KEY (kid);

ALTER TABLE ONLY public.subject_key
    ADD CONSTRAINT subject_key_pkey PRIMARY KEY (subject_id);

CREATE INDEX age_decision_subject_id ON public.age_decision USING btree (subject_id);

CREATE UNIQUE INDEX age_proof_pending ON public.age_proof USING btree (registration_id) WHERE (state = 'pending'::text);

CREATE INDEX age_watch_watch_from ON public.age_watch USING btree (watch_from);

CREATE INDEX audit_entry_app_at ON public.audit_entry USING btree (app, at);

CREATE INDEX audit_entry_subject_id ON public.audit_entry USING btree (subject_id, at);

CREATE UNIQUE INDEX consent_dispute_open ON public.consent_dispute USING btree (account_id) WHERE (resolved_at IS NULL);

CREATE INDEX consent_dispute_opened_at ON public.consent_dispute USING btree (opened_at) WHERE (resolved_at IS NULL);

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

CREATE INDEX gate_lock_locked_until ON public.gate_lock USING btree (locked_until);

CREATE INDEX gate_ticket_use_until ON public.gate_ticket_use USING btree (until);

CREATE INDEX guardian_asked_asked_at ON public.guardian_asked USING btree (asked_at);

CREATE INDEX guardian_session_expires_at ON public.guardian_session USING btree (expires_at);

CREATE INDEX guardian_session_guardian_id ON public.guardian_session USING btree (guardian_id);

CREATE INDEX guardian_sign_in_expires_at ON public.guardian_sign_in USING btree (expires_at);

CREATE INDEX guardian_sign_in_guardian_id ON public.guardian_sign_in USING btree (guardian_id);

CREATE INDEX guardian_sign_in_waiting ON public.guardian_sign_in USING btree (sign_in_id) WHERE (link_hash IS NULL);

CREATE INDEX guardianship_guardian_id ON public.guardianship USING btree (guardian_id);

CREATE INDEX idempotency_expires_at ON public.idempotency USING btree (expires_at);

CREATE INDEX idempotency_subject_id ON public.idempotency USING btree (subject_id);

CREATE INDEX identifier_subject_id ON public.identifier USING btree (subject_id);

CREATE INDEX message_due_at ON public.message USING btree (due_at) WHERE (state = 'queued'::text);

CREATE INDEX message_failed ON public.message USING btree (finished_at, message_id) WHERE ((state = 'failed'::text) AND (NOT failure_taken));

CREATE INDEX message_finished_at ON public.message USING btree (app, finished_at) WHERE (state <> 'queued'::text);

CREATE INDEX message_subject_id ON public.message USING btree (subject_id);

CREATE INDEX minor_report_reported_at ON public.minor_report USING btree (reported_at);

CREATE INDEX outbox_delivery_due ON public.outbox_delivery USING btree (subscriber, due_at) WHERE (state = 'pending'::text);

CREATE UNIQUE INDEX outbox_delivery_order ON public.outbox_delivery USING btree (subscriber, subject_id, sequence) WHERE (state <> 'delivered'::text);

CREATE INDEX outbox_event_occurred_at ON public.outbox_event USING btree (app, occurred_at);

CREATE INDEX rate_limit_arrival_at ON public.rate_limit USING btree (arrival_at);

CREATE INDEX registration_birthday_near ON public.registration USING btree (registration_id) WHERE birthday_near;

CREATE INDEX registration_end_ended_at ON public.registration_end USING btree (ended_at);

CREATE INDEX registration_expires_at ON public.registration USING btree (expires_at);

CREATE INDEX subject_key_key_id ON public.subject_key USING btree (key_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.subject_key(subject_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_age_decision_id_fkey FOREIGN KEY (age_decision_id) REFERENCES public.age_decision(decision_id);

ALTER TABLE ONLY public.age_proof
    ADD CONSTRAINT age_proof_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES public.registration(registration_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.age_watch
    ADD CONSTRAINT age_watch_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent_dispute
    ADD CONSTRAINT consent_dispute_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

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

ALTER TABLE ONLY public.contact_code
    ADD CONSTRAINT contact_code_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES public.registration(registration_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian
    ADD CONSTRAINT guardian_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.subject_key(subject_id);

ALTER TABLE ONLY public.guardian_session
    ADD CONSTRAINT guardian_session_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardian_sign_in
    ADD CONSTRAINT guardian_sign_in_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardianship
    ADD CONSTRAINT guardianship_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.guardianship
    ADD CONSTRAINT guardianship_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES public.guardian(guardian_id);

ALTER TABLE ONLY public.identifier
    ADD CONSTRAINT identifier_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES public.subject_key(subject_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES public.subject_key(subject_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.outbox_delivery
    ADD CONSTRAINT outbox_delivery_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.outbox_event(event_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.policy_acceptance
    ADD CONSTRAINT policy_acceptance_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.policy_change_told
    ADD CONSTRAINT policy_change_told_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.registration
    ADD CONSTRAINT registration_age_decision_id_fkey FOREIGN KEY (age_decision_id) REFERENCES public.age_decision(decision_id);

ALTER TABLE ONLY public.registration
    ADD CONSTRAINT registration_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES public.subject_key(subject_id) ON DELETE CASCADE;
