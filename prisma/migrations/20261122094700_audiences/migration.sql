-- CreateTable
CREATE TABLE "audience_members" (
    "id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "reasons" JSONB NOT NULL,
    "wanted" BOOLEAN NOT NULL,
    "why" TEXT,
    "ends_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "told" INTEGER NOT NULL DEFAULT 0,
    "told_at" TIMESTAMPTZ(3),
    "sent" JSONB NOT NULL DEFAULT '[]',
    "request_id" TEXT,
    "code" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "claim" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "retry_at" TIMESTAMPTZ(3),

    CONSTRAINT "audience_members_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ad_conversions" (
    "id" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "enrollment_id" TEXT NOT NULL,
    "journey" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "code" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "told_at" TIMESTAMPTZ(3),
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "claim" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "retry_at" TIMESTAMPTZ(3),

    CONSTRAINT "ad_conversions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "audience_members_customer_id_platform_audience_key" ON "audience_members"("customer_id", "platform", "audience");

-- CreateIndex
CREATE UNIQUE INDEX "ad_conversions_platform_event_id_key" ON "ad_conversions"("platform", "event_id");

-- CreateIndex
CREATE INDEX "ad_conversions_customer_id_idx" ON "ad_conversions"("customer_id");

-- AddForeignKey
ALTER TABLE "audience_members" ADD CONSTRAINT "audience_members_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema language cannot say: few rows have something to tell, and few end by time.
CREATE INDEX "audience_members_untold_idx" ON "audience_members"("platform", "audience", "changed_at") WHERE "version" > "told";
CREATE INDEX "audience_members_ends_idx" ON "audience_members"("ends_at") WHERE "ends_at" IS NOT NULL;
CREATE INDEX "ad_conversions_waiting_idx" ON "ad_conversions"("platform", "created_at") WHERE "state" = 'waiting';
