-- The reconciler finds claims whose lease is over and whose enrollment has ended.
CREATE INDEX "deliveries_sending_lease_until_idx" ON "deliveries"("lease_until") WHERE "state" = 'sending';
