-- A suppression was lifted for somebody: why stands there until they are erased, whatever address they have by then.
ALTER TABLE "lifted_suppressions" ADD COLUMN "customer_id" TEXT;
CREATE INDEX "lifted_suppressions_customer_id_idx" ON "lifted_suppressions"("customer_id");
