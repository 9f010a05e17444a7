-- Messages that somebody sent to themselves to look at: who, what, filled with whose data, and to which host. No address.
CREATE TABLE "test_messages" (
    "id" BIGSERIAL NOT NULL,
    "journey" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,

    CONSTRAINT "test_messages_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "test_messages_journey_at_idx" ON "test_messages"("journey", "at");
