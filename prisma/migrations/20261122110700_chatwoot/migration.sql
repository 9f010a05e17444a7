-- CreateTable
CREATE TABLE "chatwoot_mirrors" (
    "conversation_id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "contact_id" BIGINT,
    "number" BIGINT,
    "told_up_to" BIGINT,
    "last_told" BIGINT NOT NULL DEFAULT 0,
    "last_read" BIGINT NOT NULL DEFAULT 0,
    "read_at" TIMESTAMPTZ(3),
    "pending" TEXT,
    "token" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "chatwoot_mirrors_pkey" PRIMARY KEY ("conversation_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "chatwoot_mirrors_number_key" ON "chatwoot_mirrors"("number");

-- AddForeignKey
ALTER TABLE "chatwoot_mirrors" ADD CONSTRAINT "chatwoot_mirrors_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema language cannot say: the few conversations of which something is still to be told.
CREATE INDEX "chatwoot_mirrors_open_idx" ON "chatwoot_mirrors"("conversation_id") WHERE "closed_at" IS NULL;
CREATE INDEX "chat_messages_conversation_idx" ON "chat_messages"("conversation_id", "id") WHERE "conversation_id" IS NOT NULL;
