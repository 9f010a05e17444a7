-- AlterTable
ALTER TABLE "deliveries" ADD COLUMN     "priority" INTEGER NOT NULL DEFAULT 5;

-- CreateIndex
CREATE INDEX "deliveries_customer_id_sent_at_idx" ON "deliveries"("customer_id", "sent_at");

-- What the schema language cannot say: few deliveries wait, and each claim under a cap asks for one customer's.
CREATE INDEX "deliveries_waiting_idx" ON "deliveries"("customer_id") WHERE "state" IN ('queued', 'held', 'sending');
