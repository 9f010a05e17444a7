-- CreateTable
CREATE TABLE "audience_requests" (
    "id" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "change" TEXT NOT NULL,
    "members" JSONB NOT NULL,
    "told_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "code" TEXT,
    "refused" INTEGER NOT NULL DEFAULT 0,
    "check_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audience_requests_pkey" PRIMARY KEY ("id")
);

-- What the schema language cannot say: the few that are not settled.
CREATE INDEX "audience_requests_working_idx" ON "audience_requests"("platform", "check_at") WHERE "state" = 'working';
