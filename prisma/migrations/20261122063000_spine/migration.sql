-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "customers" (
    "id" TEXT NOT NULL,
    "traits" JSONB NOT NULL DEFAULT '{}',
    "merged_into" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identities" (
    "kind" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "bound_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "identities_pkey" PRIMARY KEY ("kind","value")
);

-- CreateTable
CREATE TABLE "consents" (
    "id" BIGSERIAL NOT NULL,
    "customer_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT NOT NULL,
    "evidence" JSONB NOT NULL,

    CONSTRAINT "consents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "suppressions" (
    "channel" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "suppressions_pkey" PRIMARY KEY ("channel","address")
);

-- CreateTable
CREATE TABLE "events" (
    "id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "data" JSONB NOT NULL,
    "flags" JSONB NOT NULL,
    "same" TEXT,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quarantine" (
    "id" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT NOT NULL,
    "problem" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "replayed_at" TIMESTAMPTZ(3),

    CONSTRAINT "quarantine_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "settings_versions" (
    "version" TEXT NOT NULL,
    "settings" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "settings_versions_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "journeys" (
    "name" TEXT NOT NULL,
    "title" TEXT,
    "version" TEXT,

    CONSTRAINT "journeys_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "journey_versions" (
    "version" TEXT NOT NULL,
    "journey" TEXT NOT NULL,
    "title" TEXT,
    "plan" JSON NOT NULL,
    "source" JSON NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "published_by" TEXT NOT NULL,

    CONSTRAINT "journey_versions_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "publications" (
    "number" INTEGER NOT NULL,
    "settings_version" TEXT NOT NULL,
    "journeys" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,

    CONSTRAINT "publications_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "enrollments" (
    "id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "journey" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "key" TEXT,
    "entry_event_id" TEXT NOT NULL,
    "latest_event_id" TEXT NOT NULL,
    "entry_occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "entered_at" TIMESTAMPTZ(3) NOT NULL,
    "entry_slot" TEXT,
    "held_out" BOOLEAN NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,
    "goal_at" TIMESTAMPTZ(3),
    "credit_until" TIMESTAMPTZ(3),
    "needs_attention" TEXT,
    "state" JSONB NOT NULL,
    "step" TEXT,
    "waiting_for" TEXT[],
    "due_at" TIMESTAMPTZ(3),
    "condition_errors" TEXT[],
    "turn" INTEGER NOT NULL,
    "turn_token" INTEGER NOT NULL,

    CONSTRAINT "enrollments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "id" BIGSERIAL NOT NULL,
    "enrollment_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "read" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "turns" (
    "enrollment_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "event_ids" TEXT[],
    "at" TIMESTAMPTZ(3) NOT NULL,
    "result" JSONB,

    CONSTRAINT "turns_pkey" PRIMARY KEY ("enrollment_id","number")
);

-- CreateTable
CREATE TABLE "decisions" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "journey" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "enrollment_id" TEXT,
    "turn" INTEGER,
    "seq" INTEGER,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "step" TEXT,
    "outcome" TEXT NOT NULL,
    "inputs" JSONB NOT NULL,
    "needed" TEXT NOT NULL,
    "event_id" TEXT,
    "message" TEXT,
    "channel" TEXT,
    "effect_key" TEXT,
    "fold" TEXT,
    "count" INTEGER NOT NULL DEFAULT 1,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "decisions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "key" TEXT NOT NULL,
    "enrollment_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "journey" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "code" TEXT,
    "attempt" INTEGER NOT NULL,
    "claimed_by" INTEGER,
    "lease_until" TIMESTAMPTZ(3),
    "retry_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "provider_id" TEXT,
    "rendered" JSONB,
    "to" TEXT,

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "draws" (
    "customer_id" TEXT NOT NULL,
    "experiment" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "draws_pkey" PRIMARY KEY ("customer_id","experiment")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "enrollment_id" TEXT NOT NULL,
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "identities_customer_id_idx" ON "identities"("customer_id");

-- CreateIndex
CREATE INDEX "consents_customer_id_channel_purpose_at_idx" ON "consents"("customer_id", "channel", "purpose", "at");

-- CreateIndex
CREATE INDEX "events_customer_id_name_occurred_at_idx" ON "events"("customer_id", "name", "occurred_at");

-- CreateIndex
CREATE INDEX "events_customer_id_received_at_idx" ON "events"("customer_id", "received_at");

-- CreateIndex
CREATE UNIQUE INDEX "events_source_source_id_key" ON "events"("source", "source_id");

-- CreateIndex
CREATE UNIQUE INDEX "events_name_same_key" ON "events"("name", "same");

-- CreateIndex
CREATE INDEX "quarantine_received_at_idx" ON "quarantine"("received_at");

-- CreateIndex
CREATE INDEX "journey_versions_journey_idx" ON "journey_versions"("journey");

-- CreateIndex
CREATE UNIQUE INDEX "enrollments_entry_slot_key" ON "enrollments"("entry_slot");

-- CreateIndex
CREATE INDEX "enrollments_customer_id_journey_entered_at_idx" ON "enrollments"("customer_id", "journey", "entered_at");

-- CreateIndex
CREATE INDEX "enrollments_key_idx" ON "enrollments"("key");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_enrollment_id_event_id_key" ON "inbox"("enrollment_id", "event_id");

-- CreateIndex
CREATE UNIQUE INDEX "decisions_fold_key" ON "decisions"("fold");

-- CreateIndex
CREATE INDEX "decisions_customer_id_last_at_idx" ON "decisions"("customer_id", "last_at");

-- CreateIndex
CREATE UNIQUE INDEX "decisions_enrollment_id_turn_seq_key" ON "decisions"("enrollment_id", "turn", "seq");

-- CreateIndex
CREATE INDEX "deliveries_enrollment_id_idx" ON "deliveries"("enrollment_id");

-- CreateIndex
CREATE INDEX "deliveries_customer_id_created_at_idx" ON "deliveries"("customer_id", "created_at");

-- CreateIndex
CREATE INDEX "outbox_enrollment_id_idx" ON "outbox"("enrollment_id");

-- AddForeignKey
ALTER TABLE "identities" ADD CONSTRAINT "identities_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consents" ADD CONSTRAINT "consents_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_enrollment_id_fkey" FOREIGN KEY ("enrollment_id") REFERENCES "enrollments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "turns" ADD CONSTRAINT "turns_enrollment_id_fkey" FOREIGN KEY ("enrollment_id") REFERENCES "enrollments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_enrollment_id_fkey" FOREIGN KEY ("enrollment_id") REFERENCES "enrollments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_enrollment_id_fkey" FOREIGN KEY ("enrollment_id") REFERENCES "enrollments"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What the schema language cannot say: the reconciler reads active enrollments by due time and by id, and what lies
-- unread; support finds a customer by e-mail.
CREATE INDEX "enrollments_active_due_at_idx" ON "enrollments"("due_at") WHERE "status" = 'active';

CREATE INDEX "enrollments_active_id_idx" ON "enrollments"("id") WHERE "status" = 'active';

CREATE INDEX "inbox_unread_idx" ON "inbox"("received_at") WHERE NOT "read";

CREATE INDEX "customers_email_idx" ON "customers"(lower("traits" ->> 'email'));
