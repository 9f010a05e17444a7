-- DropIndex
DROP INDEX "events_name_same_key";

-- AlterTable
ALTER TABLE "events" ADD COLUMN     "trusted" BOOLEAN NOT NULL DEFAULT true;

-- Which key an event came with stands in its source.
UPDATE "events" SET "trusted" = false WHERE "source" = 'segment-browser' OR "source" LIKE 'cloudevents-browser:%';

-- CreateIndex
CREATE UNIQUE INDEX "events_name_same_customer_id_key" ON "events"("name", "same", "customer_id");

-- What the schema language cannot say: what the shop's own server reports is one fact, whoever it is about.
CREATE UNIQUE INDEX "events_trusted_fact_key" ON "events"("name", "same") WHERE "trusted" AND "same" IS NOT NULL;
