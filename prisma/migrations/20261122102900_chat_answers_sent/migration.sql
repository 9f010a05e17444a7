-- AlterTable
ALTER TABLE "chat_messages" ADD COLUMN     "code" TEXT,
ADD COLUMN     "sent_at" TIMESTAMPTZ(3);

-- What the schema language cannot say: the few answers that have still to be handed to LINE.
CREATE INDEX "chat_messages_unsent_idx" ON "chat_messages"("id") WHERE "channel" = 'line' AND "sent_at" IS NULL AND "code" IS NULL;
