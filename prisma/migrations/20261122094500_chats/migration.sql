-- CreateTable
CREATE TABLE "chat_messages" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "conversation_id" TEXT,
    "from" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "chat_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "conversations" (
    "id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "queue" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "effect_key" TEXT,
    "enrollment_id" TEXT,
    "journey" TEXT,
    "step" TEXT,
    "note" TEXT,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_by" TEXT,

    CONSTRAINT "conversations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "chat_messages_key_key" ON "chat_messages"("key");

-- CreateIndex
CREATE INDEX "chat_messages_customer_id_channel_id_idx" ON "chat_messages"("customer_id", "channel", "id");

-- CreateIndex
CREATE UNIQUE INDEX "conversations_effect_key_key" ON "conversations"("effect_key");

-- CreateIndex
CREATE INDEX "conversations_customer_id_opened_at_idx" ON "conversations"("customer_id", "opened_at");

-- CreateIndex
CREATE INDEX "conversations_status_opened_at_idx" ON "conversations"("status", "opened_at");

-- AddForeignKey
ALTER TABLE "chat_messages" ADD CONSTRAINT "chat_messages_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
