-- A suppression that somebody has lifted stands here with who and why; and who of the shop said what in a chat.
CREATE TABLE "lifted_suppressions" (
    "id" BIGSERIAL NOT NULL,
    "channel" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT,
    "lifted_at" TIMESTAMPTZ(3) NOT NULL,
    "lifted_by" TEXT NOT NULL,
    "because" TEXT NOT NULL,

    CONSTRAINT "lifted_suppressions_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "lifted_suppressions_address_idx" ON "lifted_suppressions"("address");

ALTER TABLE "chat_messages" ADD COLUMN "by" TEXT;
