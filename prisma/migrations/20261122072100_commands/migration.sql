-- AlterTable
ALTER TABLE "enrollments" ADD COLUMN     "paused_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "journeys" ADD COLUMN     "status" TEXT NOT NULL DEFAULT 'live',
ADD COLUMN     "status_by" TEXT,
ADD COLUMN     "status_since" TIMESTAMPTZ(3),
ADD COLUMN     "swept" TEXT;

-- CreateTable
CREATE TABLE "journey_actions" (
    "id" BIGSERIAL NOT NULL,
    "journey" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,

    CONSTRAINT "journey_actions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "journey_actions_journey_at_idx" ON "journey_actions"("journey", "at");


-- What the schema language cannot say: a stop or resume goes through a journey's open enrollments by id.
CREATE INDEX "enrollments_active_journey_id_idx" ON "enrollments"("journey", "id") WHERE "status" = 'active';
